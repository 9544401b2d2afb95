"""Who hears of an absence: the deputy, and the person for whom somebody else entered it."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from staff.models.absences import INSTANT, Absence
from work.notice_kinds import ENTERED, IS_BACK, STANDS_IN
from work.notices import ring, settle


def tell(absence: Absence) -> None:
    """A follower of absences: each state is told once, and what has become untrue is settled."""
    if absence.is_over:
        settle(absence)
        if absence.begun_at:
            ring(absence.deputy, IS_BACK.name, key=f"absence {absence.pk} back", subject=absence, **_said(absence))
        return
    settle(absence, STANDS_IN.name, other_than=absence.deputy)
    key = f"absence {absence.pk} deputy {absence.deputies}"
    ring(absence.deputy, STANDS_IN.name, key=key, subject=absence, **_said(absence))
    if absence.entered_by_id != absence.user_id:
        said = _said(absence) | {"by": absence.entered_by.name}
        ring(absence.user, ENTERED.name, key=f"absence {absence.pk} entered", subject=absence, **said)


def _said(absence):
    zone = ZoneInfo(absence.user.branch.time_zone)
    return {
        "person": absence.user.name,
        "deputy": absence.deputy.name,
        "first": timezone.localdate(absence.starts_at, zone),
        "last": timezone.localdate(absence.ends_at - INSTANT, zone),
    }
