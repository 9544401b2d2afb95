"""The rules of billing and of dunning of the branch in the back office."""

from django.contrib import admin

from billing.models import BillingRules, DunningRules
from staff.configuration import Configured


class RulesAdmin(Configured):
    """One row for the branch; without it the defaults hold. Every change leaves an audit event."""

    list_select_related = ["branch"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not self.get_queryset(request).exists()


@admin.register(BillingRules)
class BillingRulesAdmin(RulesAdmin):
    list_display = ["branch", "late_fee_rate", "shock_factor", "new_days"]
    fields = [
        "late_fee_rate", "late_fee_after", "shock_factor", "shock_months", "shock_told_within", "low_balance",
        "low_share", "new_days", "reminded_before", "due_day", "deposit_free_up_to",
        "most_at_counter", "waived_by_managers", "waived_by_dunning", "waived_by_heads",
    ]  # fmt: skip


@admin.register(DunningRules)
class DunningRulesAdmin(RulesAdmin):
    list_display = ["branch", "reminded_hours", "attempts", "promise_days"]
    fields = [
        "reminded_hours", "cancel_hours", "attempts", "stop_tries", "eve_from", "promise_days", "promises_a_quarter",
        "promise_parts", "instalment_days", "restore_minutes", "restore_hours", "restore_law_hours", "freeze_days",
        "paid_within", "message_cost", "task_cost",
    ]  # fmt: skip
