"""The first page after signing in: what to do now, put together from the roles of today's postings."""

from collections.abc import Callable
from dataclasses import dataclass

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm import worklists
from staff.rights import RIGHTS
from staff.rights import Role as R
from staff.scope import postings_of

FRONT = {R.GUIDE, R.CLERK, R.DUTY_MANAGER, R.HOTLINE, R.COMPLAINT_DESK, R.DUNNING_CLERK}
MANAGERS = {R.VIP_MANAGER, R.GROUP_MANAGER}
LEADERS = {R.DUTY_MANAGER, R.COMMUNITY_MANAGER, R.COMMUNITY_LEADER, R.DEPARTMENT_HEAD, R.BRANCH_HEAD}
TALKS = set(RIGHTS["customers.record_interaction"])


@dataclass(frozen=True)
class Card:
    """A worklist on the page: who sees it, the template that draws it, what it lists."""

    template: str
    roles: set
    rows: Callable


CARDS = [
    Card("home/_follow_ups.html", TALKS, worklists.follow_ups),
    Card("home/_overdue.html", LEADERS, worklists.overdue_in_reach),
    Card("home/_contracts.html", MANAGERS, worklists.contracts_ending),
    Card("home/_birthdays.html", MANAGERS, worklists.birthdays),
    Card("home/_silent.html", MANAGERS, worklists.longest_without_contact),
    Card("home/_units.html", LEADERS, worklists.contacts_by_unit),
    Card("home/_channels.html", LEADERS, worklists.contacts_by_channel),
    Card("home/_contacts.html", FRONT | MANAGERS, worklists.my_contacts),
    Card("home/_imports.html", {R.DATA_STEWARD}, worklists.imports),
    Card("home/_webhooks.html", set(RIGHTS["webhooks.manage"]), worklists.webhooks),
    Card("home/_jobs.html", {R.ADMIN}, worklists.jobs),
]


@require_safe
def home(request):
    today, roles = timezone.localdate(), {posting.role for posting in postings_of(request.user)}
    cards = [
        {"template": card.template, "rows": card.rows(request.user, today)} for card in CARDS if card.roles & roles
    ]
    context = {"cards": cards, "today": today, "now": timezone.localtime(), "faces_customers": bool(roles & FRONT)}
    return render(request, "home/home.html", context)
