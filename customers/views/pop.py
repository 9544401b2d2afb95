"""Screen-pop for telephony: /pop?number=… leads to who is calling.

A number is personal data, and addresses end up in histories and logs: every answer leads away at once to an address
without it. The number waits in the session, under a token.
"""

from functools import wraps
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from customers.callers import callers
from customers.header import offered
from customers.numbers import normalise
from customers.tier_marks import TierMarks
from staff.access import may

KEPT = 5  # numbers that wait in one session
LONGEST = 40  # characters
PAGE = "customers/pop.html"


def leaving_no_trace(view):
    """Whoever is not signed in goes to the sign-in page without the number; no page hears where one came from."""

    @login_not_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        answer = view(request, *args, **kwargs) if request.user.is_authenticated else redirect("login")
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return guarded


@leaving_no_trace
@require_http_methods(["GET", "HEAD", "POST"])
@may("customers.view")
def pop(request):
    """One customer who has the number today is opened; several are chosen from; nobody leads to a new customer."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("number", "").strip()[:LONGEST]
    if not normalise(number):
        return render(request, PAGE, {"asked": "number" in sent}, status=422 if "number" in sent else 200)
    found = callers(number, request.user)
    have_it = [one for one in found if not one.old]
    if len(have_it) == 1:
        return redirect("customer", have_it[0].customer.pk)
    token = _keep(request, number)
    if not found and request.user.has_perm("customers.create"):
        return redirect(f"{reverse('customer-new')}?call={token}")
    return redirect("pop-found", token)


@require_safe
@may("customers.view")
def found(request, token):
    number = number_of(request, str(token))
    if not number:
        raise Http404
    marks = TierMarks()
    rows = [(one, marks[one.customer.tier]) for one in callers(number, request.user)]
    actions = offered(settings.CALL_ACTIONS, token, request.user)
    context = {"number": number, "rows": rows, "token": token, "actions": actions}
    return render(request, PAGE, context)


def _keep(request, number):
    token = str(uuid4())
    waiting = list(request.session.get("calls", {}).items())[1 - KEPT :]
    request.session["calls"] = dict([*waiting, (token, number)])
    return token


def number_of(request, token) -> str:
    """The number that waits under the token in this session; "" for none."""
    return request.session.get("calls", {}).get(token, "")
