"""The rules of billing of the branch in the back office."""

from django.contrib import admin

from billing.models import BillingRules
from staff.configuration import Configured


@admin.register(BillingRules)
class BillingRulesAdmin(Configured):
    """One row for the branch; without it the defaults hold. Every change leaves an audit event."""

    list_display = ["branch", "late_fee_rate", "shock_factor", "new_days"]
    list_select_related = ["branch"]
    fields = [
        "late_fee_rate", "late_fee_after", "shock_factor", "shock_months", "shock_told_within", "low_balance",
        "low_share", "new_days", "reminded_before", "due_day", "deposit_free_up_to",
        "most_at_counter",
    ]  # fmt: skip

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not self.get_queryset(request).exists()
