from datetime import date

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from staff import brake
from staff.models import User

PASSWORD_LENGTH = 128
BOUNDS = {"first": date(2000, 1, 1), "last": date(2100, 12, 31)}


class DayInput(forms.DateInput):
    """The browser's own field for a day: it shows the day in its language and sends ISO 8601."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class DaysForm(forms.Form):
    """Of the days from `first` to `last`, none of them beyond what a report is made of."""

    def clean(self):
        said = super().clean()
        for name in ("first", "last"):
            if said.get(name) and not BOUNDS["first"] <= said[name] <= BOUNDS["last"]:
                self.add_error(name, _("Choose a day from %(first)s to %(last)s.") % BOUNDS)
        if said.get("first") and said.get("last") and said["first"] > said["last"]:
            self.add_error("last", _("This is before the first day."))
        return said


def too_fast(seconds):
    return ngettext(
        "Too many attempts. Try again in %(seconds)s second.",
        "Too many attempts. Try again in %(seconds)s seconds.",
        seconds,
    ) % {"seconds": seconds}


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class PreferencesForm(forms.Form):
    """Shown, both are chosen; sent, either may be missing and stays as it is."""

    language = forms.ChoiceField(label=_("Language"), choices=User._meta.get_field("language").choices, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=User._meta.get_field("theme").choices, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = not self.is_bound


class CurrentPasswordForm(forms.Form):
    """Asks for the current password, to prove that it is the person who asks."""

    current = forms.CharField(
        label=_("Current password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, user, address, *args, **kwargs):
        self.user, self.address = user, address
        super().__init__(*args, **kwargs)

    def clean_current(self):
        """Braked like the sign-in page: an open session is no place to guess at the password either."""
        current, asked = self.cleaned_data["current"], f"\n{self.user.pk}"
        try:
            brake.count_try(asked, self.address)
        except brake.TooFast as early:
            raise ValidationError(too_fast(early.seconds), code="too_fast") from None
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your current password."), code="wrong")
        brake.forget_try(asked, self.address)
        return current


class PasswordForm(CurrentPasswordForm):
    """A new password."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a few words you remember are best."),
    )
    again = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean_new(self):
        new = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        return new

    def clean(self):
        fields = super().clean()
        if "new" in fields and fields.get("again") != fields["new"]:
            self.add_error("again", ValidationError(_("The two new passwords differ."), code="differ"))
        return fields
