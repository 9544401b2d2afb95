"""Policies and the rules of complaints in the back office; what a policy says is written on its own page."""

from django.contrib import admin

from complaints.figures.thumb import CONSTANTS
from complaints.models import ComplaintRules, Policy
from staff.configuration import Configured


@admin.register(Policy)
class PolicyAdmin(Configured):
    list_display = ["__str__", "code", "order", "active", "branch"]
    list_select_related = ["branch"]
    fields = ["code", "name", "name_en", "order", "active"]


@admin.register(ComplaintRules)
class ComplaintRulesAdmin(Configured):
    """One row for the branch; without it the defaults hold."""

    list_display = ["branch", "legal_days", "legal_in", "warned_day", "critical_day"]
    list_select_related = ["branch"]
    fields = [
        "legal_days", "legal_in", "warned_day", "critical_day", "appeal_days", "answer_days", "repeat_days", "batch",
        "batch_hours", "transfers", "untouched_hours", "dispatch_minutes", "wait_days", "reopen_days", "unmerge_days",
        "callback_hours", "fcr_days", "survey_days", "survey_valid_days", "survey_all", "when_dissatisfied",
        "suggestion_days", "clerk_limit", "desk_limit", "head_limit", *CONSTANTS,
    ]  # fmt: skip

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not self.get_queryset(request).exists()
