"""The page on which a person issues tokens and withdraws them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from staff.login import address_of
from staff.models import Token
from staff.token_forms import IssueForm


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def tokens(request):
    """The value of a new token stands in this one answer and nowhere else."""
    form = IssueForm(request.user, address_of(request), request.POST if request.method == "POST" else None)
    issued = value = None
    if form.is_valid():
        try:
            issued, value = form.issue()
            form = IssueForm(request.user, address_of(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
    rows = Token.objects.visible_to(request.user).order_by(F("withdrawn_at").desc(nulls_first=True), "-pk")
    context = {"form": form, "tokens": rows, "issued": issued, "value": value, "now": timezone.now()}
    return render(request, "staff/tokens.html", context, status=422 if form.is_bound else 200)


@require_POST
def withdraw(request, pk):
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    token.withdraw(by=request.user)
    messages.success(request, _("Withdrawn. Whatever used it is locked out from now on."))
    return redirect("tokens")
