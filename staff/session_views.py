"""Signing in again over a page whose session has ended: what was typed there stays and is saved afterwards."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from staff import brake, login
from staff.forms import SignInForm, too_fast


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@sensitive_post_parameters("password")
@never_cache
def again(request):
    """Whose session this is: {"person": sign-in name, "token": for the forms of a page that is older}.

    401 with the token alone where nobody is signed in. A POST of `username` and `password` signs in and answers the
    same, or {"problem": words} with 422, and 429 when tried too fast.
    """
    if request.method == "POST":
        return _signed_in(request)
    return (
        _answer(request) if request.user.is_authenticated else JsonResponse({"token": get_token(request)}, status=401)
    )


def _signed_in(request):
    form = SignInForm(request.POST)
    try:
        if form.is_valid() and login.sign_in(request, **form.cleaned_data):
            return _answer(request)
    except brake.TooFast as early:
        headers = {"Retry-After": str(early.seconds)}
        return JsonResponse({"problem": too_fast(early.seconds)}, status=429, headers=headers)
    return JsonResponse({"problem": _("The password does not fit.")}, status=422)


def _answer(request):
    return JsonResponse({"person": request.user.username, "token": get_token(request)})
