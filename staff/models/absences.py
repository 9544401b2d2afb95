"""When a person is away, and who does their work meanwhile."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from staff.leading import led_by
from staff.models.people import User

INSTANT = timedelta(microseconds=1)
RIGHT = "staff.enter_absence"


class MomentRange(Func):
    """`tstzrange(from, to)`: from included, to excluded."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class AbsenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those one stands in for, and those of the people one leads."""
        return self.filter(Q(user=user.pk) | Q(deputy=user.pk) | led_by(user, RIGHT, person="user"))

    def changeable_by(self, user):
        """One's own, and those of the people one leads; a deputy changes nothing."""
        open_ones = self.filter(withdrawn_at=None, ended_at=None)
        return open_ones.filter(Q(user=user.pk) | led_by(user, RIGHT, person="user"))

    def valid(self):
        return self.filter(withdrawn_at=None)

    def at(self, moment):
        return self.valid().filter(starts_at__lte=moment, ends_at__gt=moment)

    def meeting(self, starts, ends):
        """Those that share a moment with the time from `starts` to before `ends`."""
        return self.valid().filter(starts_at__lt=ends, ends_at__gt=starts)


class Absence(models.Model):
    """From one moment to before another a person is away and a deputy stands in; nobody stands in for a deputy.

    `begun_at` and `ended_at` are set once, when the followers (settings.ABSENCE_FOLLOWERS) have heard of it.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Leave")
        SICK = "sick", _("Sick leave")
        TRAINING = "training", _("Training")
        TRIP = "trip", _("Business trip")
        OTHER = "other", pgettext_lazy("absence", "Other")

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("person"))
    deputy = models.ForeignKey(User, models.PROTECT, related_name="stands_in", verbose_name=_("deputy"))
    kind = models.CharField(_("reason"), max_length=8, choices=Kind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    deputies = models.PositiveSmallIntegerField(default=1)  # how many it has had, one after the other
    withdrawn_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_in_order", condition=Q(ends_at__gte=F("starts_at"))),
            models.CheckConstraint(name="absence_deputy_is_another", condition=~Q(deputy=F("user"))),
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (MomentRange(F("starts_at"), F("ends_at"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["deputy", "ends_at"], name="absence_deputy"),
            models.Index(fields=["starts_at"], name="absence_to_begin", condition=Q(begun_at=None, withdrawn_at=None)),
            models.Index(fields=["ends_at"], name="absence_to_end", condition=Q(ended_at=None, begun_at__isnull=False)),
        ]

    def __str__(self):
        return f"{self.user}: {self.starts_at:%Y-%m-%d}"

    @property
    def branch_id(self):
        return self.user.branch_id

    @property
    def in_force(self):
        """The followers have heard that it began, and not yet that it ended."""
        return self.begun_at is not None and self.ended_at is None

    @property
    def is_over(self):
        return self.withdrawn_at is not None or self.ended_at is not None

    @classmethod
    @transaction.atomic
    def enter(cls, *, by, user, deputy, kind, starts, ends, at=None):
        """`user` is away from `starts` to before `ends`; it begins at once when `starts` has come.

        Raises ValidationError by field: already away, the deputy cannot stand in, the person stands in for another.
        """
        at = at or timezone.now()
        _lock(user, deputy)
        if ends <= max(starts, at):
            raise ValidationError({"last": gettext("It would be over before it begins.")})
        made = cls(user=user, deputy=deputy, kind=kind, starts_at=starts, ends_at=ends, entered_by=by)
        made._refuse_second()
        made._refuse_chain()
        made.refuse_deputy(deputy, at)
        made.save()
        record(made, "absence.entered", by=by, user=user, deputy=deputy, kind=kind, starts=starts, ends=ends)
        made._tell()
        if starts <= at:
            made.begin(at)
        return made

    @transaction.atomic
    def hand_to(self, deputy, *, by, at=None):
        """Another deputy, from now on. Raises ValidationError like `enter`."""
        _lock(self.user, deputy)
        self._lock()
        if self.is_over:
            raise ValidationError(gettext("This absence is over."), code="over")
        if deputy == self.deputy:
            return
        self.refuse_deputy(deputy, at or timezone.now())
        self.deputy, self.deputies = deputy, self.deputies + 1
        self.save(update_fields=["deputy", "deputies"])
        record(self, "absence.handed_over", by=by, user=self.user, deputy=deputy)
        self._tell()

    @transaction.atomic
    def end(self, *, by, at=None):
        """The person is back; an absence that has not begun is withdrawn."""
        self._lock()
        if self.is_over:
            raise ValidationError(gettext("This absence is over."), code="over")
        at = at or timezone.now()
        if self.begun_at is None:
            self.withdrawn_at = at
            self.save(update_fields=["withdrawn_at"])
        else:
            self.ends_at = max(min(self.ends_at, at), self.starts_at)
            self.ended_at = at
            self.save(update_fields=["ends_at", "ended_at"])
        record(self, "absence.ended" if self.begun_at else "absence.withdrawn", by=by, user=self.user)
        self._tell()

    def begin(self, at):
        """Let the followers move what is open; the caller holds the row and knows that it is due."""
        self.begun_at = at
        self.save(update_fields=["begun_at"])
        self._tell()

    def finish(self, at):
        """Let the followers give back what is still open; the caller holds the row and knows that it is due."""
        self.ended_at = at
        self.save(update_fields=["ended_at"])
        self._tell()

    def refuse_deputy(self, deputy, at):
        """Raise ValidationError unless `deputy` works in the branch on both ends of what remains after `at`, and is
        there themselves all the time. For many at once: their postings and absences prefetched.
        """
        if deputy == self.user:
            raise ValidationError({"deputy": gettext("Somebody else has to stand in.")}, code="self")
        starts = max(self.starts_at, at)
        days = {self._day(starts), self._day(self.ends_at - INSTANT)}
        postings = deputy.postings.all() if deputy.branch_id == self.user.branch_id else []
        posted = all(any(posting.holds_on(day) for posting in postings) for day in days)
        if not (deputy.is_active and posted):
            raise ValidationError({"deputy": gettext("This person does not work here at that time.")}, code="posting")
        if any(absence.meets(starts, self.ends_at) for absence in deputy.absences.all()):
            raise ValidationError({"deputy": gettext("This person is away themselves at that time.")}, code="away")

    def meets(self, starts, ends):
        """As `AbsenceQuerySet.meeting`, of one at hand."""
        return self.withdrawn_at is None and self.starts_at < ends and self.ends_at > starts

    def _day(self, moment):
        return timezone.localdate(moment, ZoneInfo(self.user.branch.time_zone))

    def _refuse_second(self):
        if Absence.objects.meeting(self.starts_at, self.ends_at).filter(user=self.user).exists():
            raise ValidationError(gettext("The person is already away at that time."), code="twice")

    def _refuse_chain(self):
        held = Absence.objects.meeting(self.starts_at, self.ends_at).filter(deputy=self.user).select_related("user")
        if stands_in := held.first():
            said = gettext("%(person)s stands in for %(other)s at that time: choose another deputy there first.")
            raise ValidationError(said % {"person": self.user, "other": stands_in.user}, code="chain")

    def _lock(self):
        self.refresh_from_db(from_queryset=Absence.objects.select_for_update(of=("self",)).select_related("user"))

    def _tell(self):
        for path in settings.ABSENCE_FOLLOWERS:
            import_string(path)(self)


def _lock(*people):
    """One absence of each of them at a time; always in the same order, so that two never wait for each other."""
    ids = sorted(person.pk for person in people)
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
