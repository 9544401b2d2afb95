"""What a customer or caller tells when they complain, made fit to be kept (domain 4.1; 2.3: every complaint is logged).

`told` is {field of Complaint: value}, of the fields in FIELDS; what is not named stays empty.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from complaints.incidents.belonging import hold_open
from complaints.models import Complaint, Incident
from customers.visits import without_id_numbers
from staff.models import Unit
from work.times import FARTHEST

WORDS = ("caller_name", "words", "wanted", "place")  # whatever is written freely
NAMED = ("customer", "category", "line", "plan", "area_unit", "person", "bill", "interaction", "incident")
FIELDS = (
    *WORDS, *NAMED, "caller_number", "on_behalf", "channel", "answer_by", "hours_from", "hours_to", "product", "major",
    "received_at", "ref",
)  # fmt: skip
OF_CUSTOMER = ("line", "bill", "interaction")


def emptied() -> dict:
    """What each field is where nothing is told; the first receipt stays."""
    return {name: Complaint._meta.get_field(name).get_default() for name in FIELDS if name != "received_at"}


def told_of(branch: Unit, told: dict, at: datetime, *, whole: bool = True) -> dict:
    """{field: value} for a Complaint, full ID numbers masked, with what follows from the line and the customer.

    `whole`: class and words must be there; a draft may lack them. ValidationError by field.
    """
    if unknown := told.keys() - set(FIELDS):
        raise TypeError(f"nobody tells {sorted(unknown)}")
    fields = {name: value for name, value in told.items() if value not in (None, "")}
    fields |= {name: without_id_numbers(fields[name].strip()) for name in WORDS if name in fields}
    fields["received_at"] = fields.get("received_at") or at
    _check(branch, fields, at, whole)
    return _following(fields)


def still(fields: dict):
    """The incident that is told of goes on until this transaction ends; ValidationError by field where it ended after
    `told_of` had looked. Last before the complaint is written: whoever ends it waits so long.
    """
    if incident := fields.get("incident"):
        try:
            hold_open(incident)
        except ValidationError as error:
            raise ValidationError({"incident": error.messages}) from error


def _following(fields):
    """The product and plan of the line, the community of the customer, their tier as it is now."""
    line, customer = fields.get("line"), fields.get("customer")
    if line:
        fields = {"product": line.kind, "plan": line.plan} | fields
    if customer:
        fields = {"area_unit": customer.community, "tier": customer.tier} | fields
    return fields


def _check(branch, fields, at, whole):
    problems = _faults(branch, fields, at)
    if whole:
        problems = _missing(fields) | problems
    if problems:
        raise ValidationError(problems)
    Complaint(branch=branch, **fields).clean_fields(exclude=_beside(fields, whole))


def _beside(fields, whole):
    """Fields that are not told, and the words and channel of a draft that has none yet."""
    asked = {name for name in FIELDS if name in fields and name not in NAMED}
    return {field.name for field in Complaint._meta.fields} - asked


def _missing(fields):
    found = {}
    if not fields.get("category"):
        found["category"] = _("Choose what the complaint is about.")
    if not fields.get("words"):
        found["words"] = _("Write down what the customer says.")
    if not fields.get("channel"):
        found["channel"] = _("Say how the complaint came.")
    return found


def _faults(branch, fields, at):
    found = _foreign(branch, fields)
    if not fields.get("customer") and not fields.get("caller_number"):
        found["caller_number"] = _("Without a customer, a number to reach the caller is needed.")
    category = fields.get("category")
    if category and not _is_finest(category):
        found["category"] = _("%(class)s cannot be chosen; choose one of the finest classes.") % {"class": category}
    if fields["received_at"] > at:
        found["received_at"] = _("This is still to come.")
    elif at - fields["received_at"] > FARTHEST:
        found["received_at"] = _("This time is too far off.")
    if bool(fields.get("hours_from")) != bool(fields.get("hours_to")):
        found["hours_to"] = _("Say both from when and until when.")
    return found


def _foreign(branch, fields):
    """What belongs to another branch, or to another customer."""
    customer, found = fields.get("customer"), {}
    for name in NAMED:
        record = fields.get(name)
        if record is not None and _home_of(record) != branch.pk:
            found[name] = _("This belongs to another branch.")
    if "incident" in fields and fields["incident"].state != Incident.State.OPEN:
        found["incident"] = _("This incident is over.")
    for name in OF_CUSTOMER:
        if name in fields and _customer_of(fields[name]) != (customer and customer.pk):
            found[name] = _("This belongs to another customer.")
    return found


def _home_of(record):
    return record.home_id if isinstance(record, Unit) else record.branch_id


def _customer_of(record):
    return record.account.customer_id if hasattr(record, "account") else record.customer_id


def _is_finest(category):
    return category.active and not category.children.filter(active=True).exists()
