"""A few messages of the demo branch in every state, what customers agreed to, a held set and some replies."""

from datetime import timedelta
from uuid import UUID

from django.utils import translation

from customers.models import Customer
from outreach import addresses, consents, inbound, queueing, waves
from outreach.models import Decision, Message, Wave
from staff.rights import Role

from . import texts

State = Message.State
HELD = 120  # messages of the set that waits for a person
FORMER = [58, 64, 61]  # how many its forerunners had
GATEWAY = "sms"
NOTICE = {"service": "宽带", "day": "本周六凌晨", "time": "6:00"}
# template, its values, state, reason, hours ago, outcomes of the attempts
SENT = [
    ("birthday_greeting", {"occasion": "生日"}, State.DELIVERED, "", 75, "A"),
    ("complaint_result", {"ticket": "T20261129003"}, State.DELIVERED, "", 70, "UA"),
    ("appointment", {"day": "昨天", "time": "10:00", "place": "城东营业厅"}, State.EXPIRED, "too_late", 52, ""),
    ("arrears_reminder", {"amount": "120.00", "due_on": "25日", "ways": "营业厅"}, State.FAILED, "tries", 50, "BBB"),
    ("arrears_reminder", {"amount": "58.60", "due_on": "25日", "ways": "营业厅、网厅"}, State.DELIVERED, "", 30, "A"),
    ("new_tariff_offer", {"plan": "畅享 59", "fee": "59", "day": "月底"}, State.WITHHELD, "no_consent", 28, ""),
    ("appointment", {"day": "明天", "time": "15:00", "place": "人民路营业厅"}, State.DELIVERED, "", 26, "BA"),
    ("callback_announced", {"day": "今天", "time": "16:30"}, State.UNKNOWN, "needs_person", 20, "U"),
    ("plan_change_confirmed", {"plan": "畅享 99", "day": "下月1日"}, State.FAILED, "refused", 9, "R"),
    ("callback_announced", {"day": "明天", "time": "9:30"}, State.CANCELLED, "cancelled", 5, ""),
    ("complaint_accepted", {"ticket": "T20261201007", "answer_by": "后天18:00"}, State.ACCEPTED, "", 2, "A"),
]  # fmt: skip
OUTCOMES = {"A": ("accepted", "202"), "B": ("busy", "503"), "U": ("unknown", "timeout"), "R": ("refused", "422")}
DECIDED = {
    State.WITHHELD: Decision.What.WITHHELD,
    State.EXPIRED: Decision.What.EXPIRED,
    State.CANCELLED: Decision.What.CANCELLED,
    State.UNKNOWN: Decision.What.DOUBTED,
}
# purpose, word, how, proof: one row for each of the first customers in turn
WORDS = [
    ("marketing_sms", "given", "hall", "入网协议第12条，客户本人签字"),
    ("marketing_sms", "refused", "call", "客户来电明确拒绝"),
    ("marketing_sms", "given", "web", "网上营业厅勾选"),
    ("survey", "given", "hall", "满意度调查同意书"),
    ("care", "refused", "call", "客户不需要祝福短信"),
]
REPLIES = ["谢谢，我下午三点来。", "请问营业厅周日开门吗？", "TD"]


def plant(world) -> None:
    """After the customers: everything that the pages of messages show on the first day."""
    people = world.org.people
    clerk, head = people[Role.CLERK][0], people[Role.DEPARTMENT_HEAD][0]
    templates = texts.plant(world.org.branch, by=head)
    reached = _reached(world.org.branch, HELD + len(SENT))
    _agree(reached, clerk, world.now)
    _plan_too_many(world, templates["holiday_notice"], reached[len(SENT) :], head)
    for n, (customer, row) in enumerate(zip(reached, SENT, strict=False)):
        code, values, *fate = row
        message = queueing.drawn_up(templates[code], customer, values, key=f"demo/{customer.branch_id}/{n}", by=clerk)
        message.ref = UUID(int=world.rng(f"message {n}").getrandbits(128), version=4)
        _send(message, world.now, fate)
    for customer in reached[:2]:
        _plan_one(customer, clerk)
    _reply(reached)


def _reached(branch, most):
    """Customers in use who have a mobile number, the same on every run."""
    found = Customer.objects.filter(branch=branch, status="active", kind="personal").order_by("number")[: most * 3]
    where = addresses.of(found, "sms")
    return [customer for customer in found if where[customer.pk][0]][:most]


def _agree(customers, by, now):
    for customer, (purpose, word, how, proof) in zip(customers, WORDS * 3, strict=False):
        consents.say(customer, purpose, word, how=how, by=by, proof=proof)
    rest = {"do_not_disturb_until": now + timedelta(days=5)}
    consents.prefer(customers[1], by=by, version=0, **rest)


def _send(message, now, fate):
    """One message as it stands after all that has been tried."""
    state, reason, hours, tries = fate
    at = now - timedelta(hours=hours)
    message.to = addresses.of([message.customer], "sms")[message.customer_id][0]
    message.state, message.reason, message.created_at, message.next_at = state, reason, at, None
    message.attempts, message.submitted_at = len(tries), at if tries else None
    message.gateway = GATEWAY if tries else ""
    message.accepted_at = at if "A" in tries else None
    message.ended_at = at + timedelta(minutes=len(tries)) if state in Message.ENDED else None
    message.in_doubt = state == State.UNKNOWN
    message.save(force_insert=True)
    _tell(message, at, reason, tries)


def delivered(message, at):
    """A message that the product has queued, as it stands since it was sent at that time."""
    message.state, message.reason, message.created_at, message.next_at = State.DELIVERED, "", at, None
    message.attempts, message.submitted_at, message.accepted_at = 1, at, at
    message.gateway, message.ended_at = GATEWAY, at + timedelta(minutes=1)
    message.save()
    _tell(message, at, "", "A")


def _tell(message, at, reason, tries):
    """Its attempts, the decision about it and the report."""
    for n, one in enumerate(tries, 1):
        outcome, status = OUTCOMES[one]
        moment = at + timedelta(minutes=n - 1)
        message.made.create(
            n=n, gateway=GATEWAY, started_at=moment, ended_at=moment, outcome=outcome, status=status, ms=120 * n
        )
    if message.state in DECIDED:
        by = message.by if message.state == State.CANCELLED else None
        message.decisions.create(at=at, what=DECIDED[message.state], reason=reason, by=by)
    if message.state == State.DELIVERED:
        known = {"gateway": GATEWAY, "gateway_ref": f"demo-{message.pk}", "ref": message.ref}
        message.reports.create(status="delivered", received_at=message.ended_at, **known)


def _plan_too_many(world, template, customers, by):
    """Twice the usual: the product itself holds the set."""
    for n, planned in enumerate(FORMER):
        Wave.objects.create(
            branch=template.branch, template=template, key=f"demo/former/{template.pk}/{n}", planned=planned,
            usual=FORMER[0] if n else None, planned_by=by,
            created_at=world.now - timedelta(days=30 * (len(FORMER) - n)),
        )  # fmt: skip
    rows = [(customer, f"demo/notice/{customer.pk}", NOTICE) for customer in customers]
    wave = waves.queue_many(template.branch, template.code, rows, wave_key=f"demo/notice/{template.pk}", by=by)
    began = world.now - timedelta(hours=80)
    Wave.objects.filter(pk=wave.pk).update(created_at=began)
    wave.messages.update(created_at=began)


def _plan_one(customer, by):
    """One that goes out as soon as the customer and the hour allow it."""
    values = {"day": "明天", "time": "10:00", "place": "人民路营业厅"}
    queueing.queue(customer, "appointment", key=f"demo/soon/{customer.pk}", by=by, **values)


def _reply(customers):
    """Answers from phones, one of them a stop, and one from a number of nobody's."""
    with translation.override("zh-hans"):
        for n, (customer, text) in enumerate(zip(customers, REPLIES, strict=False)):
            sender = addresses.of([customer], "sms")[customer.pk][0]
            inbound.take(GATEWAY, f"demo-{customer.branch_id}-{n}", sender, text)
        inbound.take(GATEWAY, f"demo-{customers[0].branch_id}-nobody", "13000000001", "你好，我换了号码，请更新。")
