"""How the branch follows up, in the back office."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from staff.configuration import BranchForm, Configured
from staff.rights import RIGHTS, Role
from work.models import EscalationStep, FollowUpRules
from work.models.follow_ups import LEAD

LEADERS = [(role, Role(role).label) for role in RIGHTS[LEAD]]


class RulesForm(BranchForm):
    times = forms.CharField(
        label=_("times of day for further tries"), help_text=_("Like 10:00, 15:30; the next try takes another one.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["times"] = ", ".join(f"{one:%H:%M}" for one in self.instance.times)

    def clean_times(self):
        read = FollowUpRules._meta.get_field("times").formfield()
        return read.clean(self.cleaned_data["times"])


@admin.register(FollowUpRules)
class FollowUpRulesAdmin(Configured):
    form = RulesForm
    list_display = ["branch", "most_tries", "least_days", "first_pause", "stall_days"]
    fields = [
        "most_tries", "least_days", "first_pause", "busy_pause", "times", "merge_days", "stall_days", "cool_down",
        "pool_minutes",
    ]  # fmt: skip

    def has_add_permission(self, request):
        """One row a branch."""
        return super().has_add_permission(request) and not self.get_queryset(request).exists()


class StepForm(BranchForm):
    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=LEADERS, help_text=_("The nearest one from the unit upwards hears of it.")
    )


@admin.register(EscalationStep)
class EscalationStepAdmin(Configured):
    form = StepForm
    list_display = ["n", "after", "rings"]
    fields = ["n", "after", "roles", "rings"]
    ordering = ["n"]

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)
