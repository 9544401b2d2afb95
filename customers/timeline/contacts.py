"""Contacts on the timeline."""

from datetime import datetime

from django.db.models import Q

from customers.models import InteractionItem
from customers.timeline import Entry

SOURCE = "customers.timeline.contacts.entries"


def entries(customer, shown, kind, before, limit):
    if kind == "changes":
        return []
    rows = customer.interactions.order_by("-at", "-pk").select_related("by", "first_owner", "unit")
    if kind == "follow_ups":
        rows = rows.open_follow_ups()
    found = list(_older(rows, before)[:limit])
    _give_items(found, shown)
    return [
        Entry(one.at, SOURCE, f"{one.at.isoformat()}_{one.pk}", "customers/timeline/_contact.html", one)
        for one in found
    ]


def _older(rows, before):
    if before is None:
        return rows
    moment, _, pk = before.partition("_")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError(f"not a position on the timeline: {before}")
    return rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(pk)), at__lte=at)


def _give_items(found, shown):
    """Items and texts as the person may see them, in one query however many contacts."""
    by_contact = {one.pk: [] for one in found}
    for item in InteractionItem.objects.filter(interaction__in=by_contact).select_related("reason", "line"):
        item.shown_detail = shown.text(item.detail)
        item.shown_line = shown.number(str(item.line)) if item.line else ""
        by_contact[item.interaction_id].append(item)
    for one in found:
        one.shown_items = by_contact[one.pk]
        one.shown_note = shown.text(one.note)
        one.shown_follow_up = shown.text(one.follow_up)
