"""Rules of thumb of the trade about what one case costs or brings: without a source, so never figures of ours.

Good service is told on and keeps customers (G08); of bad service few complain aloud, and many leave (G09).
"""

from dataclasses import dataclass

from django.db import transaction
from django.forms import ModelForm

from audit.trail import record
from complaints.models import ComplaintRules
from staff.models import User

CONSTANTS = [
    "silent_share", "told_on", "tell_many_share", "told_many", "leave_share", "good_to_repair",
    "good_told_on", "loyal_share", "loyal_worth", "keep_worth", "growth", "growth_lost",
]  # fmt: skip


@dataclass(frozen=True)
class Thumb:
    """What the rules of a branch say about so many complaints."""

    rules: ComplaintRules
    received: int

    @property
    def silent(self) -> int:
        """The dissatisfied, those who do not complain counted in: complaints ÷ the share who do (G09)."""
        return round(100 * self.received / self.rules.silent_share)

    @property
    def told(self) -> int:
        return self.silent * self.rules.told_on

    @property
    def leaving(self) -> int:
        return round(self.received * self.rules.leave_share / 100)

    @property
    def repairing(self) -> int:
        return self.received * self.rules.good_to_repair


class ThumbForm(ModelForm):
    class Meta:
        model = ComplaintRules
        fields = CONSTANTS


@transaction.atomic
def keep(form: ThumbForm, *, by: User) -> ComplaintRules:
    """Of two who save at once the later one counts; what nobody changed stays as it is in the table."""
    rules, _made = ComplaintRules.objects.get_or_create(branch=form.instance.branch)
    before = {name: str(getattr(rules, name)) for name in form.changed_data}
    for name in form.changed_data:
        setattr(rules, name, form.cleaned_data[name])
    if form.changed_data:
        rules.save(update_fields=form.changed_data)
        after = {name: str(getattr(rules, name)) for name in form.changed_data}
        record(rules, "complaint_rules.changed", by=by, before=before, after=after)
    return rules
