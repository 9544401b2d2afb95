"""Where one can go from every page. An entry is shown to those who hold its right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from django.urls import reverse
from django.utils.functional import Promise
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
    under: str = ""  # the entry whose pages it is one of; whoever does not see that one has it on its own
    tab: str | Promise = ""  # what it is called among its lists


ENTRIES = [
    Entry("home", _("Home"), "home"),
    Entry("day", _("My day"), "sun", "work.do"),
    Entry("follow-ups", _("Follow-ups"), "arrow-uturn-right", "work.lead"),
    Entry("customers", _("Customers"), "users", "customers.view"),
    Entry("complaints", _("Complaints"), "chat-bubble-bottom-center-text", "complaints.view", tab=_("Queue")),
    Entry("complaint-new", _("Accept a complaint"), "megaphone", "complaints.accept"),
    *[
        Entry(*entry, under="complaints", tab=tab)
        for *entry, tab in [
            ("complaint-tasks", _("Complaint tasks"), "inbox-arrow-down", "complaints.do_task", _("Tasks")),
            ("incidents", _("Incidents"), "fire", "complaints.incidents", _("Incidents")),
            ("appeals", _("Appeals"), "scale", "complaints.regulator", _("Appeals")),
            ("compensations", _("Compensations"), "receipt-percent", "complaints.approve", _("Compensations")),
            ("complaints-to-class", _("Complaints to be classed"), "tag", "complaints.import", _("To be classed")),
            ("suggestions", _("Suggestions"), "light-bulb", "complaints.suggestions", _("Suggestions")),
            ("complaint-figures", _("Complaint figures"), "chart-bar", "complaints.figures", _("Figures")),
            ("complaint-policies", _("Complaint policies"), "clock", "complaints.policies", _("Policies")),
        ]
    ],
    Entry("accounts", _("Accounts"), "banknotes", "billing.view"),
    Entry("dunning", _("Dunning"), "bell-alert", "billing.view_dunning", tab=_("Open cases")),
    *[
        Entry(name, label, icon, right, under="dunning", tab=label)
        for name, label, icon, right in [
            ("dunning-dry-run", _("Dry run"), "beaker", "billing.view_dunning"),
            ("payment-promises", _("Promises to pay"), "hand-raised", "billing.view_dunning"),
            ("service-requests", _("Requests to the billing system"), "arrows-right-left", "billing.view_dunning"),
            ("exemptions", _("Exempt lines"), "shield-check", "billing.view_dunning"),
            ("waivers", _("Late fee waivers"), "receipt-percent", "billing.view_waivers"),
            ("dunning-recovery", _("Recovery"), "chart-bar", "billing.view_dunning"),
            ("scenarios", _("Scenarios"), "map", "billing.view_dunning"),
            ("dunning-compare", _("Compare"), "scale", "billing.scenarios"),
        ]
    ],
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


def shown_to(user):
    """[(entry, its address)] of what `user` may open."""
    shown = [entry for entry in ENTRIES if (entry.right is None or user.has_perm(entry.right)) and entry.shown()]
    return [(entry, address(entry.url_name)) for entry in shown]


@cache
def address(url_name):
    """Worked out once: each page is drawn with all of them."""
    return reverse(url_name)


def entries_for(shown, path):
    """Those that stand for themselves, each with its address and whether the page at `path` belongs to it: to the
    nearest one. `shown`: see `shown_to`.
    """
    names = {entry.url_name for entry, _url in shown}
    now = _nearest(shown, path)
    group = now and (now.under if now.under in names else now.url_name)
    own = [(entry, url) for entry, url in shown if entry.under not in names]
    return [_drawn(entry, url, entry.label) | {"current": entry.url_name == group} for entry, url in own]


def tabs_for(shown, path):
    """The lists of one entry, on each of them: nothing where there is only one, and nothing on other pages."""
    here = next((entry for entry, url in shown if url == path), None)
    group = here and (here.under or here.url_name)
    tabs = [(entry, url) for entry, url in shown if group in (entry.url_name, entry.under)]
    if len(tabs) < 2 or tabs[0][0].url_name != group:
        return []
    return [_drawn(entry, url, entry.tab) | {"current": entry is here} for entry, url in tabs]


def _nearest(shown, path):
    home = address("home")
    above = [(len(url), entry) for entry, url in shown if path == url or (url != home and path.startswith(url))]
    return max(above, key=itemgetter(0), default=(0, None))[1]


def _drawn(entry, url, label):
    return {"url": url, "label": label, "icon": entry.icon}
