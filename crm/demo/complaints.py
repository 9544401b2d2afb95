"""A month of complaints of the demo branch, lived through in order with the product's own operations (domain 5).

Each complaint is a story that says when it goes on; what would lie ahead of now does not happen, so that some stand in
every state. Beside them the ladder of the clocks is climbed, and surveys are sent.
"""

import heapq
from datetime import timedelta
from functools import cached_property
from itertools import count
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import translation

from audit.retelling import retold
from billing.models import Bill
from complaints import callers, compensating, suggesting, surveying
from complaints.clocks.climbing import climb
from complaints.models import Category, Cause, Complaint, Incident, Suggestion, Topic
from customers.models import Line
from outreach.models import Message
from staff.models import Posting
from staff.rights import Role
from work.models import FollowUp, Notice

from . import stories
from .complaint_cases import CASES, SUGGESTIONS
from .outbox import delivered

DAYS = 31
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ON_THE_WAY = 2 * HOUR  # younger messages go out as they would
READ = 2 * DAY  # what people were told before has been read
CALLS = (Role.HOTLINE, Role.QUALITY)


def plant(world):
    with translation.override("zh-hans"):
        month = Month(world)
        month.live()
        month.suggest()
        month.tidy()


class Month:
    """What the stories need: the moment, people in turn, customers without follow-ups, classes and causes."""

    def __init__(self, world):
        self.world, self.branch, self.now = world, world.org.branch, world.now
        self.classes = {one.code: one for one in Category.objects.filter(branch=self.branch)}
        self.causes = {one.code: one for one in Cause.objects.filter(branch=self.branch)}
        self.turns = {role: count() for role in Role.values}
        self.lines, self.known = {}, {}

    def at(self, days, clock):
        """A time of day so many days ago; today so many hours ago."""
        if not days:
            return self.now - clock * HOUR
        moment = (self.now - days * DAY).astimezone(ZoneInfo(self.branch.time_zone))
        return moment.replace(hour=clock, minute=17 * clock % 60, second=0, microsecond=0)

    def person(self, role, but=()):
        """The next of the role, the login first."""
        people = self.world.org.people[role]
        found = (people[next(self.turns[role]) % len(people)] for _ in range(2 * len(people)))
        return next(one for one in found if one.pk not in but)

    def first(self, role):
        """The login of the role."""
        return self.world.org.people[role][0]

    def head_of(self, unit):
        return Posting.objects.filter(unit=unit, role=Role.DEPARTMENT_HEAD).order_by("pk").first().user

    def caller(self, one):
        """Somebody who had nothing to do with it."""
        return self.person(CALLS[one.pk % len(CALLS)], but=callers.parties(one))

    def customer_of(self, case) -> dict:
        """The customer and line of a story; under one name it is the same ones."""
        if case.name not in self.known:
            line = next(self._lines_of(case.line, case.vip))
            self.known[case.name] = {"customer": line.customer, "line": line}
        return self.known[case.name] if case.name else self.known.pop("")

    def _lines_of(self, kind, vip):
        if (kind, vip) not in self.lines:
            busy = FollowUp.objects.filter(branch=self.branch).values("customer")  # whose timeline is told already
            rows = Line.objects.filter(branch=self.branch, kind=kind, status=Line.Status.ACTIVE)
            rows = rows.filter(customer__kind="personal", customer__status="active").exclude(customer__in=busy)
            plain = rows.filter(customer__tier__mark="none")
            rows = rows.exclude(customer__tier__mark="none") if vip else plain
            billed = Bill.objects.filter(account__customer=OuterRef("customer"), amount__gte=stories.LARGEST)
            rows = rows.filter(Exists(billed))
            rows = rows.select_related("customer__branch", "customer__tier")
            self.lines[kind, vip] = iter(rows.order_by("customer__number", "pk").distinct()[::3][:40])
        return self.lines[kind, vip]

    @cached_property
    def outage(self):
        """An outage that goes on: what the counters are to say stands beside the form."""
        began = self.now - 6 * HOUR
        return Incident.objects.create(
            branch=self.branch, area=self.world.org.departments[0], category=self.classes["2201"], product="broadband",
            title="光缆被施工挖断，宽带中断", title_en="Cable cut by works, broadband down",
            say="光缆正在抢修，预计数小时内恢复，恢复后短信告知。",
            say_en="The cable is being repaired; service should be back in a few hours. We will send a message.",
            began_at=began, expected_at=self.now + 8 * HOUR, by=self.person(Role.COMPLAINT_DESK), key="demo",
        )  # fmt: skip

    def pay(self, one, amount, *, at, reason):
        """Ask for money back on the customer's newest bill that is large enough; `_lines_of` sees that there is one."""
        bills = Bill.objects.filter(account__customer=one.customer_id, amount__gte=amount)
        bill = bills.latest("month", "pk")
        compensating.ask(one, bill, amount, by=one.owner, reason=reason, key="demo", at=at)

    def live(self):
        """Whatever comes next in time happens next."""
        waiting, order = [], count()
        told = [getattr(stories, case.goes)(self, case) for case in CASES]
        for story in [self._ladder(), self._surveys(), stories.cut_off(self), *told]:
            self._on(self.now, story, waiting, order)
        while waiting:
            at, _n, story = heapq.heappop(waiting)
            self._on(at, story, waiting, order)

    def _on(self, at, story, waiting, order):
        """From `at` until the story waits; one that would go on after now stays where it is."""
        with retold(at):
            at = next(story, None)
        if at is not None and at <= self.now:
            heapq.heappush(waiting, (at, next(order), story))

    def _ladder(self):
        at = self.now - DAYS * DAY
        while True:
            yield at
            while climb(at):
                pass
            at += DAY / 2

    def _surveys(self):
        at = self.now - DAYS * DAY
        while True:
            yield at
            surveying.sweep(at)
            at += DAY

    def suggest(self):
        """In every state; one is late."""
        topics = {one.code: one for one in Topic.objects.filter(branch=self.branch)}
        for n, (days, topic, channel, text, decided) in enumerate(SUGGESTIONS):
            at, by = self.at(days, 10), self.person(Role.CLERK if channel == "hall" else Role.HOTLINE)
            customer = next(self._lines_of("mobile", False)).customer
            told = {"topic": topics[topic], "text": text, "channel": channel, "customer": customer}
            with retold(at):
                made = suggesting.suggest(by=by, branch=self.branch, key=f"demo:{n}", at=at, **told)
            if decided:
                what, reason, answer = decided
                head, then = self.person(Role.DEPARTMENT_HEAD), at + 4 * DAY
                with retold(then):
                    suggesting.decide(made, what, by=head, at=then, reason=reason, answer=answer)

    def tidy(self):
        """Messages of former days have arrived, and what people were told then has been read."""
        for kind, moment in ((Complaint, _of_complaint), (Suggestion, lambda message, one: one.answered_at)):
            found = Message.objects.filter(branch=self.branch, about_type=kind._meta.label_lower, state="planned")
            about = kind.objects.in_bulk(found.values_list("about_id", flat=True))
            for message in found:
                at = moment(message, about[message.about_id])
                if at < self.now - ON_THE_WAY:
                    delivered(message, at)
        old = Notice.objects.filter(user__branch=self.branch, shows_at__lt=self.now - READ)
        old.unread().update(read_at=self.now - DAY)


def _of_complaint(message, one):
    """When the complaint came to what the message tells."""
    return one.received_at if message.key.endswith(":accepted") else one.ended_at or one.resolved_at
