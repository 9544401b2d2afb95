"""New customers hear when and how to pay before their first due day (A15).

Their page says it to whoever speaks with them; one reminder is planned for each: a call by their manager, a service
message for those who have none, and a call by their unit where no message can be sent.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Account, Bill, BillingRules
from billing.shock import months_before
from customers.models import Customer
from outreach import queueing
from outreach.models import Message
from work import owing
from work.models import FollowUp
from work.models.states import Kind, Origin

BATCH = 200
TEMPLATE = "first_bill"
OPENING = time(9, 0)  # of the day on which they are reminded
WAYS = [way for way in Account.Way if way != Account.Way.OTHER]


def is_new(customer: Customer, day: date, rules: BillingRules) -> bool:
    return customer.joined_on is not None and (day - customer.joined_on).days < rules.new_days


def first_due(joined_on: date, first_bill_due: date | None, rules: BillingRules) -> date:
    """The due day of the first bill or, before there is one, the usual day of the month after they joined."""
    return first_bill_due or months_before(joined_on, -1).replace(day=rules.due_day)


def plan_some(after: int, at: datetime) -> tuple[int | None, int]:
    """Plan reminders for up to BATCH new customers beyond the id `after`: the last id, None at the end; how many."""
    found = list(_waiting(after, timezone.localdate(at)))
    rules = {branch: BillingRules.of(branch) for branch in {one.branch_id for one in found}}
    planned = sum(remind(customer, rules[customer.branch_id], at) for customer in found)
    return (found[-1].pk if len(found) == BATCH else None), planned


def _waiting(after, day):
    """Active customers with an account who came within the longest time that any branch calls new."""
    longest = max([BillingRules().new_days, *BillingRules.objects.values_list("new_days", flat=True)])
    rows = Customer.objects.filter(pk__gt=after, status=Customer.Status.ACTIVE)
    rows = rows.filter(Exists(Account.objects.filter(customer=OuterRef("pk"), closed_on=None)))
    rows = rows.filter(joined_on__gt=day - timedelta(days=longest))
    return rows.select_related("branch", "unit", "manager").order_by("pk")[:BATCH]


@transaction.atomic
def remind(customer: Customer, rules: BillingRules, at: datetime) -> bool:
    """Plan the one reminder of a new customer; False where it was planned before or is too late."""
    zone = ZoneInfo(customer.unit.time_zone)
    day, due_on = timezone.localdate(at, zone), _due(customer, rules)
    if not is_new(customer, day, rules) or due_on < day or _planned(customer):
        return False
    opening = datetime.combine(due_on - timedelta(days=rules.reminded_before), OPENING, zone)
    until = datetime.combine(due_on + timedelta(days=1), time.min, zone)
    if customer.manager_id or not _write(customer, due_on, max(opening, at), until):
        _call(customer, due_on, max(opening, at), until)
    return True


def _due(customer, rules):
    first = Bill.objects.filter(account__customer=customer).aggregate(due=Min("due_on"))["due"]
    return first_due(customer.joined_on, first, rules)


def _key(customer):
    return f"first-bill:{customer.pk}"


def _planned(customer):
    key = _key(customer)
    return FollowUp.objects.filter(key=key).exists() or Message.objects.filter(key=key).exists()


def _write(customer, due_on, begin, until) -> bool:
    """A service message; False where the branch has no such text or the customer no number."""
    with translation.override(customer.language):
        ways = pgettext("between items of a list", ", ").join(str(way.label) for way in WAYS)
    try:
        message = queueing.queue(
            customer, TEMPLATE, key=_key(customer), not_before=begin, not_after=until, due_on=due_on, ways=ways
        )
    except ValidationError:
        return False
    return message.state != Message.State.WITHHELD


def _call(customer, due_on, begin, until):
    manager = customer.manager
    owing.owe(
        customer,
        Kind.CALLBACK,
        _("Say when and how to pay: the first bill is due on %(day)s") % {"day": due_on},
        key=_key(customer),
        due_at=begin,
        late_at=until,
        by=None,
        owner=manager if manager and owing.follows_up(manager, customer.branch_id) else None,
        unit=customer.unit,
        origin=Origin.RULE,
    )
