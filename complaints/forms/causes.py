"""The root cause of a complaint; to choose it says whose doing it usually was (D14)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import Cause


class CauseSelect(forms.Select):
    """Its options say what to choose in the field `liability` of the same form (static/js/forms.js)."""

    def __init__(self, attrs=None):
        super().__init__({"data-chooses": "liability"} | (attrs or {}))

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["data-chosen"] = value.instance.liability
        return option


class CauseField(forms.ModelChoiceField):
    """`of(branch)`: what there is to choose from."""

    widget = CauseSelect

    def __init__(self):
        super().__init__(Cause.objects.none(), label=_("Root cause"))

    def of(self, branch):
        self.queryset = Cause.objects.filter(branch=branch, active=True)
