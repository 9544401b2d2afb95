"""What is typed of a scenario as a whole: names, place, and whether it is in use."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from work.forms import ActionForm


class NewScenarioForm(ActionForm):
    """`others`: the scenarios of the branch in their order, this one not among them."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Lower-case letters, digits and hyphens; it stays as it is.")
    )
    place = forms.TypedChoiceField(label=_("Place in the order"), coerce=int)

    def __init__(self, data=None, *, others, initial=None):
        last = len(others) + 1
        super().__init__(data, initial={"place": last} | (initial or {}))
        before = [(n, _("%(n)s, before %(scenario)s") % {"n": n, "scenario": one}) for n, one in enumerate(others, 1)]
        self.fields["place"].choices = [*before, (last, _("%(n)s, last") % {"n": last})]
        self.fields["name"].widget.attrs["autofocus"] = True


class ScenarioForm(NewScenarioForm):
    code = None
    active = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Out of use it opens no case; open cases go on.")
    )
