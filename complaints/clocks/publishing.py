"""The next version of a policy: checked against the law, kept, and in use for what is accepted or reopened from now on.

Complaints keep the version that they began with.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.clocks.fields import ASKABLE
from complaints.clocks.law import law_of
from complaints.clocks.shipped import Step
from complaints.clocks.terms import Hours
from complaints.models import Complaint, ComplaintRules, Policy, PolicyStep, PolicyVersion
from staff.models import User, WorkCalendar
from staff.unit_calendar import working_time

DAYS_TRIED = 28  # of starting days that a calendar's targets are tried with
MOST_WARNING = 99


@dataclass(frozen=True)
class Plan:
    """What a version says; `steps` in their order."""

    conditions: tuple
    contact_minutes: int
    result_minutes: int
    warnings: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    calendar: WorkCalendar | None = None

    @classmethod
    def of(cls, version: PolicyVersion):
        names = Step.__dataclass_fields__
        steps = (Step(**{n: _frozen(getattr(one, n)) for n in names}) for one in version.steps.all())
        return cls(
            tuple(version.conditions), version.contact_minutes, version.result_minutes, tuple(version.warnings),
            tuple(steps), version.calendar,
        )  # fmt: skip


@transaction.atomic
def publish(policy: Policy, plan: Plan, *, by: User, seen: int, at: datetime, note: str = "") -> PolicyVersion:
    """Put `plan` to use. `seen` is the number of the version that the person changed, 0 for none.

    ValidationError where somebody else published in between, or by field for what the law does not allow.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    current = policy.versions.filter(current=True).first()
    if (current.n if current else 0) != seen:
        raise ValidationError(_("Somebody else published a version in the meantime."), code="outdated")
    check(policy, plan, at)
    if current and Plan.of(current) == plan:
        return current
    policy.versions.filter(current=True).update(current=False)
    made = PolicyVersion.objects.create(
        policy=policy, n=seen + 1, conditions=list(plan.conditions), calendar=plan.calendar,
        contact_minutes=plan.contact_minutes, result_minutes=plan.result_minutes, warnings=list(plan.warnings),
        note=note, made_by=by,
    )  # fmt: skip
    PolicyStep.objects.bulk_create(
        PolicyStep(version=made, **asdict(step) | {"roles": list(step.roles)}) for step in plan.steps
    )
    record(policy, "complaint_policy.published", by=by, version=made.n)
    return made


def check(policy: Policy, plan: Plan, at: datetime):
    """ValidationError by field: conditions that say nothing, times out of order, times beyond the law (2.1 no. 27)."""
    ASKABLE.check(list(plan.conditions), policy.branch)
    wrong = {}
    if plan.contact_minutes > plan.result_minutes:
        wrong["result"] = _("The result cannot be due before the first contact.")
    elif not within_the_law(policy, plan, at):
        wrong["result"] = _("The law wants an answer sooner than this.")
    if any(not 0 < one <= MOST_WARNING for one in plan.warnings) or len(set(plan.warnings)) < len(plan.warnings):
        wrong["warnings"] = _("Write different per cents from 1 to 99.")
    if any(step.clock == PolicyStep.Clock.LEGAL for step in plan.steps):
        wrong["steps"] = _("The steps of the law hold always; they are not part of a policy.")
    if wrong:
        raise ValidationError(wrong)


def within_the_law(policy: Policy, plan: Plan, at: datetime) -> bool:
    """Whether the result is due before the legal answer, on whichever of the coming days it is received."""
    rules, length = ComplaintRules.of(policy.branch_id), timedelta(minutes=plan.result_minutes)
    hours = plan.calendar and Hours(working_time(plan.calendar, policy.branch.time_zone))
    for ahead in range(DAYS_TRIED):
        received = at + timedelta(days=ahead)
        due = hours.add(received, length) if hours else received + length
        if due > law_of(received, rules, policy.branch).due_at:
            return False
    return True


def matching(policy: Policy, conditions: list[dict]):
    """(open complaints of the branch that fit, those of them that no policy asked before takes)."""
    fit = Complaint.objects.filter(branch=policy.branch_id).open().filter(ASKABLE.query(conditions))
    before = PolicyVersion.objects.filter(policy__branch=policy.branch_id, policy__active=True, current=True)
    before = before.exclude(policy=policy.pk).filter(policy__order__lte=policy.order)
    left = fit
    for one in before.select_related("policy"):
        if (one.policy.order, one.policy_id) < (policy.order, policy.pk):
            left = left.exclude(ASKABLE.query(one.conditions)) if one.conditions else left.none()
    return fit, left


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value
