"""Conditions as a part of a form: what may be asked stands there as one row each; what is left empty is not asked."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.conditions import AT_LEAST, AT_MOST, NONE_OF, ONE_OF, Askable

WAYS = {
    ONE_OF: _("is one of"),
    NONE_OF: _("is none of"),
    AT_LEAST: _("is at least"),
    AT_MOST: _("is at most"),
}
ANSWERS = [("", pgettext_lazy("condition", "not asked")), ("yes", _("yes")), ("no", _("no"))]


class ConditionsForm(forms.Form):
    """`asked` has the conditions after `is_valid`."""

    def __init__(self, data=None, *, askable: Askable, branch, conditions=(), prefix="if"):
        super().__init__(data, prefix=prefix, initial=_initial(askable, conditions))
        self.askable, self.branch = askable, branch
        for field in askable.fields:
            self.fields |= _controls(field, branch)

    @property
    def rows(self):
        """(how, values) for each that may be asked; `how` is None for yes and no."""
        names = (one.name for one in self.askable.fields)
        return [(self[f"{name}_is"] if f"{name}_is" in self.fields else None, self[name]) for name in names]

    def clean(self):
        said = super().clean()
        asked = [one for field in self.askable.fields if (one := _asked(field, said))]
        try:
            self.asked = self.askable.check(asked, self.branch)
        except ValidationError as error:
            self.add_error(None, error)
        return said


def _controls(field, branch):
    if field.kind == "bool":
        return {field.name: forms.ChoiceField(label=field.label, choices=ANSWERS, required=False)}
    if field.kind == "number":
        how, value = [AT_LEAST, AT_MOST], forms.IntegerField(label=field.label, required=False, min_value=0)
    else:
        how, choices = [ONE_OF, NONE_OF], [(str(value), words) for value, words in field.choices(branch)]
        value = forms.MultipleChoiceField(
            label=field.label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
    ways = forms.ChoiceField(label=field.label, choices=[(one, WAYS[one]) for one in how], required=False)
    return {f"{field.name}_is": ways, field.name: value}


def _asked(field, said):
    value = said.get(field.name)
    if value in (None, "", []):
        return None
    if field.kind == "bool":
        return {"field": field.name, "is": ONE_OF, "values": [value == "yes"]}
    values = value if isinstance(value, list) else [value]
    return {"field": field.name, "is": said.get(f"{field.name}_is") or ONE_OF, "values": _typed(field, values)}


def _typed(field, values):
    """Ids and levels are numbers."""
    return [int(one) if str(one).isdecimal() and field.kind != "tree" else one for one in values]


def _initial(askable, conditions):
    initial = {}
    for one in conditions:
        if field := askable.field(one["field"]):
            initial |= {field.name: _shown(field, one["values"]), f"{field.name}_is": one["is"]}
    return initial


def _shown(field, values):
    if field.kind == "bool":
        return "yes" if values[0] else "no"
    return values[0] if field.kind == "number" else [str(one) for one in values]
