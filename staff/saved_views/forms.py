"""The form of a saved view."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.models import SavedView, Unit
from staff.saved_views.keeping import shareable


class ViewForm(forms.Form):
    use_required_attribute = False

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"), max_length=SavedView._meta.get_field("name").max_length,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off"}),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("For whom"), required=False, empty_label=_("For me alone"),
        help_text=_("Everybody sees in it only what they may see anyway."),
    )  # fmt: skip
    pinned = forms.BooleanField(label=_("Pinned: with its number above the list and on the first page"), required=False)
    first = forms.BooleanField(label=_("The list begins with it"), required=False)

    def __init__(self, *args, user, view=None, **kwargs):
        start = {"pinned": True}
        if view:
            start = {"name": view.name, "unit": view.unit_id, "pinned": view.pinned}
            start["first"] = view.first_for.filter(user=user).exists()
        super().__init__(*args, initial=start, **kwargs)
        self.fields["unit"].queryset = shareable(user).order_by("path")
        if not self.fields["unit"].queryset.exists():
            del self.fields["unit"]

    def told(self):
        """As `save` and `change` take it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "first"}

    def refuse(self, error):
        for name, errors in error.error_dict.items() if hasattr(error, "error_dict") else [(None, error)]:
            self.add_error(name if name in self.fields else None, errors)
