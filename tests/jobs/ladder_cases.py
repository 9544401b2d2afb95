"""Cases of the jobs that dun; see `tests.jobs.case`."""

from datetime import timedelta

from django.utils import timezone

from billing import starter
from billing.dunning import planning
from billing.models import CaseStep, DryRun, DunningCase, Reminder
from jobs.models import Run
from outreach.models import Message
from tests import dunning, make, money

MANY = 12


def overdue(branch=None):
    """So many overdue accounts of a branch that duns."""
    branch = branch or make.branch()
    starter.plant(branch)
    return [dunning.overdue(customer=make.reachable(branch)) for _ in range(MANY)]


def steps():
    return list(CaseStep.objects.order_by("case__account", "step__n").values_list("step__n", "state", "reason"))


def dun():
    """Accounts that became overdue, some with a case, one of them disputed."""
    accounts = overdue()
    planning.plan_account(accounts[0], timezone.now() - timedelta(days=1))
    said = {"kind": "dispute", "key": "d", "reason": "x", "bill": accounts[1].bills.get()}
    accounts[1].holds.create(branch=accounts[1].branch, **said)
    return {}, lambda: (steps(), list(DunningCase.objects.order_by("account").values_list("cycle", "state")))


def carry_out():
    """Steps that are planned; of one account everything is paid, and one has a promise."""
    accounts = overdue()
    for account in accounts:
        planning.plan_account(account, timezone.now())
    money.payment(accounts[0], accounts[0].owed)
    promised = accounts[1].dunning_cases.get()
    by = make.user("dunning_clerk", promised.branch)
    accounts[1].payment_promises.create(branch=promised.branch, case=promised, key="p", made_by=by)
    return {}, lambda: (steps(), Message.objects.count())


def reminders():
    """Messages of steps that were taken, or failed, or found no number."""
    for n in range(MANY):
        case = dunning.case(code="mobile")
        message = make.message(make.reachable(case.branch))
        dunning.step(case, message=message, state="done", done_at=timezone.now(), sum=case.overdue_then)
        ended = {"reason": "refused", "ended_at": timezone.now()} if n % 3 == 0 else {"accepted_at": timezone.now()}
        dunning.taken(message, "accepted" if n % 3 else "failed", **ended)

    def state():
        calls = CaseStep.objects.filter(follow_up__isnull=False).count()
        return list(Reminder.objects.order_by("account").values_list("how", "attempts")), calls

    return {}, state


def low_balance():
    """Mobile customers whose balance is low, one with enough, and one who owes."""
    branch = make.branch()
    starter.plant(branch)
    for n in range(MANY):
        account = money.account(make.reachable(branch), credit_limit=100, unbilled=0 if n == 3 else 95)
        make.line(account.customer)
        if n == 4:
            dunning.overdue(account=account)
    return {}, Message.objects.count


def dun_now():
    """Of two branches the one that is asked for."""
    accounts = overdue()
    overdue()
    branch = accounts[0].branch
    asking = {"params": {"branch": branch.pk}, "branch_id": branch.pk}
    return asking, lambda: (steps(), Message.objects.count())


def compare_plans():
    """Accounts that paid late, or not at all."""
    accounts = overdue()
    for account in accounts[:4]:
        money.payment(account, account.owed)
    versions = [dunning.version(accounts[0].branch, code).pk for code in ("mobile", "fixed")]
    today = timezone.localdate()
    days = {"first": str(today - timedelta(days=90)), "last": str(today)}
    params = {"branch": accounts[0].branch_id, "versions": versions} | days

    def state():
        ended = Run.objects.filter(job="billing.compare_plans").values_list("cursor__sums", "counts")
        return list(ended.distinct())

    return {"params": params, "branch_id": accounts[0].branch_id}, state


def dry_run():
    """Accounts of two branches that are overdue, some of them with a case."""
    accounts = overdue()
    overdue()
    planning.plan_account(accounts[0], timezone.now())
    branch = accounts[0].branch
    params = {"branch": branch.pk, "day": str(branch.today() + timedelta(days=3))}

    def state():
        last = DryRun.objects.filter(branch=branch, made_at__isnull=False).latest("pk")
        counts = last.counts.order_by("step", "reason").values_list("step", "reason", "accounts", "sum")
        return list(last.rows.order_by("account").values_list("account", "step", "reason")), list(counts)

    return {"params": params, "branch_id": branch.pk}, state


CASES = {
    "billing.dry_run": dry_run,
    "billing.dun_now": dun_now,
    "billing.compare_plans": compare_plans,
    "billing.dun": dun,
    "billing.dunning_steps": carry_out,
    "billing.dunning_reminders": reminders,
    "billing.low_balance": low_balance,
}
