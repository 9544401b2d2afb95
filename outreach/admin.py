"""The rules of sending of the branch in the back office."""

from django.contrib import admin

from outreach.models import Rules
from staff.configuration import Configured


@admin.register(Rules)
class RulesAdmin(Configured):
    """One row for the branch; without it the defaults hold. Every change leaves an audit event."""

    list_display = ["branch", "service_hours", "care_hours", "marketing_hours", "hold_factor"]
    list_select_related = ["branch"]
    fields = [
        "service_hours", "care_hours", "marketing_hours", "service_per_day", "care_per_week", "marketing_per_week",
        "marketing_per_month", "ask_again_days", "hold_factor", "hold_from", "report_minutes",
    ]  # fmt: skip

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not self.get_queryset(request).exists()
