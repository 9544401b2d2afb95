"""The list of open cases with how dunning stands, and one case with everything that was done."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from billing.dunning.chronicle import chronicle
from billing.dunning.figures import figures
from billing.dunning.filters import CaseFilter
from billing.dunning.listed import lines_of
from billing.dunning.standing import standings
from billing.models import DunningCase, ServiceRequest
from billing.models.waivers import ASK as WAIVE
from billing.service_requests.proof import unreminded
from customers.masking import Shown, reaches
from customers.paging import address, edges, page_of
from customers.tier_marks import ROW, TierMarks
from staff.access import may
from staff.saved_views.lists import with_views
from staff.scope import postings_of, scope_of

VIEW = "billing.view_dunning"
SHOWN = ("account__customer__tier", "account__customer__unit", "next_step")
LISTED = (  # what a row of the list shows, and whether it is masked
    "since", "state", "next_on", "next_step__action", "account__currency", "account__customer__unit__name",
    "account__customer__unit__name_en", *(f"account__customer__{name}" for name in ROW),
)  # fmt: skip
SORTS = {"days": ("since", False), "sum": ("overdue_then", True), "next": ("next_on", False)}


def filtered(request):
    """The open cases within reach that the address asks for. The branch is said aloud, for the order of its index."""
    rows = DunningCase.objects.visible_to(request.user).seen_by(request.user).open()
    if not scope_of(request.user, VIEW).own:
        rows = rows.filter(branch__in=branches_of(request.user))
    return CaseFilter(request.GET, rows, request=request)


@with_views("dunning", gettext_lazy("Dunning"), filtered, also=("sort",))
@require_safe
@may(VIEW)
def cases(request):
    """Who has owed longest comes first, unless the address asks for another order."""
    filtering = filtered(request)
    sort = request.GET.get("sort")
    column, descending = SORTS.get(sort, SORTS["days"])
    rows = filtering.qs.select_related(*SHOWN).only(*LISTED)
    page = page_of(rows, column, descending=descending, **edges(request.GET))
    context = {
        "filter": filtering,
        "lines": lines_of(page.rows, request.user, TierMarks(), timezone.now()),
        "sort": sort if sort in SORTS else "days",
        "sorts": {name: address(request.GET, sort=name) for name in SORTS},
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "narrowed": filtering.narrowed,
    }
    return render(request, "billing/dunning/cases.html", context)


@require_safe
@may(VIEW)
def stand(request):
    """The figures, asked for beside the list."""
    found = figures(request.user, branches_of(request.user), timezone.now())
    return render(request, "billing/dunning/_figures.html", {"figures": found})


@require_safe
@may(VIEW)
def case(request, pk):
    rows = DunningCase.objects.visible_to(request.user).seen_by(request.user)
    found = get_object_or_404(rows.select_related(*SHOWN, "branch", "version__scenario"), pk=pk)
    context = {
        "case": found,
        "shown": Shown(found.account.customer, request.user),
        "standing": standings([found.account_id], timezone.now())[found.account_id],
        "chronicle": chronicle(found, request.user, timezone.now()),
        "may_waive": found.ended_at is None and reaches(request.user, WAIVE, found.account.customer),
    }
    return render(request, "billing/dunning/case.html", context)


@require_safe
@may(VIEW)
def proof(request):
    """Why “Suspensions without reminder” is what it is."""
    requests = ServiceRequest.objects.visible_to(request.user).reached_with(VIEW, request.user)
    context = {"unreminded": unreminded(requests.filter(branch__in=branches_of(request.user)))}
    return render(request, "billing/dunning/proof.html", context)


def branches_of(user):
    return {posting.unit.home_id for posting in postings_of(user)}
