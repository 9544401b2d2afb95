"""What a macro is made of."""

from django import forms

from complaints.forms.acts import departments
from complaints.forms.at_once import handlers
from complaints.models import Category, Cause, Macro
from complaints.models.complaints import LEAD
from complaints.models.macros import PURPOSE
from outreach.models import Template
from staff.models import Unit
from staff.scope import scope_of

SENT = (PURPOSE, "complaint_result", "general")  # purposes whose variables a complaint can fill
FIELDS = [
    "unit", "name", "name_en", "key", "category", "level", "owner_to", "owner", "gives", "given_for", "step", "text",
    "department", "hours", "direction", "answered_by", "cause", "liability", "measure", "answer", "note", "message",
    "then_next", "active",
]  # fmt: skip


class MacroForm(forms.ModelForm):
    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Macro
        fields = FIELDS
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("answer", "note")}

    def __init__(self, data=None, *, user, instance=None):
        super().__init__(data, instance=instance, initial={"version": instance.version if instance else None})
        scope = scope_of(user, LEAD)
        units = Unit.objects.filter(pk__in=scope.units) | Unit.objects.in_branches(list(scope.branches))
        mine = user.branches_today()
        self.fields["unit"].queryset = units.open_now().order_by("path")
        self.fields["category"].queryset = Category.objects.visible_to(user).finest().order_by("code")
        self.fields["category"].label_from_instance = lambda one: f"{one.code} {one}"
        self.fields["cause"].queryset = Cause.objects.filter(branch__in=mine, active=True)
        self.fields["owner"].queryset = handlers(user)
        self.fields["department"].queryset = departments(mine).order_by("kind", "code")
        sent = Template.objects.visible_to(user).filter(active=True, purpose__in=SENT)
        self.fields["message"].queryset = sent.order_by("code")

    def refuse(self, error):
        self.add_error(None, error.messages)
