"""The complaint: accepted at once, answered in time, called back (A23, A24, D13, G02, domain 4.1).

The operations are in modules named for what they do; whatever moves it goes through `complaints.moving.move`.
"""

import pgtrigger
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from billing.models import Bill, Hold
from complaints.models import states
from complaints.models.categories import Category, Cause
from complaints.models.incidents import Incident
from complaints.models.policies import PolicyVersion
from complaints.models.states import AnswerWay, Channel, Level, Liability, Satisfied, State
from customers.models import Customer, Interaction, Line, Plan, Tier
from customers.models.lines import LineKind
from staff.models import Unit, User
from staff.scope import holds, within_reach

VIEW, HANDLE, LEAD, KNOW = "complaints.view", "complaints.handle", "complaints.lead", "complaints.know"
TICKET = "ticket "  # stands before the number of another system, where a file has no customer and no number to call
ACCEPT, CALL_BACK = "complaints.accept", "complaints.call_back"
TAKE = """
    INSERT INTO complaints_complaintseries (branch_id, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (branch_id, year) DO UPDATE SET last = complaints_complaintseries.last + 1
    RETURNING last
"""

# What is merged stands under one that is not: taken with the locks of both, no path leads to a circle.
NO_CIRCLE = """
    IF EXISTS (SELECT FROM complaints_complaint c WHERE c.id = NEW.merged_into_id
               AND (c.state::text = 'merged' OR c.branch_id <> NEW.branch_id)) THEN
        RAISE EXCEPTION 'this complaint is merged itself' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'complaint_no_circle';
    END IF;
    RETURN NEW;
"""


# A complaint comes under an incident of its branch that goes on: ended at the same moment, it waits and is refused, so
# that none is left behind when those under an incident are answered.
INCIDENT_GOES_ON = """
    IF TG_OP = 'UPDATE' AND NEW.incident_id IS NOT DISTINCT FROM OLD.incident_id THEN
        RETURN NEW;
    END IF;
    PERFORM FROM complaints_incident i WHERE i.id = NEW.incident_id AND i.branch_id = NEW.branch_id
        AND i.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this incident is over, or of another branch' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'complaint_incident_goes_on';
    END IF;
    RETURN NEW;
"""


class ComplaintSeries(models.Model):
    """The last number a branch gave to a complaint in a year. Two who take one at once wait for each other."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "year"], name="complaint_series")]

    def __str__(self):
        return f"{self.branch_id} {self.year}: {self.last}"

    @classmethod
    def take(cls, branch, year) -> str:
        """The next number as customers are told it, "26-000123"; call it inside the transaction that keeps it."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [branch.pk, year])
            return f"{year % 100:02}-{cursor.fetchone()[0]:06}"


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What was complained of, in the customer's words: whoever handles, leads, accepted or reaches it, but never
        the person it is about (B15).
        """
        if not holds(user, VIEW):
            return self.not_about(user).filter(of_people(user, VIEW))
        mine = Q(owner=user) | Q(first_owner=user) | Q(coordinator=user)
        return self.not_about(user).filter(of_people(user, VIEW) | mine & Q(branch__in=user.branches_today()))

    def known_to(self, user):
        """That there is a complaint, its class, state and clock: whoever sees the customer and is not meant by it."""
        of = {"unit": "customer__unit", "owner": "customer__manager"}
        return self.not_about(user).filter(within_reach(user, KNOW, branch="branch", **of))

    def not_about(self, user):
        return self.filter(~Q(person=user.pk))

    def handled_by(self, user):
        """What the person may work on: what is theirs, and what their right reaches."""
        mine = Q(owner=user, branch__in=user.branches_today()) if holds(user, HANDLE) else Q(pk__in=[])
        return self.filter(of_people(user, HANDLE) | mine)

    def called_back_by(self, user):
        """Whose customers the person may call back; not what they dealt with themselves (`complaints.callers`)."""
        of = {"unit": "customer__unit", "owner": "customer__manager"}
        return self.filter(within_reach(user, CALL_BACK, branch="branch", **of))

    def led_by(self, user):
        """What the person may hand over, approve and decide."""
        return self.filter(within_reach(user, LEAD, unit="unit", branch="branch"))

    def answered_for_by(self, user):
        """What the person may answer the regulator for."""
        return self.filter(within_reach(user, "complaints.regulator", unit="unit", branch="branch"))

    def open(self):
        return self.filter(state__in=states.OPEN)

    def in_hand(self):
        return self.filter(state__in=states.IN_HAND)


def of_people(user, right):
    """The reach of a right: by the unit that has it or took it, and by the customer it is of."""
    return (
        within_reach(user, right, unit="unit", branch="branch")
        | within_reach(user, right, unit="accepted_unit", branch="branch")
        | within_reach(user, right, unit="customer__unit", owner="customer__manager", branch="branch")
    )


@only_listed_moves
class Complaint(Stateful):
    """One complaint of one customer or caller, from its first receipt on.

    It has exactly one accountable `owner` at any time (D13); `first_owner` stays who accepted it (A11). `received_at`
    begins the legal clock and is never changed. Times are stored in UTC; due times are in `Clock`.
    """

    State, Channel, Level, Liability, AnswerWay, Satisfied = State, Channel, Level, Liability, AnswerWay, Satisfied
    MOVES = states.MOVES

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=20)  # told to the customer; unique in the branch
    key = models.CharField(max_length=120)  # of the form, program or file's row; the same wish twice is one complaint
    ref = models.CharField(max_length=60, blank=True, db_default="")  # another system's own number, of imports
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="complaints")
    caller_name = models.CharField(_("caller"), max_length=200, blank=True, db_default="")
    caller_number = models.CharField(_("number to reach them"), max_length=64, blank=True, db_default="")
    on_behalf = models.BooleanField(_("complains for somebody else"), default=False)

    # As it was told
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    accepted_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # where it was accepted
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", verbose_name=_("class"))
    words = models.TextField(_("in the customer's words"))
    wanted = models.CharField(_("what they want"), max_length=500, blank=True, db_default="")
    answer_by = models.CharField(_("wants to be answered"), max_length=9, choices=AnswerWay, default=AnswerWay.PHONE)
    hours_from = models.TimeField(_("reached from"), null=True, blank=True)
    hours_to = models.TimeField(_("reached until"), null=True, blank=True)
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+", verbose_name=_("line"))
    product = models.CharField(_("product"), max_length=9, choices=LineKind, blank=True, db_default="")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+", verbose_name=_("plan"))  # B03
    place = models.CharField(_("place"), max_length=200, blank=True, db_default="")
    area_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("community"))
    person = models.ForeignKey(  # stays out of the handling (B15)
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("person concerned")
    )
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="+", verbose_name=_("bill"))
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+")  # the dispute of that bill
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="complaints")
    imported = models.BooleanField(default=False)
    said_state = models.CharField(max_length=18, blank=True, db_default="")  # of a file: what it said last

    # How it is weighed
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, related_name="+")  # of the customer, when it was accepted
    level = models.PositiveSmallIntegerField(pgettext_lazy("complaint", "level"), choices=Level, default=Level.GENERAL)
    major = models.BooleanField(_("safety or media"), default=False)
    is_repeat = models.BooleanField(default=False)
    repeats = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeated")
    escalated_at = models.DateTimeField(null=True)  # the flag: somebody above has been asked to care
    version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")  # what its clocks go by
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="complaints")

    # Who cares
    first_owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("owner"))
    for_owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # away; it comes back to them
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose leaders hear when it is late
    coordinator = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # of two departments (D16)
    transfers = models.PositiveSmallIntegerField(default=0)

    # Where it stands
    state = models.CharField(_("state"), max_length=18, choices=State, default=State.ACCEPTED)
    due_at = models.DateTimeField(_("due"), null=True, editable=False)  # the nearest of its clocks that run; see Clock
    touched_at = models.DateTimeField(default=timezone.now)  # last progress (B15)
    silent_at = models.DateTimeField(null=True)  # when people were told that nobody has touched it since
    contacted_at = models.DateTimeField(null=True)  # the first contact after acceptance
    waits_for = models.CharField(_("what is waited for"), max_length=300, blank=True, db_default="")
    waits_until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)  # times
    on_spot = models.BooleanField(default=False)  # settled by who accepted it, before the customer left (A11)
    satisfied = models.CharField(max_length=12, choices=Satisfied, blank=True, db_default="")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)
    merged_from = models.CharField(max_length=18, choices=State, blank=True, db_default="")

    # What was found and done (G02)
    cause = models.ForeignKey(Cause, models.PROTECT, null=True, related_name="+", verbose_name=_("root cause"))
    liability = models.CharField(_("whose doing"), max_length=8, choices=Liability, blank=True, db_default="")
    loss_stopped = models.CharField(_("what limits the loss meanwhile"), max_length=500, blank=True, db_default="")
    measure = models.TextField(_("what was done"), blank=True, db_default="")
    answer = models.TextField(_("what the customer was told"), blank=True, db_default="")
    answered_by = models.CharField(_("told"), max_length=9, choices=AnswerWay, blank=True, db_default="")
    edition = models.PositiveIntegerField(default=1)  # grows with every change; a page that holds an older one is told

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints = [
            models.UniqueConstraint(fields=["branch", "number"], name="complaint_number"),
            models.UniqueConstraint(fields=["branch", "key"], name="complaint_key"),
            models.CheckConstraint(
                name="complaint_of_somebody", condition=Q(customer__isnull=False) | ~Q(caller_number="")
            ),
            models.CheckConstraint(
                name="complaint_whole",
                condition=Q(state__in=("draft", "withdrawn", "merged"))
                | Q(Q(category__isnull=False) | Q(imported=True), accepted_at__isnull=False),
            ),  # what came from a file may still wait to be classed
            models.CheckConstraint(
                name="complaint_person_stays_out",
                condition=Q(person=None) | ~Q(owner=F("person")) | ~Q(state__in=states.IN_HAND),
            ),
            models.CheckConstraint(  # D14: whoever caused it, there is a cause and an answer
                name="complaint_resolved",
                condition=~Q(state__in=("resolved", "callback_due", "closed"))
                | Q(imported=True)
                | Q(resolved_at__isnull=False) & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="complaint_ended",
                condition=Q(state__in=states.OVER, ended_at__isnull=False)
                | (~Q(state__in=states.OVER) & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="complaint_merged",
                condition=Q(state="merged", merged_into__isnull=False, merged_at__isnull=False) & ~Q(merged_from="")
                | (~Q(state="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(name="complaint_not_into_itself", condition=~Q(merged_into=F("pk"))),
            models.CheckConstraint(
                name="complaint_waits",
                condition=~Q(state="waiting_customer") | (Q(waits_until__isnull=False) & ~Q(waits_for="")),
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "-id"], name="complaint_branch"),
            models.Index(fields=["branch", "state", "-id"], name="complaint_state", condition=Q(ended_at=None)),
            models.Index(fields=["branch", "due_at", "id"], name="complaint_due", condition=Q(ended_at=None)),
            models.Index(fields=["owner", "due_at", "id"], name="complaint_owner", condition=Q(ended_at=None)),
            models.Index(fields=["unit", "due_at", "id"], name="complaint_unit", condition=Q(ended_at=None)),
            models.Index(fields=["first_owner"], name="complaint_first", condition=Q(ended_at=None)),
            models.Index(fields=["accepted_unit"], name="complaint_accepted", condition=Q(ended_at=None)),
            models.Index(
                fields=["branch", "due_at", "id"],
                name="complaint_flagged",
                condition=Q(ended_at=None, escalated_at__isnull=False),
            ),
            models.Index(fields=["customer", "-received_at"], name="complaint_customer"),
            models.Index(fields=["branch", "category", "-received_at"], name="complaint_class"),
            models.Index(fields=["branch", "received_at"], name="complaint_received"),
            models.Index(fields=["branch", "ended_at"], name="complaint_over", condition=Q(ended_at__isnull=False)),
            models.Index(fields=["waits_until"], name="complaint_waits", condition=Q(state="waiting_customer")),
            models.Index(fields=["touched_at"], name="complaint_to_dispatch", condition=Q(state="accepted")),
            models.Index(fields=["touched_at"], name="complaint_touched", condition=Q(state__in=states.IN_HAND)),
            models.Index(fields=["incident"], name="complaint_incident", condition=Q(incident__isnull=False)),
            models.Index(fields=["branch", "id"], name="complaint_to_class", condition=Q(category=None, imported=True)),
            models.Index(fields=["person", "-id"], name="complaint_person", condition=Q(person__isnull=False)),
        ]

        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_circle", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update, func=NO_CIRCLE,
                condition=pgtrigger.Q(new__merged_into__isnull=False),
            ),
            pgtrigger.Trigger(
                name="incident_goes_on", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update,
                func=INCIDENT_GOES_ON, condition=pgtrigger.Q(new__incident__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.number

    @property
    def has_number(self):
        """Whether there is anything to call a caller by; of some a file knows the ticket only."""
        return not self.caller_number.startswith(TICKET)

    @property
    def is_open(self):
        return self.state in states.OPEN

    @property
    def in_hand(self):
        return self.state in states.IN_HAND


class StateChange(models.Model):
    """One move, in order: what clocks and figures are derived from. Added, never changed."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="changes")
    n = models.PositiveSmallIntegerField()
    was = models.CharField(max_length=18, choices=State, blank=True)
    then = models.CharField(max_length=18, choices=State)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")  # from here on
    level = models.PositiveSmallIntegerField(choices=Level)  # from here on
    reason = models.CharField(max_length=500, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["complaint", "n"], name="state_change_n")]
        triggers = [states.APPEND_ONLY]

    def __str__(self):
        return f"{self.complaint_id}: {self.was} → {self.then}"
