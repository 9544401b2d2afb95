"""Where one can go from every page. An entry is shown to those who hold its right."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing import simulated as billing_simulated
from outreach import simulated


@dataclass(frozen=True)
class Entry:
    url_name: str
    label: str
    icon: str  # a name of heroicons.com
    right: str | None = None  # None: everybody who is signed in
    shown: Callable = lambda: True  # whether there is anything behind it in this installation


ENTRIES = [
    Entry("home", _("Home"), "home"),
    Entry("day", _("My day"), "sun", "work.do"),
    Entry("follow-ups", _("Follow-ups"), "arrow-uturn-right", "work.lead"),
    Entry("customers", _("Customers"), "users", "customers.view"),
    Entry("accounts", _("Accounts"), "banknotes", "billing.view"),
    Entry("dunning", _("Dunning"), "bell-alert", "billing.view_dunning"),
    Entry("shifts", _("Tills"), "banknotes", "billing.view_shifts"),
    Entry("messages", _("Messages"), "chat-bubble-left-right", "outreach.view"),
    Entry("phones", _("Phones"), "device-phone-mobile", "outreach.view", simulated.centre),
    Entry("phone-levers", _("Simulated gateway"), "adjustments-horizontal", "jobs.control", simulated.centre),
    Entry("billing-levers", _("Simulated billing"), "calculator", "jobs.control", billing_simulated.system),
    Entry("imports", _("Imports"), "arrow-up-tray", "customers.import"),
    Entry("absences", _("Absences"), "calendar-days", "staff.enter_absence"),
    Entry("jobs", _("Jobs"), "queue-list", "jobs.view"),
    Entry("webhooks", _("Webhooks"), "bolt", "webhooks.manage"),
    Entry("admin:index", _("Settings"), "cog-6-tooth", "staff.configure"),
]


def entries_for(user, path):
    """What `user` may open, each with its address and whether the page at `path` belongs to it."""
    shown = [entry for entry in ENTRIES if entry.right is None or user.has_perm(entry.right)]
    return [_drawn(entry, path) for entry in shown if entry.shown()]


def _drawn(entry, path):
    url = reverse(entry.url_name)
    current = path == url or (url != reverse("home") and path.startswith(url))
    return {"url": url, "label": entry.label, "icon": entry.icon, "current": current}
