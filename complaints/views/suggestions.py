"""Suggestions: the list with its topics, a new one, and the decision with its answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import suggesting
from complaints.models import Suggestion
from complaints.models.complaints import ACCEPT
from complaints.models.suggestions import DECIDE, VIEW
from complaints.suggestion_forms import DecisionForm, SuggestionFilter, SuggestionForm
from customers.masking import Shown
from customers.paging import address, edges, page_of
from customers.views.lookup import customer_of
from staff.access import may
from staff.saved_views.lists import with_views

SHOWN = ("topic", "customer__tier", "unit", "by", "decided_by")


def filtered(request):
    return SuggestionFilter(request.GET, Suggestion.objects.visible_to(request.user), request=request)


@with_views("suggestions", gettext_lazy("Suggestions"), filtered)
@require_safe
@may(VIEW)
def suggestions(request):
    """The newest first; above them the topics of what is shown, the most frequent first."""
    filtering = filtered(request)
    rows = filtering.qs
    page = page_of(rows.select_related(*SHOWN), "at", descending=True, **edges(request.GET))
    context = {
        "filter": filtering,
        "lines": [(one, _who(request, one), _text(request, one)) for one in page.rows],
        "topics": suggesting.ranked(rows),
        "now": timezone.now(),
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }
    return render(request, "complaints/suggestions.html", context)


def _who(request, one):
    return Shown(one.customer, request.user).title if one.customer else ""


def _text(request, one, name="text"):
    text = getattr(one, name)
    return Shown(one.customer, request.user).text(text) if one.customer else text


@require_safe
@may(VIEW)
def suggestion(request, pk):
    return _page(request, _one(request, pk))


def _page(request, one, form=None):
    decides = Suggestion.objects.visible_to(request.user).decided_by_person(request.user).filter(pk=one.pk).exists()
    context = {
        "suggestion": one,
        "who": _who(request, one),
        "text": _text(request, one),
        "reason": _text(request, one, "reason"),
        "answer": _text(request, one, "answer"),
        "may_decide": decides and one.state == Suggestion.State.NEW,
        "form": form or DecisionForm(),
    }
    return render(request, "complaints/suggestion.html", context, status=422 if form else 200)


@require_POST
@may(DECIDE)
def decide(request, pk):
    one, form = _one(request, pk, lambda rows: rows.decided_by_person(request.user)), DecisionForm(request.POST)
    if form.is_valid():
        try:
            suggesting.decide(one, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("suggestion", pk)
    one.refresh_from_db()
    return _page(request, one, form)


@require_http_methods(["GET", "HEAD", "POST"])
@may(ACCEPT)
def new(request):
    """Of somebody who is not named: from the box in the hall, or a passer-by."""
    return _new(request, None, request.user.branch, {})


@require_http_methods(["GET", "HEAD", "POST"])
@may(ACCEPT)
def of_customer(request, pk):
    customer, shown = customer_of(request, pk, right=ACCEPT)
    return _new(request, customer, customer.branch, {"customer": customer, "shown": shown})


def _new(request, customer, branch, context):
    form = SuggestionForm(request.POST or None, branch=branch)
    if request.method == "POST" and form.is_valid():
        try:
            suggesting.suggest(by=request.user, branch=branch, customer=customer, at=timezone.now(), **form.told())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Thank you: the suggestion is on its way to who decides about it."))
            return redirect("customer", customer.pk) if customer else redirect("suggestion-new")
    context |= {"form": form}
    return render(request, "complaints/suggestion_new.html", context, status=422 if form.errors else 200)


def _one(request, pk, narrowed=lambda rows: rows):
    rows = narrowed(Suggestion.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related(*SHOWN, "customer__branch", "answered_by"), pk=pk)
