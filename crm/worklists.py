"""What waits for a person, most urgent first. Every list is narrowed to what they reach and cut to a page's length."""

from calendar import isleap
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import attrgetter

from django.db.models import Case, Count, F, Func, IntegerField, TextField, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.desk import counts, queue
from complaints.desk import listed as complaints_listed
from complaints.models import SubTask
from customers.endings import STEPS, ending
from customers.masking import Shown
from customers.models import Customer, Import, Interaction, Line
from customers.tier_marks import TierMarks
from jobs import overview
from staff.models import Unit, User
from staff.scope import postings_of, within_reach
from webhooks import overview as webhooks_overview
from work.day import urgent
from work.models import FollowUp
from work.shown import Line as FollowUpLine
from work.shown import lines_of

SHOWN = 12  # rows of one list
SHOWN_OF_STEP = 8  # contracts of one step
SOONEST = ("contract_end", "pk")
BIRTHDAYS_AHEAD = 14  # days


@dataclass(frozen=True)
class Due:
    """A day seen from today, in words and a tone."""

    day: date
    today: date

    @property
    def days(self) -> int:
        return (self.day - self.today).days

    @property
    def tone(self) -> str:
        return "bad" if self.days < 0 else "warn" if self.days == 0 else "plain"

    @property
    def words(self) -> str:
        if self.days == 0:
            return _("today")
        if self.days == 1:
            return _("tomorrow")
        if self.days < 0:
            return ngettext("%(n)s day late", "%(n)s days late", -self.days) % {"n": -self.days}
        return ngettext("in %(n)s day", "in %(n)s days", self.days) % {"n": self.days}


@dataclass(frozen=True)
class Row:
    """One customer in a worklist, as this person may see them."""

    who: Shown
    subject: object  # the interaction, line or customer the row is about
    mark: str  # of the customer's tier, HTML
    due: Due | None = None

    @property
    def customer(self):
        return self.who.customer


def _rows(user, subjects, today=None, day_of=None):
    """A row for each subject; `day_of(subject)` is the day that counts."""
    marks = TierMarks()
    for subject in subjects:
        customer = getattr(subject, "customer", subject)
        due = Due(day_of(subject), today) if day_of else None
        yield Row(Shown(customer, user), subject, marks[customer.tier], due)


def start_of(today: date) -> datetime:
    return timezone.make_aware(datetime.combine(today, time.min))


def follow_ups(user: User, today: date, now: datetime | None = None) -> list[FollowUpLine]:
    """The most urgent of what waits for the person; all of it is in My day (A11)."""
    return urgent(user, now or timezone.now(), SHOWN)


def overdue_in_reach(user: User, today: date, now: datetime | None = None) -> list[FollowUpLine]:
    """What the units that the person leads owe and is late, oldest first (A11)."""
    now = now or timezone.now()
    late = FollowUp.objects.visible_to(user).led_by(user).late(now).exclude(owner=user)
    late = late.select_related("customer__tier", "owner", "for_owner").order_by("late_at", "pk")
    return lines_of(late[:SHOWN], user, now)


def complaints(user: User, today: date, now: datetime | None = None) -> list[complaints_listed.Line]:
    """What the person has to answer for and what their units have, the nearest clock first (D13)."""
    rows = queue.of_whom(user, "around").order_by("due_at", "pk")
    return complaints_listed.lines_of(
        complaints_listed.joined(rows)[:SHOWN], user, now or timezone.now(), "whose=around"
    )


def complaint_tasks(user: User, today: date) -> list[SubTask]:
    """What complaints ask of the person's units, the soonest due first (D13)."""
    rows = SubTask.objects.visible_to(user).done_by(user).open().select_related("complaint__category", "unit")
    return list(rows.order_by("due_at", "pk")[:SHOWN])


def complaint_counts(user: User, today: date, now: datetime | None = None) -> list[counts.Count]:
    """What supervisors look at first, each with the list behind it."""
    return counts.counts(user, now or timezone.now())


def my_contacts(user: User, today: date) -> list[Row]:
    """Whom the person spoke with today, the last one first."""
    places = [posting.unit_id for posting in postings_of(user)]
    mine = Interaction.objects.visible_to(user).filter(by=user, unit__in=places, at__gte=start_of(today))
    mine = mine.select_related("customer__tier").prefetch_related("items__reason").order_by("-at")[:SHOWN]
    return list(_rows(user, mine))


def contracts_ending(user: User, today: date) -> list[dict]:
    """Lines of the person's own customers whose contract ends, by step: all of them counted, the first ones shown."""
    mine = Customer.objects.visible_to(user).filter(manager=user)
    step = Case(*[When(ending(days, today), then=days) for days in STEPS], output_field=IntegerField())
    lines = Line.objects.filter(customer__in=mine).annotate(step=step).filter(step__isnull=False)
    window = {"partition_by": "step"}
    lines = lines.annotate(of=Window(Count("pk"), **window), n=Window(RowNumber(), order_by=SOONEST, **window))
    found = list(lines.filter(n__lte=SHOWN_OF_STEP).select_related("customer__tier", "plan").order_by(*SOONEST))
    rows = list(_rows(user, found, today, attrgetter("contract_end")))
    return [_step(days, [row for row in rows if row.subject.step == days]) for days in STEPS]


def _step(days, rows):
    return {"days": days, "words": STEPS[days], "rows": rows, "count": rows[0].subject.of if rows else 0}


def birthdays(user: User, today: date) -> list[Row]:
    """The person's own customers whose birthday comes up; 29 February is kept on the 28th in other years."""
    next_day = {}
    for day in (today + timedelta(days=n) for n in range(BIRTHDAYS_AHEAD + 1)):
        next_day[f"{day:%m%d}"] = day
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            next_day["0229"] = day
    spelled = Func(F("birthday"), Value("MMDD"), function="to_char", output_field=TextField())
    mine = Customer.objects.visible_to(user).filter(manager=user, status=Customer.Status.ACTIVE)
    mine = mine.annotate(spelled=spelled).filter(spelled__in=next_day).select_related("tier")
    rows = _rows(user, mine, today, lambda one: next_day[one.spelled])
    return sorted(rows, key=lambda row: (row.due.day, row.customer.pk))[:SHOWN]


def longest_without_contact(user: User, today: date) -> list[Row]:
    """The person's own customers nobody has spoken with for longest; never at all comes first."""
    mine = Customer.objects.visible_to(user).filter(manager=user, status=Customer.Status.ACTIVE).select_related("tier")
    mine = mine.order_by(F("last_contact_at").asc(nulls_first=True), "pk")[:SHOWN]
    return list(_rows(user, mine))


@dataclass(frozen=True)
class Contacts:
    """Today's contacts at the units a person answers for, counted once: [(unit, n)] and [(name of the channel, n)]."""

    units: list
    channels: list


def contacts_today(user: User, today: date) -> Contacts:
    """The busiest units, cut to a page's length, and all channels; the most contacts first."""
    mine = within_reach(user, "customers.view", unit="unit", branch="branch")
    found = Interaction.objects.filter(mine, at__gte=start_of(today)).values_list("unit", "channel")
    units, channels = Counter(), Counter()
    for unit, channel, n in found.annotate(n=Count("pk")).order_by("unit", "channel"):
        units[unit] += n
        channels[channel] += n
    names = Unit.objects.in_bulk([unit for unit, _n in units.most_common(SHOWN)])
    return Contacts(
        [(names[unit], n) for unit, n in units.most_common(SHOWN)],
        [(Interaction.Channel(channel).label, n) for channel, n in channels.most_common()],
    )


def imports(user: User, today: date) -> list[Import]:
    """Files brought in or on their way, the newest first."""
    return list(Import.objects.visible_to(user).select_related("by", "commit_run").order_by("-pk")[:SHOWN])


def jobs(user: User, today: date) -> list[overview.Line]:
    """Every job with its last run and its next slot."""
    return overview.lines(user)


def webhooks(user: User, today: date) -> list[webhooks_overview.Line]:
    """Webhooks that the product has paused: their makers have to look."""
    return webhooks_overview.troubled(user)
