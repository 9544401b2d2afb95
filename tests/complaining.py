"""Complaints and what belongs to them, for tests. What a test does not name gets a dull default."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from billing import ledger
from billing.models import Adjustment
from complaints.models import (
    Category,
    Cause,
    Compensation,
    Complaint,
    Incident,
    RegulatorCase,
    StateChange,
    SubTask,
    Suggestion,
    Topic,
)
from complaints.models.states import OVER, TASK_OPEN
from tests import make, money

number = count(1)


def category(branch, **fields):
    """One of the finest classes, under the regulator's class and a group."""
    area = fields.get("area", "network")
    first = {"service": "1", "network": "2", "charges": "3"}[area]
    n = next(number)
    above = {"branch": branch, "area": area}
    root = Category.objects.get_or_create(branch=branch, code=first, defaults=above | {"name": f"大类{first}"})[0]
    group = Category.objects.get_or_create(
        branch=branch, code=f"{first}0", defaults=above | {"name": f"中类{first}", "parent": root}
    )[0]
    fields = {"code": f"{first}0{n:03}", "name": f"小类{n}", "name_en": f"Class {n}", "parent": group} | fields
    return Category.objects.create(**{"branch": branch, "area": area} | fields)


def cause(branch, **fields):
    n = next(number)
    return Cause.objects.create(
        branch=branch, **{"code": f"{n:03}", "name": f"原因{n}", "name_en": f"Cause {n}"} | fields
    )


def complaint(customer=None, by=None, **fields):
    """One that was accepted just now by a clerk of the customer's unit; as a row, without clocks or messages."""
    customer = customer or make.reachable()
    by = by or make.user("clerk", customer.unit)
    n, at = next(number), fields.get("received_at") or timezone.now()
    said = {
        "number": f"T{n:06}",
        "key": f"complaint {n}",
        "channel": "hall",
        "words": f"网速太慢 {n}",
        "received_at": at,
        "accepted_at": at,
        "accepted_unit": customer.unit,
        "unit": customer.unit,
        "first_owner": by,
        "owner": by,
        "tier": customer.tier,
        "touched_at": at,
    }
    said["category"] = fields.pop("category", None) or category(customer.branch)
    made = Complaint.objects.create(branch=customer.branch, customer=customer, **said | fields)
    made.refresh_from_db()
    begun(made, at)
    return made


def begun(made, at):
    """The first row of its log."""
    return StateChange.objects.create(complaint=made, n=1, then=made.state, at=at, owner=made.owner, level=made.level)


def task(complaint, unit=None, **fields):
    unit = unit or make.unit(parent=complaint.branch)
    fields = {"key": f"task {next(number)}", "what": "查信号", "due_at": timezone.now() + timedelta(days=1)} | fields
    return SubTask.objects.create(complaint=complaint, unit=unit, made_by=complaint.owner, **fields)


def incident(area=None, **fields):
    area = area or make.branch()
    n = next(number)
    fields = {"title": f"基站故障{n}", "say": "正在抢修", "began_at": timezone.now(), "key": f"incident {n}"} | fields
    fields = {"by": fields.pop("by", None) or make.user("complaint_desk", area.home), "branch": area.home} | fields
    of = fields.pop("category", None) or category(area.home)
    return Incident.objects.create(area=area, category=of, **fields)


def appeal(complaint, **fields):
    now, n = timezone.now(), next(number)
    fields = {"authority": "工信部", "reference": f"A{n}", "opened_by": complaint.owner} | fields
    fields = {"decide_by": now + timedelta(days=7), "answer_by": now + timedelta(days=30)} | fields
    return RegulatorCase.objects.create(complaint=complaint, **fields)


def topic(branch, **fields):
    n = next(number)
    return Topic.objects.create(
        branch=branch, **{"code": f"t{n}", "name": f"主题{n}", "name_en": f"Topic {n}"} | fields
    )


def suggestion(customer=None, **fields):
    customer = customer or make.customer()
    n = next(number)
    fields = {"key": f"suggestion {n}", "channel": "hall", "text": f"建议{n}", "unit": customer.unit} | fields
    fields = {"due_at": timezone.now() + timedelta(days=15)} | fields
    by = fields.pop("by", None) or make.user("clerk", customer.unit)
    on = fields.pop("topic", None) or topic(customer.branch)
    return Suggestion.objects.create(branch=customer.branch, customer=customer, by=by, topic=on, **fields)


def compensation(complaint, **fields):
    """Asked for and not decided, of an open bill."""
    bill = fields.pop("bill", None) or money.bill(money.account(complaint.customer))
    fields = {"key": f"compensation {next(number)}", "amount": "5.00", "reason": "补偿"} | fields
    fields = {"asked_by": complaint.owner} | fields
    return Compensation.objects.create(complaint=complaint, account=bill.account, bill=bill, **fields)


# One of each that moves through states, in a state with the columns that it goes with.


def complaint_with(state):
    """Merged ones go into the one made before the last."""
    now = timezone.now()
    told = {"ended_at": now if state in OVER else None, "resolved_at": now, "answer": "已处理"}
    waits = state == "waiting_customer"
    told |= {"waits_for": "证件" if waits else "", "waits_until": now if waits else None}
    into = Complaint.objects.order_by("-pk")[1] if state == "merged" else None
    return told | {"merged_into": into, "merged_at": into and now, "merged_from": "accepted" if into else ""}


def complaint_in(state):
    survivor = complaint()
    made = complaint(survivor.customer)
    if state != made.state:  # the same row anew, so that the table of moves does not stand in the way
        made = complaint(survivor.customer, state=state, **complaint_with(state))
    return made


def task_with(state):
    ended = state not in TASK_OPEN
    return {"ended_at": timezone.now() if ended else None, "result": "已查"}


def task_in(state):
    one = complaint()
    return task(one, state=state, taken_by=one.owner, taken_at=timezone.now(), **task_with(state))


def incident_with(state):
    return {"ended_at": timezone.now() if state == "over" else None}


def incident_in(state):
    return incident(state=state, **incident_with(state))


def appeal_in(state):
    one, now = complaint(), timezone.now()
    told = {"answered_at": now, "answer": "已答复", "settled_at": now, "proof": attachment(one)}
    return appeal(one, state=state, **told)


def attachment(complaint, **fields):
    """A file of which only the row is there."""
    n = next(number)
    fields = {
        "name": f"撤诉{n}.png",
        "path": f"complaints/{n}",
        "kind": "image/png",
        "size": 1,
        "digest": f"{n:064}",
    } | fields
    return complaint.attachments.create(**fields)


def suggestion_in(state):
    return suggestion(state=state, decision="taken", reason="好", answer="谢谢")


def compensation_with(state):
    """Given, it is the adjustment made last."""
    return {"adjustment": Adjustment.objects.latest("pk") if state == "given" else None}


def compensation_in(state):
    one = complaint()
    bill = money.bill(money.account(one.customer))
    ledger.adjust([money.an_adjustment(bill, "-5.00")])
    return compensation(one, bill=bill, state=state, **compensation_with(state))
