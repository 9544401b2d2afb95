"""What was done to the customer's record, in plain words. A verb without words here is not shown."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from customers.models import Customer, Identifier
from customers.timeline import Entry

SOURCE = "customers.timeline.changes.entries"
WORDS = {
    "customer.opened": _("Customer opened"),
    "customer.imported": _("Brought in by the file %(file)s"),
    "customer.changed": _("Details changed"),
    "customer.tier_changed": _("Tier changed from %(old)s to %(new)s"),
    "customer.locked_high_value": _("Locked as high-value"),
    "customer.unlocked_high_value": _("No longer locked as high-value"),
    "customer.number_added": _("%(kind)s added: %(written)s"),
    "customer.number_ended": _("%(kind)s no longer in use: %(written)s"),
    "customer.manager_assigned": _("Account manager from %(on)s: %(manager)s"),
    "customer.manager_released": _("No account manager from %(on)s; before: %(before)s"),
    "customer.assignment_withdrawn": _("Booked account manager withdrawn: %(manager)s from %(on)s"),
    "line.plan_changed": _("%(line)s on plan %(new)s from %(on)s"),
    "interaction.followed_up": _("Follow-up done: %(what)s"),
    "interaction.open_again": _("Follow-up open again"),
}
# How a changed field is shown to those who see masked.
PERSONAL = {"name": "person"} | dict.fromkeys(("address", "birthday", "monthly_charge", "total_charge"), "place")


@dataclass(frozen=True)
class Change:
    event: Event
    words: str
    fields: list  # of (label, before, after)


def entries(customer, shown, kind, before, limit):
    if kind not in ("all", "changes"):
        return []
    rows = Event.objects.filter(customer_id=customer.pk, verb__in=WORDS).order_by("-pk").select_related("actor")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    return [
        Entry(event.at, SOURCE, str(event.pk), "customers/timeline/_change.html", _change(event, shown))
        for event in rows[:limit]
    ]


def _change(event, shown):
    data = _local(event.data)
    if "written" in data and data.get("kind") != Identifier.Kind.ID_DOCUMENT:
        data["written"] = shown.number(data["written"])
    if "kind" in data:
        data["kind"] = Identifier.Kind(data["kind"]).label
    if "line" in data:
        data["line"] = shown.number(data["line"])
    if "what" in data:
        data["what"] = shown.text(data["what"])
    return Change(event, WORDS[event.verb] % data, _fields(data, shown))


def _local(data):
    """Names that were kept in both languages, in the reader's."""
    english = (get_language() or "").startswith("en")
    return data | {key[:-3]: value for key, value in data.items() if key.endswith("_en") and english and value}


def _fields(data, shown):
    """(label, before, after) of each changed field, as the person may see it."""
    changed = []
    for name, values in data.get("fields", {}).items():
        field = Customer._meta.get_field(name)
        choices = dict(field.choices or ())
        hide = getattr(shown, PERSONAL[name]) if name in PERSONAL else str
        changed.append((field.verbose_name, *(choices.get(value) or hide(value) for value in values)))
    return changed
