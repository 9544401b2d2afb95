"""The search box's answer: a fragment under the box, a page for browsers without scripts."""

from django.shortcuts import render
from django.views.decorators.http import require_POST

from customers.search.box import LIMIT, find
from customers.search.elsewhere import things
from customers.tier_marks import TierMarks
from staff.access import may


@require_POST
@may("customers.view")
def search(request):
    """The text travels in the form: it is personal data, and addresses are logged."""
    text = request.POST.get("q", "")
    hits, marks = find(text, request.user), TierMarks()
    for hit in hits:
        hit.mark = marks[hit.tier]
    context = {"hits": hits, "more": len(hits) == LIMIT, "things": things(text, request.user)}
    template = "customers/_results.html" if request.headers.get("HX-Request") else "customers/results.html"
    return render(request, template, context)
