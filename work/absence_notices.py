"""Who hears of an absence: the deputy, and the person for whom somebody else entered it."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone

from staff.models.absences import INSTANT, RIGHT, Absence
from staff.rights import RIGHTS
from staff.workplaces import workplaces_of
from work import leaders
from work.notice_kinds import ENTERED, IS_BACK, STANDS_IN, UNABLE
from work.notices import ring, settle


def tell(absence: Absence) -> None:
    """A follower of absences: each state is told once, and what has become untrue is settled."""
    if absence.is_over:
        settle(absence)
        if absence.begun_at:
            ring(absence.deputy, IS_BACK.name, key=f"absence {absence.pk} back", subject=absence, **_said(absence))
        return
    settle(absence, STANDS_IN.name, other_than=absence.deputy)
    if not _is_unable(absence, timezone.now()):
        settle(absence, UNABLE.name)
    key = f"absence {absence.pk} deputy {absence.deputies}"
    ring(absence.deputy, STANDS_IN.name, key=key, subject=absence, **_said(absence))
    if absence.entered_by_id != absence.user_id:
        said = _said(absence) | {"by": absence.entered_by.name}
        ring(absence.user, ENTERED.name, key=f"absence {absence.pk} entered", subject=absence, **said)


def tell_of_unable(at) -> int:
    """Where the deputy of an absence that goes on or is to come cannot stand in, its leader chooses another; told once
    of each deputy. Where nobody leads the person they hear it themselves. How many such absences there are.
    """
    unable = [absence for absence in _to_stand_in_for(at) if _is_unable(absence, at)]
    homes = workplaces_of({absence.user for absence in unable})
    for absence in unable:
        to = leaders.nearest(homes[absence.user_id], list(RIGHTS[RIGHT]), but=absence.user_id) or absence.user
        key = f"absence {absence.pk} deputy {absence.deputies} unable"
        ring(to, UNABLE.name, key=key, subject=absence, **_said(absence))
    return len(unable)


def _to_stand_in_for(at):
    rows = Absence.objects.valid().filter(ended_at=None, ends_at__gt=at)
    rows = rows.select_related("user__branch", "deputy__branch")
    return rows.prefetch_related("deputy__postings", "deputy__absences").order_by("pk")


def _is_unable(absence, at):
    try:
        absence.refuse_deputy(absence.deputy, at)
    except ValidationError:
        return True
    return False


def _said(absence):
    zone = ZoneInfo(absence.user.branch.time_zone)
    return {
        "person": absence.user.name,
        "deputy": absence.deputy.name,
        "first": timezone.localdate(absence.starts_at, zone),
        "last": timezone.localdate(absence.ends_at - INSTANT, zone),
    }
