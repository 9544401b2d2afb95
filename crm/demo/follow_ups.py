"""What the people of the demo branch owe their customers today: calls, visits and promises in every state."""

from datetime import timedelta

from django.utils import timezone

from audit.models import Event
from customers.models import Customer, Identifier
from staff.rights import RIGHTS
from work.contacts import catch_up
from work.models import Attempt, FollowUp
from work.models.states import OPEN, State

from . import words

EACH = 7  # follow-ups of one person
PEOPLE = 4  # of each role, the login among them
WHAT = {
    "callback": words("回访宽带装机质量 回访投诉处理结果 回访新入网使用情况 回访换机体验 核实信号改善情况"),
    "visit": words("上门了解专线需求 上门演示云视频 拜访续约意向 上门核对账单"),
    "promise": words("周内答复退费结果 答复基站优化进度 补寄电子发票 确认携号优惠到账 协调装机改期"),
    "care": words("节日关怀问候 套餐使用关怀 生日关怀"),
    "proactive": words("账单突增提醒与说明 套餐不匹配建议 流量超出提醒"),
}
TOLD = ["phone", "in_person", "sms"]
# (kind, state, hours from now to due, hours from due to late)
DAY = [
    ("callback", State.DUE, -2, 1),
    ("promise", State.PLANNED, 3, 2),
    ("callback", State.DUE, -0.2, 4),
    ("visit", State.PLANNED, 26, 8),
    ("promise", State.DONE_NEUTRAL, -50, 24),
    ("proactive", State.PLANNED, 1, 6),
    ("care", State.DONE_SATISFIED, -30, 12),
    ("callback", State.UNREACHABLE, -80, 12),
    ("promise", State.DONE_NEUTRAL, -400, 24),
    ("promise", State.DUE, -30, 5),
    ("callback", State.DONE_SATISFIED, -170, 24),
]


def plant(world):
    """Those that contacts promised, and some more for a few people of each role that speaks with customers."""
    catch_up(world.org.branch)
    rng = world.rng("follow-ups")
    made = [row for person in owners(world) for row in of_person(world, rng, person)]
    FollowUp.objects.bulk_create(made, batch_size=500)
    Attempt.objects.bulk_create(tries(made), batch_size=500)
    Event.objects.bulk_create(events(made), batch_size=500)


def owners(world):
    for role in sorted(RIGHTS["work.do"]):
        yield from world.org.people.get(role, [])[:PEOPLE]


def of_person(world, rng, person):
    """Among their own customers, or those of the branch."""
    first = DAY if person.username in RIGHTS["work.do"] else rng.sample(DAY, EACH)
    for n, ((kind, state, due, late), customer) in enumerate(zip(first, near(world, person, len(first)), strict=False)):
        due_at = moment_of(world, due)
        late_at, moment = due_at + timedelta(hours=late), rng.random()
        ended_at = None if state in OPEN else due_at + (late_at - due_at) * moment * 1.1
        keeps = kind == "promise" and ended_at is not None
        broken = (kind == "promise" and not keeps and late_at < world.now) or (keeps and ended_at > late_at)
        yield FollowUp(
            branch=world.org.branch, unit=world.org.posts[person.pk], customer=customer, key=f"demo:{person.pk}:{n}",
            kind=kind, what=rng.choice(WHAT[kind]), told_by=rng.choice(TOLD) if kind == "promise" else "",
            origin={"proactive": "analysis", "care": "rule"}.get(kind, "person"), owner=person, made_by=person,
            made_at=due_at - timedelta(days=2), due_at=due_at, late_at=late_at, escalate_at=late_at, state=state,
            noted_at=due_at, ended_at=ended_at, ended_by=person if ended_at else None,
            notified_at=None if state == State.PLANNED else due_at, number=customer.called or "",
            kept_at=ended_at if keeps and not broken else None, broken_at=late_at if broken else None,
            priority=2 if moment > 0.8 else 3,
        )  # fmt: skip


def moment_of(world, hours):
    """So many hours from now; on another day in working hours."""
    at = timezone.localtime(world.now + timedelta(hours=hours)).replace(second=0, microsecond=0)
    return at if abs(hours) < 24 else at.replace(hour=9 + at.hour % 8, minute=at.minute // 15 * 15)


def near(world, person, count):
    """Customers with a number to call; those of the person where they have any."""
    led = Customer.objects.filter(branch=world.org.branch, status="active")
    own = led.filter(manager=person)
    found = list((own if own.exists() else led).order_by("pk")[(person.pk % 30) * 20 :][:count])
    numbers = Identifier.objects.filter(customer__in=found, kind="service", valid_to=None).order_by("-pk")
    called = dict(numbers.values_list("customer", "written"))
    for customer in found:
        customer.called = called.get(customer.pk)
    return found


def tries(made):
    """One answer for what is done, three in vain for whom nobody reached."""
    for one in made:
        if one.state == State.UNREACHABLE:
            for n, hours in enumerate((0, 2, 26), 1):
                yield Attempt(
                    follow_up=one, n=n, at=one.due_at + timedelta(hours=hours), by=one.owner, outcome="no_answer"
                )
        elif one.ended_at:
            result = one.state.removeprefix("done_")
            yield Attempt(follow_up=one, n=1, at=one.ended_at, by=one.owner, outcome="answered", result=result)


def events(made):
    """That it was planned, and that it was done, for history and timeline."""
    for one in made:
        told = {"subject_type": "work.followup", "subject_id": one.pk, "actor": one.owner, "branch_id": one.branch_id}
        told["customer_id"] = one.customer_id
        due = {"kind": one.kind, "due": one.due_at.isoformat(), "origin": one.origin}
        yield Event(verb="follow_up.made", at=one.made_at, data=due, **told)
        if one.ended_at and one.state.startswith("done_"):
            yield Event(
                verb="follow_up.done", at=one.ended_at, data={"result": one.state.removeprefix("done_")}, **told
            )
