"""Who may own a complaint, and who gets one that nobody was named for (D13, B15)."""

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, Duty
from complaints.models.complaints import HANDLE, LEAD
from complaints.models.states import OPEN
from staff.absences import stands_in_for
from staff.models import Posting, Token, Unit, User
from staff.rights import RIGHTS, Role
from staff.scope import holds

DESK = [Role.COMPLAINT_DESK]


def handles(person: User, branch_id: int) -> bool:
    return branch_id in person.branches_today() and holds(person, HANDLE)


def check(complaint: Complaint, owner: User):
    """ValidationError where the person cannot own it: they left, do not handle complaints, or it is about them."""
    if owner.pk == complaint.person_id:
        raise ValidationError({"owner": _("The complaint is about %(person)s.") % {"person": owner}}, code="person")
    if not handles(owner, complaint.branch_id):
        raise ValidationError({"owner": _("%(person)s does not handle complaints.") % {"person": owner}}, code="owner")


def stays_out(complaint: Complaint, by: User | None):
    """ValidationError where `by` is the person the complaint is about: they do nothing with it (B15, 2.3)."""
    if by and by.pk == complaint.person_id:
        raise ValidationError(_("The complaint is about you: somebody else handles it."), code="person")


def found(complaint: Complaint, *, but=()) -> tuple[User, Unit] | None:
    """Who should have it and for which unit: of the people of the unit that handles it who are there the one with the
    least to do, or else who leads that unit, or else somebody of the complaint desk. None where there is nobody.

    The first rule of dispatch that fits names the unit, without one the class.
    """
    out = {complaint.person_id, *but} - {None}
    duty = Duty.of(complaint)
    unit = duty.unit if duty else complaint.category and complaint.category.unit
    if unit and (owner := of_unit(unit, out) or leader(unit, out)):
        return owner, unit
    return of_desk(complaint.branch, out)


def of_unit(unit: Unit, out=frozenset()) -> User | None:
    return _least(Posting.objects.filter(unit=unit, role__in=RIGHTS[HANDLE]), unit, out)


def of_desk(branch: Unit, out=frozenset()) -> tuple[User, Unit] | None:
    """Somebody of the branch's complaint desk, with the unit they work for."""
    desk = _posted(branch, DESK)
    owner = _least(desk, branch, out)
    return owner and (owner, desk.filter(user=owner).select_related("unit").order_by("pk").first().unit)


def desk(branch: Unit) -> list[User]:
    """The people of the branch's complaint desk who are there, in order."""
    return sorted(_there(_posted(branch, DESK).on(branch.today())).values(), key=lambda person: person.pk)


def leader(unit: Unit, out=frozenset()) -> User | None:
    """Who leads the handling of complaints closest above the unit, or who stands in for them and handles them too."""
    return next((one for one in _leaders(unit) if one.pk not in out and handles(one, unit.home_id)), None)


def instead(unit: Unit, branch: Unit, out: set[int]) -> User | None:
    """Who has it instead of these people: up the tree, then the complaint desk. None where the branch has nobody."""
    return leader(unit, out) or _least(_posted(branch, DESK), branch, out)


def anybody(branch: Unit, out: set[int]) -> User | None:
    """Of all who handle complaints in the branch and are there, whoever has the least to do."""
    return _least(_posted(branch, RIGHTS[HANDLE]), branch, out)


def heads(branch: Unit) -> list[User]:
    """Who heads the branch today (4.1: told of what is reopened twice)."""
    posted = Posting.objects.on(branch.today()).filter(unit=branch, role=Role.BRANCH_HEAD, user__is_active=True)
    return list(User.objects.filter(pk__in=posted.values("user")).order_by("pk"))


def _leaders(unit):
    """From the unit upwards; whoever is away is their deputy."""
    way = [int(key) for key in unit.path.strip("/").split("/")]
    posted = people_in(Posting.objects.on(unit.today()).filter(unit__in=way, role__in=RIGHTS[LEAD]))
    posted = sorted(posted.select_related("user"), key=lambda one: (-way.index(one.unit_id), one.pk))
    away = stands_in_for([one.user_id for one in posted], timezone.now())
    deputies = User.objects.in_bulk(away.values())
    return [deputies.get(away.get(one.user_id), one.user) for one in posted]


def _posted(branch, roles):
    """In the branch itself or in a unit of it."""
    return Posting.objects.filter(Q(unit=branch) | Q(unit__branch=branch), role__in=roles)


def _least(posted, unit, out):
    """Of those posted today who are there, whoever owns the fewest open complaints."""
    there = _there(posted.on(unit.today()).exclude(user__in=out))
    owned = Complaint.objects.filter(owner__in=there, state__in=OPEN).values_list("owner").annotate(n=Count("pk"))
    load = dict(owned)
    return there[min(there, key=lambda pk: (load.get(pk, 0), pk))] if there else None


def _there(posted):
    """{id: person} of those posted who work here and are not away."""
    people = {one.user_id: one.user for one in people_in(posted).select_related("user")}
    return {pk: people[pk] for pk in people.keys() - stands_in_for(people, timezone.now()).keys()}


def people_in(posted):
    """The postings of those who work here; of no program, which comes by token and never signs in."""
    programs = Token.objects.filter(user__last_login=None)
    return posted.filter(user__is_active=True).exclude(user__in=programs.values("user"))
