"""What no rule knows, and the rules themselves."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.classing import reviewing, rules, tasks
from complaints.classing.forms import ClassingForm, RuleForm, SearchForm, WordsField
from complaints.classing.reviewing import RIGHT
from complaints.masked import masked_for
from complaints.models import KeywordRule
from customers.paging import address, edges, page_of
from jobs.forms import key_of
from jobs.views import refusals_shown
from staff.access import may

OF_LINE = ("branch", "customer__branch", "customer__unit", "customer__tier")


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def to_class(request):
    """What waits to be classed, all or what holds some words; sent, it classes the chosen or all of these."""
    if request.method != "POST":
        return _list(request, ClassingForm(user=request.user))
    form = ClassingForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            return _classed(request, form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
    return _list(request, form, status=422)


def _classed(request, told):
    """The chosen at once, all that hold the words by a job."""
    if told["do"] == "chosen":
        chosen = reviewing.waiting(request.user).filter(pk__in=told["chosen"])
        n = reviewing.classify(chosen, told["category"], by=request.user)
        messages.success(request, ngettext("%(n)s complaint classed.", "%(n)s complaints classed.", n) % {"n": n})
        return redirect("complaints-to-class")
    way = {"key": _key(request), "as_rule": told["do"] == "rule"}
    return _shown(tasks.ask_all(told["words"], told["category"], by=request.user, **way))


def _key(request):
    """Of the form: sent twice it is one run."""
    return key_of(request.POST) or str(uuid4())


def _shown(run):
    return redirect(f"{reverse('complaints-to-class')}?run={run.pk}")


def _list(request, form, status=200):
    query = request.POST if request.method == "POST" else request.GET
    search = SearchForm(query)
    words = search.cleaned_data["words"] if search.is_valid() else []
    waiting = reviewing.waiting(request.user)
    rows = rules.holding(waiting, words) if words else waiting
    page = page_of(rows.select_related(*OF_LINE), "received_at", descending=True, **edges(request.GET))
    context = {
        "run": tasks.latest(request.user, request.GET.get("run", "")), "key": uuid4(),
        "form": form, "search": search, "words": ", ".join(words), "total": waiting.count(), "held": rows.count(),
        "lines": [(one, masked_for(request.user, one).text(one.words)) for one in page.rows],
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
    }  # fmt: skip
    return render(request, "complaints/classing/to_class.html", context, status=status)


@require_POST
@may(RIGHT)
def apply_rules(request):
    return _shown(tasks.ask_by_rules(by=request.user, key=_key(request)))


@require_safe
@may(RIGHT)
def keyword_rules(request):
    """In the order in which they are asked."""
    found = reviewing.rules_within(request.user).order_by("branch", "order")
    return render(request, "complaints/classing/rules.html", {"rules": found})


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def new_rule(request):
    here = reviewing.branch_of(request.user)
    last = reviewing.rules_within(request.user).filter(branch=here).count() + 1
    return _rule(request, KeywordRule(branch=here, order=last, words=[]))


@require_http_methods(["GET", "HEAD", "POST"])
@may(RIGHT)
def keyword_rule(request, pk):
    """Changed or, by another button, taken away."""
    rule = get_object_or_404(reviewing.rules_within(request.user), pk=pk)
    if request.method == "POST" and request.POST.get("do") == "drop":
        with refusals_shown(request):
            rules.drop(rule, by=request.user)
            messages.success(request, _("The rule is gone; what it classed stays as it is."))
        return redirect("keyword-rules")
    return _rule(request, rule)


def _rule(request, rule):
    told = {"order": rule.order, "words": ", ".join(rule.words), "category": rule.category_id}
    form = RuleForm(request.POST or None, initial=told, user=request.user, branch=rule.branch)
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(rule, name, value)
        try:
            rules.keep(rule, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. It holds for files to come, and for what you let it class."))
            return redirect("keyword-rules")
    words = form.cleaned_data.get("words", []) if form.is_bound else rule.words
    context = {"form": form, "rule": rule, **_matching(request.user, words)}
    return render(request, "complaints/classing/rule.html", context, status=422 if form.errors else 200)


@require_POST
@may(RIGHT)
def count(request):
    """How many complaints hold the words of the form now."""
    try:
        words = WordsField(required=False).clean(request.POST.get("words", ""))
    except ValidationError as error:
        return render(request, "complaints/classing/_count.html", {"errors": error.messages}, status=422)
    return render(request, "complaints/classing/_count.html", _matching(request.user, words))


def _matching(user, words):
    """What holds one of the words: of all that was brought in, and of what waits to be classed."""
    if not words:
        return {"held": 0, "waits": 0}
    held = rules.holding(reviewing.brought_in(user), words)
    return {"held": held.count(), "waits": held.filter(category=None).count()}
