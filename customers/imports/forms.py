"""The forms of imports: choosing a file, saying how to read it, saying what its columns mean."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.forms import DayInput

from . import recipes
from .intake import subjects_of
from .known import RIGHT, units_in_reach

ENCODINGS = [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("gb18030", "GB18030")]
SEPARATORS = [(",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Vertical bar"))]


class UploadForm(forms.Form):
    subject = forms.ChoiceField(label=_("What is in the file"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("A table saved as CSV: the first row names the columns, each further row is one record."),
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )
    unit = forms.ModelChoiceField(
        queryset=None,
        label=_("Unit"),
        empty_label=None,
        help_text=_("Serves the customers whose row names no unit or community."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        units = units_in_reach(user, user.branch, RIGHT).exclude(kind="community").order_by("path")
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = user.branch_id
        self.fields["subject"].choices = [(one.name, one.title) for one in subjects_of(user)]


class ReadingForm(forms.Form):
    """How the file is read, when it was guessed wrongly."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS)
    separator = forms.ChoiceField(label=_("Separator"), choices=SEPARATORS)


class MappingForm(forms.Form):
    """One choice per column of the header, or a recipe that ships with the product."""

    recipe = forms.ChoiceField(label=_("Kind of file"), required=False)
    day = forms.DateField(
        label=_("Reference day"),
        widget=DayInput,
        required=False,
        help_text=_("The day the figures are as of. Months on the network are counted back from it."),
    )
    name = forms.CharField(label=_("Remember the mapping as"), max_length=60, required=False)

    def __init__(self, *args, subject, header, chosen, file_name, **kwargs):
        initial = {
            "recipe": chosen["recipe"],
            "day": chosen["day"] or timezone.localdate(),
            "name": chosen.get("name") or file_name.rsplit(".", 1)[0],
        }
        super().__init__(*args, initial=initial, **kwargs)
        if not subject.has_day:
            del self.fields["day"]
        self.subject, self.header = subject, header
        self.recipes = recipes.fitting(subject, header)
        titles = [(name, subject.recipes[name].TITLE) for name in self.recipes]
        self.fields["recipe"].choices = [*titles, ("", _("The columns as chosen below"))]
        choices = [("", _("Not taken over")), *((field.code, field.label) for field in subject.fields.values())]
        for i, (cell, field) in enumerate(zip(header, chosen["fields"], strict=True)):
            self.fields[f"column{i}"] = forms.ChoiceField(
                label=cell or _("Column %(n)s") % {"n": i + 1}, choices=choices, required=False, initial=field
            )

    def columns(self):
        """The bound fields of the file's columns, in order."""
        return [self[f"column{i}"] for i in range(len(self.header))]

    def explained(self):
        """(column, what becomes of it) of the recipes that fit."""
        return [pair for name in self.recipes for pair in self.subject.recipes[name].EXPLAINED]

    def clean(self):
        data = super().clean()
        if not self.errors:
            data["fields"] = [data[f"column{i}"] for i in range(len(self.header))]
            recipes.check(self.subject, {"recipe": data["recipe"], "fields": data["fields"]}, self.header)
        return data

    def chosen(self):
        """What `intake.ask_check` takes."""
        day = self.cleaned_data.get("day") or timezone.localdate()
        return {name: self.cleaned_data[name] for name in ("recipe", "fields", "name")} | {"day": day.isoformat()}
