"""What is typed about classes and keyword rules."""

from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from complaints.classing.reviewing import classes_within
from complaints.classing.rules import MOST
from complaints.models import Category
from work.forms import ActionForm

LONGEST, MANY = 60, 60


class ClassField(forms.ModelChoiceField):
    """One of the finest classes, listed under the class above each."""

    def __init__(self):
        super().__init__(Category.objects.none(), label=_("Class"), empty_label="–")

    def offer(self, user, **which):
        self.queryset = classes_within(user).filter(**which).order_by("code")
        found = groupby(self.queryset, lambda one: str(one.parent or "–"))
        self.choices = [
            ("", "–"),
            *((above, [(one.pk, f"{one.code} {one}") for one in under]) for above, under in found),
        ]


class WordsField(forms.CharField):
    """Words, parted by commas or lines, as a list without repeats."""

    def __init__(self, **options):
        super().__init__(label=_("Words"), max_length=LONGEST * MANY, **options)

    def clean(self, value):
        said = super().clean(value)
        for sign in "，、;；\r\n":
            said = said.replace(sign, ",")
        words = list(dict.fromkeys(" ".join(word.split()) for word in said.split(",") if word.strip()))
        if len(words) > MANY or any(len(word) > LONGEST for word in words):
            raise ValidationError(_("At most 60 words of at most 60 characters."))
        if said.strip() and not words:
            raise ValidationError(_("Write at least one word."))
        return words


class SearchForm(forms.Form):
    words = WordsField(required=False, help_text=_("One of them is enough; several are parted by commas."))


class ClassingForm(ActionForm):
    """What waits gets a class: the chosen, or all that hold the words."""

    category = ClassField()
    words = WordsField(required=False, widget=forms.HiddenInput)
    chosen = forms.TypedMultipleChoiceField(required=False, coerce=int)
    do = forms.ChoiceField(choices=[(name, name) for name in ("chosen", "all", "rule")])

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["category"].offer(user)
        given = self.data.getlist("chosen") if hasattr(self.data, "getlist") else []
        self.fields["chosen"].choices = [(one, one) for one in given[:200] if one.isdecimal() and len(one) < 19]

    def clean(self):
        told = super().clean()
        if told.get("do") == "chosen" and not told.get("chosen"):
            raise ValidationError(_("Choose the complaints that are of this class."))
        if told.get("do") in ("all", "rule") and not told.get("words"):
            raise ValidationError(_("Say which words they hold."))
        return told


class RuleForm(ActionForm):
    order = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=MOST,
        help_text=_("1 is asked first; the rules from there on move down."),
    )  # fmt: skip
    words = WordsField(
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One of them is enough; several are parted by commas. “bill” finds “billing” too."),
    )
    category = ClassField()

    def __init__(self, *args, user, branch, **options):
        super().__init__(*args, **options)
        self.fields["category"].offer(user, branch=branch)
