"""Who calls a customer back about a complaint: somebody else than who dealt with it (domain 4.11, peers F 2)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import owners
from complaints.models import Complaint, SubTask
from complaints.models.complaints import CALL_BACK
from complaints.models.states import WAITING, State
from staff.models import Posting, Unit, User
from staff.rights import RIGHTS, Role
from staff.scope import holds

FIRST = (Role.COMPLAINT_DESK, Role.HOTLINE, *RIGHTS[CALL_BACK])  # whose unit is asked, in this order


def unit_for(complaint: Complaint) -> Unit:
    """The unit whose people call back: the complaint desk; where it has nobody else, the hotline, then any other that
    may; where the branch has none of them, the unit that has the complaint.
    """
    out = parties(complaint)
    posted = Posting.objects.on(timezone.localdate()).filter(unit__path__startswith=complaint.branch.path)
    posted = owners.people_in(posted.filter(role__in=FIRST)).exclude(user__in=out).order_by("unit__path", "pk")
    first = min(posted.select_related("unit"), key=lambda one: FIRST.index(one.role), default=None)
    return first.unit if first else complaint.unit


def parties(complaint: Complaint) -> set[int]:
    """Ids of the people who never call back: who dealt with it, in whichever part or round, and who it is about."""
    named = {complaint.owner_id, complaint.for_owner_id, complaint.resolved_by_id, complaint.person_id}
    tasks = complaint.tasks.filter(state=SubTask.State.DONE).values_list("taken_by", "ended_by")
    had = complaint.changes.filter(then__in=(*WAITING, State.IN_PROGRESS)).values_list("owner", flat=True)
    paid = complaint.compensations.values_list("asked_by", flat=True)
    return {one for one in (*named, *(pk for pair in tasks for pk in pair), *had, *paid) if one}


def refuse_party(complaint: Complaint, person: User):
    """ValidationError unless the person may call back about this complaint."""
    if not holds(person, CALL_BACK):
        raise ValidationError(_("%(person)s does not call back about complaints.") % {"person": person}, code="right")
    if person.pk in parties(complaint):
        said = _("%(person)s dealt with this complaint or is concerned by it: somebody else calls back.")
        raise ValidationError(said % {"person": person}, code="own_work")
