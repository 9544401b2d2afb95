from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.forms import CurrentPasswordForm
from staff.models.tokens import LONGEST, Token
from staff.token_scopes import SCOPES


class IssueForm(CurrentPasswordForm):
    """A new token, with the current password: an open session alone hands out no key that outlives it."""

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"),
        max_length=60,
        help_text=_("What will use it, for example the billing system."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=SCOPES.items(), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=LONGEST.days, initial=90)

    field_order = ["name", "scopes", "days", "current"]

    def issue(self):
        """The token and its value; ValidationError as `Token.issue` raises it."""
        told = {name: self.cleaned_data[name] for name in ("name", "scopes", "days")}
        return Token.issue(user=self.user, by=self.user, **told)
