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
WATCHES_COMPLAINTS = {*RIGHTS["complaints.lead"], R.QUALITY}
TALKS = set(RIGHTS["work.do"])


@dataclass(frozen=True)
class Card:
    """A worklist: who sees it, the template that draws it, what it lists, and whether it comes after the page."""

    template: str
    roles: set
    rows: Callable
    later: bool = False


CARDS = [
    Card("home/_follow_ups.html", TALKS, worklists.follow_ups),
    Card("home/_complaints.html", set(RIGHTS["complaints.handle"]), worklists.complaints),
    Card("home/_overdue.html", set(RIGHTS["work.lead"]), worklists.overdue_in_reach),
    Card("home/_contracts.html", MANAGERS, worklists.contracts_ending),
    Card("home/_contacts.html", FRONT, worklists.my_contacts),
    Card("home/_imports.html", {R.DATA_STEWARD}, worklists.imports),
    Card("home/_webhooks.html", set(RIGHTS["webhooks.manage"]), worklists.webhooks),
    Card("home/_jobs.html", {R.ADMIN}, worklists.jobs),
    Card("home/_complaint_tasks.html", set(RIGHTS["complaints.do_task"]), worklists.complaint_tasks, later=True),
    Card("home/_complaint_counts.html", WATCHES_COMPLAINTS, worklists.complaint_counts, later=True),
    Card("home/_birthdays.html", MANAGERS, worklists.birthdays, later=True),
    Card("home/_silent.html", MANAGERS, worklists.longest_without_contact, later=True),
    Card("home/_contacts.html", MANAGERS, worklists.my_contacts, later=True),
    Card("home/_contacts_today.html", LEADERS, worklists.contacts_today, later=True),
]


@require_safe
def home(request):
    today, roles = timezone.localdate(), roles_of(request)
    context = {
        "cards": drawn(request, today, later=False),
        "more": any(card.later and card.roles & roles for card in CARDS),
        "today": today,
        "faces_customers": bool(roles & FRONT),
    }
    return render(request, "home/home.html", context)


@require_safe
def more(request):
    """What is less urgent or takes longer to find; the page asks for it as soon as it is there."""
    context = {"cards": drawn(request, timezone.localdate(), later=True), "now": timezone.localtime()}
    return render(request, "home/_more.html", context)


def roles_of(request):
    return {posting.role for posting in postings_of(request.user)}


def drawn(request, today, *, later):
    """The person's cards with their rows: [{"template", "rows"}]. A list of two roles is shown once."""
    roles, mine = roles_of(request), {}
    for card in CARDS:
        if card.roles & roles:
            mine.setdefault(card.template, card)
    cards = [card for card in mine.values() if card.later == later]
    return [{"template": card.template, "rows": card.rows(request.user, today)} for card in cards]
