"""What somebody owes a customer at a time: a call back, a visit, a promise kept (A30, C20, domain 4.4).

One person owns it, or the people of a unit together. It falls due (`work.due`), is tried and answered
(`work.attempting`), moved and handed over (`work.arranging`).
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.stateful import Stateful, only_listed_moves
from customers.models import Customer, Interaction
from staff import withheld
from staff.models import Unit, User
from staff.scope import holds, postings_of, within_reach
from work.models import states
from work.models.states import Kind, Origin, Priority, State, Told

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
VIEW, DO, LEAD = "work.view", "work.do", "work.lead"


def of_customer(user, right):
    """The reach of a right over the customer a follow-up is for."""
    return within_reach(user, right, unit="customer__unit", owner="customer__manager", branch="branch")


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees the customer, whoever leads the unit that owes it, and whoever owns it; none that serves what
        is kept from the person.
        """
        mine = Q(owner=user, branch__in=user.branches_today()) if holds(user, VIEW) else Q(pk__in=[])
        seen = of_customer(user, VIEW) | within_reach(user, LEAD, unit="unit") | mine
        return self.filter(seen, ~withheld.kept_from(user))

    def done_by(self, user):
        """What the person may work on: of customers within their reach, and what is theirs to do."""
        mine = Q(owner=user) if holds(user, DO) else Q(pk__in=[])
        return self.filter(of_customer(user, DO) | mine)

    def arranged_by(self, user):
        """What the person may move, hand over or cancel: their own, their unit's pool, and what they lead."""
        pool = Q(owner=None, unit__in=[posting.unit_id for posting in postings_of(user)])
        own = Q(owner=user) | pool if holds(user, DO) else Q(pk__in=[])
        return self.filter(within_reach(user, LEAD, unit="unit") | own)

    def led_by(self, user):
        """What the units that the person leads owe."""
        return self.filter(within_reach(user, LEAD, unit="unit"))

    def of_leaders_list(self, user):
        """Those that the list of the person's units shows; the branches said aloud lead into its indexes."""
        return self.led_by(user).filter(branch__in=user.branches_today())

    def open(self):
        return self.filter(state__in=states.OPEN)

    def to_do(self):
        """Somebody has to act on them; those that are part of another call are done with that one."""
        return self.filter(state__in=states.TO_DO, merged_into=None)

    def nobodys_now(self):
        """Their time has come, and they are the people's of the unit together."""
        return self.filter(owner=None, state__in=states.RIPE, merged_into=None)

    def late(self, at):
        return self.to_do().filter(late_at__lt=at)


@only_listed_moves
class FollowUp(Stateful):
    """`due_at`: rings; `late_at`: what was to be done by then is late, a promise broken. Both on the real clock."""

    Kind, State, Origin, Priority, Told = Kind, State, Origin, Priority, Told
    MOVES = states.MOVES

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # the customer's
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # owes it; its leaders hear when it is late
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="follow_ups")
    key = models.CharField(max_length=120, unique=True)  # the same wish twice is one follow-up
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    what = models.CharField(_("what"), max_length=300)
    told_by = models.CharField(_("told"), max_length=9, choices=Told, blank=True)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PERSON)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the product
    made_at = models.DateTimeField(default=timezone.now)

    interaction = models.OneToOneField(Interaction, models.PROTECT, null=True, related_name="promised")
    about_type = models.CharField(max_length=60, blank=True)  # the record it serves, where it is no contact
    about_id = models.BigIntegerField(null=True)
    remedies = models.ForeignKey("self", models.PROTECT, null=True, related_name="remedies_made")
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # whose work it checks

    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("owner"))
    for_owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # away; it comes back to them
    handed_over = models.PositiveSmallIntegerField(default=0)  # times
    due_at = models.DateTimeField(_("due"))
    late_at = models.DateTimeField(_("late from"))
    keeps_time = models.BooleanField(default=False)  # never moved by merging (amendment 2)
    hours_from = models.TimeField(_("reached from"), null=True, blank=True)
    hours_to = models.TimeField(_("reached until"), null=True, blank=True)
    number = models.CharField(_("number to call"), max_length=64, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)

    state = models.CharField(_("state"), max_length=17, choices=State, default=State.PLANNED)
    round = models.PositiveSmallIntegerField(default=1)  # of tries; asked again after a remedy, it is another
    notified_at = models.DateTimeField(null=True)  # when it last fell due and rang
    untaken_at = models.DateTimeField(null=True)  # when the leader heard that nobody has taken it since
    noted_at = models.DateTimeField(default=timezone.now)  # last progress (C20)
    stalled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField(null=True)  # of a promise: by one of these two it is told
    broken_at = models.DateTimeField(null=True)
    moved_times = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    own_due_at = models.DateTimeField(null=True)  # of a part: when it was due before it joined
    escalate_at = models.DateTimeField(null=True)  # when somebody has to look whether it goes up the ladder
    level = models.PositiveSmallIntegerField(default=0)  # steps of the ladder that were climbed
    version = models.PositiveIntegerField(default=1)
    passed_numbers = ArrayField(models.CharField(max_length=64), default=list, blank=True)  # wrong ones

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints = [
            models.CheckConstraint(
                name="follow_up_window",
                condition=Q(late_at__gte=F("due_at")) | Q(kind="promise") | Q(keeps_time=True),
            ),
            models.CheckConstraint(
                name="follow_up_four_eyes",
                condition=Q(handled_by=None) | Q(owner=None) | ~Q(owner=F("handled_by")),
            ),
            models.CheckConstraint(name="follow_up_promise_told", condition=~Q(kind="promise") | ~Q(told_by="")),
            models.CheckConstraint(name="follow_up_kept_or_broken", condition=Q(kept_at=None) | Q(broken_at=None)),
            models.CheckConstraint(
                name="follow_up_ended",
                condition=Q(state__in=states.OPEN, ended_at=None)
                | (~Q(state__in=states.OPEN) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="follow_up_no_part_of_itself", condition=~Q(merged_into=F("pk"))),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="follow_up_due", condition=Q(state__in=states.WAITING)),
            models.Index(fields=["owner", "late_at"], name="follow_up_own", condition=Q(state__in=states.OPEN)),
            models.Index(
                fields=["unit", "late_at"], name="follow_up_pool", condition=Q(state__in=states.OPEN, owner=None)
            ),
            models.Index(
                fields=["notified_at"],
                name="follow_up_untaken",
                condition=Q(owner=None, untaken_at=None, state__in=states.RIPE),
            ),
            models.Index(fields=["branch", "late_at"], name="follow_up_late", condition=Q(state__in=states.OPEN)),
            models.Index(fields=["customer", "-id"], name="follow_up_customer"),
            models.Index(fields=["ended_by", "-ended_at"], name="follow_up_done"),
            models.Index(
                fields=["late_at"],
                name="follow_up_promised",
                condition=Q(kind="promise", kept_at=None, broken_at=None),
            ),
            models.Index(
                fields=["escalate_at"],
                name="follow_up_ladder",
                condition=Q(state__in=states.TO_DO, escalate_at__isnull=False),
            ),
            models.Index(fields=["branch", "ended_at"], name="follow_up_missed", condition=Q(state="unreachable")),
            models.Index(
                fields=["branch", "late_at"],
                name="follow_up_judged",
                condition=Q(ended_at__isnull=False) | Q(broken_at__isnull=False),
            ),
            models.Index(fields=["unit", "late_at"], name="follow_up_rate", condition=Q(kind="promise")),
            models.Index(fields=["noted_at"], name="follow_up_silent", condition=Q(state__in=states.OPEN)),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {timezone.localtime(self.due_at):%Y-%m-%d %H:%M}"

    @property
    def is_open(self):
        return self.state in states.OPEN

    @property
    def is_to_do(self):
        return self.state in states.TO_DO

    @property
    def is_urgent(self):
        """What has priority rings at any hour."""
        return self.priority < Priority.NORMAL

    def save(self, *args, update_fields=None, **kwargs):
        """With the state goes the time at which it ended."""
        if update_fields is None or "state" in update_fields:
            self.ended_at = None if self.is_open else self.ended_at or timezone.now()
            update_fields = update_fields and [*update_fields, "ended_at"]
        super().save(*args, update_fields=update_fields, **kwargs)

    def lock(self):
        """The contact it came from first, as whoever ticks that off does: two ways in, one order."""
        if self.interaction_id:
            Interaction.objects.select_for_update().get(pk=self.interaction_id)
        super().lock()

    def refuse_own_work(self, person):
        """Nobody checks their own work, whichever way it reaches them (domain 4.4)."""
        if person is not None and self.handled_by_id == person.pk:
            raise ValidationError(
                gettext("%(person)s did the work that this follow-up checks: somebody else has to do it.")
                % {"person": person},
                code="own_work",
            )
        if person is not None:
            self.refuse_kept(person)
            self.ask_guards("work", by=person)

    def refuse_kept(self, person):
        """What serves a record that somebody must not know of is never theirs, nor is a call with it (B15)."""
        if person.pk in kept([self])[self]:
            raise ValidationError(
                gettext("%(person)s stays out of this follow-up: somebody else has to do it.") % {"person": person},
                code="person",
            )

    def ask_guards(self, deed, *, by):
        """Let the apps above refuse what `by` is about to do with it: "work", "undo" or "cancel"; they raise a
        ValidationError (settings.FOLLOW_UP_GUARDS). The caller holds the row, or asks again once it does.
        """
        for path in settings.FOLLOW_UP_GUARDS:
            import_string(path)(self, deed, by=by)

    def tell_followers(self, *, by, at) -> bool:
        """Let the apps above do what follows from how it ended, in its transaction (settings.FOLLOW_UP_FOLLOWERS).

        True where one of them takes care of a dissatisfied customer itself, so that no remedy is made here.
        """
        return any([import_string(path)(self, by=by, at=at) for path in settings.FOLLOW_UP_FOLLOWERS])

    def keep(self, **changed):
        """Write these fields, one version further."""
        for name, value in changed.items():
            setattr(self, name, value)
        self.version = F("version") + 1
        self.save(update_fields=[*changed, "version"])
        self.refresh_from_db(fields=["version"])


def kept(rows) -> dict:
    """{row: ids of the people whose it cannot be}: it, or an open part of its call, is kept from them."""
    rows = list(rows)
    parts = list(FollowUp.objects.open().filter(merged_into__in=rows).exclude(about_type=""))
    found, people = withheld.people([*rows, *parts]), {}
    for part in parts:
        people[part.merged_into_id] = people.get(part.merged_into_id, set()) | found[part]
    return {row: found[row] | people.get(row.pk, set()) for row in rows}


class Attempt(models.Model):
    """One try to reach the customer, or one answer; added, never changed."""

    Outcome, Result = states.Outcome, states.Result

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="attempts")
    n = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=states.Outcome)
    result = models.CharField(max_length=12, choices=states.Result, blank=True)
    number = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["n"]
        triggers = [APPEND_ONLY]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "n"], name="attempt_of_follow_up"),
            models.CheckConstraint(
                name="attempt_answered_has_a_result",
                condition=Q(outcome="answered") & ~Q(result="") | ~Q(outcome="answered") & Q(result=""),
            ),
        ]

    def __str__(self):
        return f"{self.n}: {self.get_outcome_display()}"


class Note(models.Model):
    """What became of it so far, in words (C20); added, never changed."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="notes")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ["pk"]
        triggers = [APPEND_ONLY]

    def __str__(self):
        return self.text[:40]
