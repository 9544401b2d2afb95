"""Birthday and holiday greetings: care, apart from all marketing, only in allowed hours (H35).

A branch sends those for which it has a template in use; who refuses greetings gets none.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import holidays
from django.db.models import Exists, OuterRef, Q, Subquery

from customers.models import Customer
from outreach.kinds import Purpose
from outreach.models import Consent, Template
from outreach.waves import queue_many
from staff.models import Unit

BIRTHDAY = "birthday_greeting"
OCCASIONS = {  # code of the template → the day's name in the calendar of the country, in Chinese, in English
    "new_year_greeting": ("New Year's Day", "元旦", "New Year"),
    "spring_festival_greeting": ("Chinese New Year (Spring Festival)", "春节", "Spring Festival"),
    "dragon_boat_greeting": ("Dragon Boat Festival", "端午节", "Dragon Boat Festival"),
    "mid_autumn_greeting": ("Mid-Autumn Festival", "中秋节", "Mid-Autumn Festival"),
    "national_day_greeting": ("National Day", "国庆节", "National Day"),
}


@dataclass(frozen=True)
class Greeting:
    """What one branch sends on one day."""

    branch: Unit
    code: str  # of its template
    day: date

    @property
    def wave_key(self):
        return f"{self.code}/{self.branch.pk}/{self.day}"

    def key(self, customer):
        """Once a year, whatever the day."""
        return f"{self.code}/{customer.pk}/{self.day.year}"

    def customers(self):
        """Whom it is for, in the order of their ids."""
        found = Customer.objects.filter(branch=self.branch, kind=Customer.Kind.PERSONAL, status=Customer.Status.ACTIVE)
        if self.code == BIRTHDAY:
            found = found.filter(born_on(self.day))
        return found.exclude(Exists(_refused())).order_by("pk")

    def values(self, customer):
        names = OCCASIONS.get(self.code, ("", "生日", "birthday"))
        return {"occasion": names[2] if customer.language.startswith("en") else names[1]}

    def ends(self):
        """A greeting of yesterday is none."""
        return datetime.combine(self.day + timedelta(days=1), clock(), ZoneInfo(self.branch.time_zone))


def of_day(at: datetime) -> list[Greeting]:
    """What is to be sent on the day that each branch has at the moment `at`."""
    used = Template.objects.filter(active=True, code__in=[BIRTHDAY, *OCCASIONS]).select_related("branch")
    due = [(one, at.astimezone(ZoneInfo(one.branch.time_zone)).date()) for one in used.order_by("branch", "code")]
    return [Greeting(one.branch, one.code, day) for one, day in due if one.code == BIRTHDAY or falls_on(one.code, day)]


def falls_on(code, day) -> bool:
    """Whether the day is the first of the holiday."""
    calendar = holidays.China(years=day.year, language="en_US")
    name = OCCASIONS[code][0]
    return min((on for on, names in calendar.items() if name in names.split("; ")), default=None) == day


def born_on(day):
    """Birthdays kept on a day; who was born on 29 February keeps the 28th in other years."""
    born = Q(birthday__month=day.month, birthday__day=day.day)
    if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
        born |= Q(birthday__month=2, birthday__day=29)
    return born


def _refused():
    """A latest word about greetings that is a no."""
    said = Consent.objects.filter(customer=OuterRef("customer"), purpose=Purpose.CARE).order_by("-pk")
    latest = Consent.objects.filter(customer=OuterRef("pk"), purpose=Purpose.CARE, pk=Subquery(said.values("pk")[:1]))
    return latest.exclude(word=Consent.Word.GIVEN)


def greet(greeting: Greeting, after: int, most: int) -> tuple[int, int | None]:
    """Queue the next `most` greetings to customers with a larger id than `after`: (how many, where to go on)."""
    found = list(greeting.customers().filter(pk__gt=after)[:most])
    rows = [(one, greeting.key(one), greeting.values(one)) for one in found]
    if rows:
        queue_many(greeting.branch, greeting.code, rows, wave_key=greeting.wave_key, not_after=greeting.ends())
    return len(found), found[-1].pk if len(found) == most else None
