"""The page behind the link in a survey's message: no sign-in, nothing personal on it."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import surveying
from complaints.callback_form import SurveyForm
from complaints.survey_answers import answer, last_of
from door.throttles import counted
from staff.login import address_of

PAGE = "complaints/survey.html"


def for_strangers(view):
    """Counted by address, kept nowhere, told to no other site."""

    @login_not_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        much = counted(f"survey.{address_of(request)}") > settings.SURVEYS_PER_MINUTE
        made = HttpResponse(_("Too many requests; try again in a minute."), status=429) if much else None
        made = made or view(request, *args, **kwargs)
        made.headers["Referrer-Policy"] = "no-referrer"
        made.headers["Cache-Control"] = "no-store"
        made.headers["X-Robots-Tag"] = "noindex"
        return made

    return guarded


@for_strangers
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request, token):
    """In the customer's language. What they wrote is not shown again; their marks are. Not for colleagues."""
    asked = surveying.of_token(token)
    if asked is None or asked.not_asked:
        raise Http404
    if request.user.is_authenticated:
        return render(request, PAGE, {"colleague": True, "branch": asked.complaint.branch}, status=403)
    with translation.override(asked.complaint.customer.language):
        return _page(request, asked, token)


def _page(request, asked, token):
    over = timezone.now() >= asked.expires_at
    first = last_of(asked) if asked.answered_at else {}
    form = SurveyForm(request.POST or None, initial=first | {"solved": _choice(first.get("solved"))})
    if request.method == "POST" and form.is_valid() and not over:
        try:
            answer(asked, form.answers(), comment=form.cleaned_data["comment"], at=timezone.now())
        except ValidationError:  # over since a moment ago; why something else was refused is not for strangers
            over = True
        else:
            return redirect("survey", token)
    context = {"form": form, "over": over, "asked": asked, "branch": asked.complaint.branch}
    status = 410 if over else 422 if form.errors else 200
    return render(request, PAGE, context, status=status)


def _choice(solved):
    return None if solved is None else str(int(solved))
