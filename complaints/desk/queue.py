"""What waits at the desk, the most urgent first (peers F 1). The next of its clocks says how urgent a complaint is."""

import time
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.models.complaints import VIEW
from customers.paging import page_of
from staff.models import User
from staff.scope import postings_of, scope_of

ORDER = {"column": "due_at", "empty_last": True}  # for which there are indexes
SOON = timedelta(hours=4)
WHOSE = [("mine", _("Mine")), ("units", _("Of my units")), ("around", _("Mine and of my units"))]
FEW = 3  # units: a hundredth of a branch or less
BUSY = 1_000  # open complaints of those units, from which on a page of the whole list is soon full
LASTS = 60  # seconds for which it is believed that they have, or have not
EVERY, YES = Q(), BooleanField()
DUE = [("late", _("Late")), ("soon", _("In the next four hours")), ("today", _("Today"))]


def reached(user: User):
    return Complaint.objects.visible_to(user)


def opened(user: User):
    """What is not over and within reach, in the branches in which the person works."""
    homes = {posting.unit.home_id for posting in postings_of(user)}
    return reached(user).filter(ended_at=None, branch__in=homes)


def waiting(user: User, *, narrowed: bool = True, few: bool = False, among: Q = EVERY):
    """What is not over and within reach; `narrowed`: whether less than the whole of it is looked for, `few`: whether
    for what there are few of in a branch, `among`: where what is looked for surely is.

    Where the reach is wide, the order's index is walked until a page is full, for which the branch is said aloud. Where
    it is narrow, that walk would be long, so that what is near is gathered first; except where there is so much of it
    that the page is full all the same, or so little in the branch that an index of that alone is walked.
    """
    scope = scope_of(user, VIEW)
    if few or scope.branches or len(scope.units) > FEW or (not narrowed and is_busy(scope.units)):
        return opened(user)
    return reached(user).filter(_among(_near(user, scope, among)), ended_at=None)


def _among(keys):
    """Like `pk__in`, but read once whatever the database believes of their number, and then looked up one by one."""
    return Func(F("pk"), ArraySubquery(keys), template="%(expressions)s)", arg_joiner=" = ANY (", output_field=YES)


class Busy:
    """Which units have BUSY open complaints, as it was a minute ago at most: it only says how rows are found."""

    def __init__(self):
        self.known = {}

    def __call__(self, units: frozenset[int]) -> bool:
        counted, answer = self.known.get(units, (-LASTS, False))
        if time.monotonic() - counted >= LASTS:
            here = Complaint.objects.filter(unit__in=units, ended_at=None).order_by()
            answer = bool(units) and here[:BUSY].count() == BUSY
            self.known[units] = time.monotonic(), answer
        return answer


is_busy = Busy()


def _near(user, scope, among):
    """What a person of few units or of own customers may see; `visible_to` decides, this only finds it quickly."""
    rows = Complaint.objects.filter(among, ended_at=None).values("pk")
    near = [Q(first_owner=user), Q(coordinator=user)]
    if scope.units:
        units = list(scope.units)
        near += [Q(unit__in=units), Q(accepted_unit__in=units), Q(customer__unit__in=units)]
    if scope.own:
        near.append(Q(customer__manager=user))
    return rows.filter(owner=user).union(*[rows.filter(one) for one in near])


def of_whom(user: User, whose: str):
    """The rows of one of WHOSE; each is found by an index of its own, or among the few of a person's own customers."""
    owned, ours = Q(owner=user), Q(unit__in=places(user))
    scope = scope_of(user, VIEW)
    rows = opened(user) if whose == "mine" or scope.units or scope.branches else waiting(user)
    return rows.filter({"mine": owned, "units": ours, "around": owned | ours}[whose])


def places(user: User) -> list[int]:
    return [posting.unit_id for posting in postings_of(user)]


def due(which: str, now: datetime) -> Q:
    """Those of one of DUE."""
    if which == "late":
        return Q(due_at__lt=now)
    return Q(due_at__gte=now, due_at__lt=now + SOON if which == "soon" else _midnight(now))


def following(rows, complaint: Complaint) -> Complaint | None:
    """What comes after it; the most urgent other one where it is not among `rows` any more, or comes last."""
    rows = rows.only("pk")
    page = page_of(rows, **ORDER, after=complaint.pk, size=1)
    found = page.rows or page_of(rows, **ORDER, size=1).rows
    if found and found[0].pk == complaint.pk:
        found = page_of(rows.exclude(pk=complaint.pk), **ORDER, size=1).rows
    return found[0] if found else None


def _midnight(now):
    return timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), datetime.min.time()))
