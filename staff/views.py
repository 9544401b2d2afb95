from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from staff import brake, login
from staff.forms import PasswordForm, PreferencesForm, SignInForm, too_fast
from staff.preferences import remember


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@sensitive_post_parameters("password")
@never_cache
def sign_in(request):
    """The sign-in page; 422 for a name and password that do not fit, 429 when tried too fast."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if request.user.is_authenticated and request.method != "POST":
        return redirect(safe_target(request, asked, settings.LOGIN_REDIRECT_URL))
    form = SignInForm(request.POST if request.method == "POST" else None)
    status, wait = 422 if form.is_bound else 200, 0
    if form.is_valid():
        try:
            if login.sign_in(request, **form.cleaned_data):
                return redirect(safe_target(request, asked, settings.LOGIN_REDIRECT_URL))
            form.add_error(None, _("The sign-in name and the password do not fit together."))
        except brake.TooFast as early:
            form.add_error(None, too_fast(early.seconds))
            status, wait = 429, early.seconds
    page = render(request, "staff/login.html", {"form": form, "next": asked}, status=status)
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page


@require_POST
@login_not_required
def sign_out(request):
    language, theme = translation.get_language(), request.theme
    logout(request)
    page = redirect(settings.LOGOUT_REDIRECT_URL)
    remember(page, language=language, theme=theme)
    return page


@require_POST
@login_not_required
def preferences(request):
    """Switch language or theme and come back to the same page."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        raise BadRequest("No such language or theme.")
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    if request.user.is_authenticated:
        request.user.prefer(**chosen)
    page = come_back(request)
    remember(page, **chosen)
    return page


def come_back(request):
    """Show the page the person is on once more."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(safe_target(request, request.POST.get("next") or request.headers.get("Referer"), "/"))


def safe_target(request, asked, otherwise):
    """`asked` when it leads nowhere but to this site."""
    safe = asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else resolve_url(otherwise)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def profile(request):
    """Language, theme and password of the person who is signed in."""
    form = PasswordForm(request.user, login.address_of(request), request.POST if request.method == "POST" else None)
    if form.is_valid():
        request.user.change_password(form.cleaned_data["new"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Password changed. Your other sessions have ended."))
        return redirect("profile")
    chosen = {"language": request.user.language, "theme": request.user.theme}
    context = {"form": form, "preferences": PreferencesForm(initial=chosen), "postings": request.user.postings_on()}
    return render(request, "staff/profile.html", context, status=422 if form.is_bound else 200)
