"""How heavy a complaint is at its beginning, and whether it has been told before (domain 2.3)."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from complaints.models import Complaint, ComplaintRules
from complaints.models.states import Channel, Level, State
from customers.models import Customer, Tier

SAME_MOMENT = timedelta(minutes=1)
NOT_COUNTED = (State.DRAFT, State.MERGED)  # what was taken back was told all the same
REPEATS = """
    UPDATE complaints_complaint c SET is_repeat = true, repeats_id = found.earlier, level = greatest(c.level, 2)
    FROM (
        SELECT n.id, e.id AS earlier FROM complaints_complaint n
        LEFT JOIN complaints_complaintrules r ON r.branch_id = n.branch_id
        JOIN LATERAL (
            SELECT o.id FROM complaints_complaint o
            WHERE o.customer_id = n.customer_id AND o.category_id = n.category_id AND o.id <> n.id
              AND (o.received_at, o.id) < (n.received_at, n.id) AND o.state <> ALL (%(not_counted)s)
              AND (o.ended_at IS NULL
                OR o.ended_at >= n.received_at - make_interval(days => coalesce(r.repeat_days, %(days)s)::int))
            ORDER BY o.received_at DESC, o.id DESC LIMIT 1
        ) e ON true
        WHERE n.id = ANY (%(made)s) AND n.repeats_id IS NULL
    ) found
    WHERE c.id = found.id
"""  # as `earlier` finds it for one


def level_of(fields: dict, *, repeated: bool, level: int | None = None) -> int:
    """The highest that applies: the class's, what a person said, 2 for VIP, group or repeat, 3 for major cases."""
    customer, found = fields.get("customer"), [fields["category"].level, level or Level.GENERAL]
    if repeated or (customer and is_valued(customer)):
        found.append(Level.RAISED)
    if fields.get("major") or fields["channel"] == Channel.REGULATOR:
        found.append(Level.MAJOR)
    return max(found)


def is_valued(customer: Customer) -> bool:
    """A VIP, a group customer, or one locked for their value."""
    is_group = customer.kind == Customer.Kind.GROUP
    return is_group or customer.locked_high_value or customer.tier.mark != Tier.Mark.NONE


def earlier(customer, category, at: datetime, *, but=None, rules: ComplaintRules | None = None) -> Complaint | None:
    """The complaint that one of this class, received at `at`, repeats: the customer's latest that is open, or was so
    within the days before. Of two that come at the same moment the one accepted first is the earlier."""
    if customer is None or category is None:
        return None
    since = at - timedelta(days=(rules or ComplaintRules.of(customer.branch_id)).repeat_days)
    told = Complaint.objects.filter(customer=customer, category=category, received_at__lte=at + SAME_MOMENT)
    told = told.exclude(state__in=NOT_COUNTED).exclude(pk=but)
    return told.filter(Q(ended_at=None) | Q(ended_at__gte=since)).order_by("-received_at", "-pk").first()


def find_repeats(made: list[int]):
    """Mark those of the complaints (ids) that repeat an earlier one, in one statement: one level up, as for one."""
    days = ComplaintRules._meta.get_field("repeat_days").default
    with connection.cursor() as cursor:
        cursor.execute(REPEATS, {"made": made, "days": days, "not_counted": list(map(str, NOT_COUNTED))})
