"""Asking the billing system: for one line by a rule or a person, or for all that a payment brings back (domain 4.3)."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record, record_all
from billing.models import Account, DunningCase, DunningRules, Reminder, ServiceRequest
from billing.service_requests.clock import clock
from billing.service_requests.locking import lock_account, lock_lines, lock_requests
from billing.service_requests.refusing import SUSPENDED, refuse_impossible
from billing.service_requests.withdrawing import withdraw_all
from customers.models import Line
from staff.models import User

Action, Origin, State = ServiceRequest.Action, ServiceRequest.Origin, ServiceRequest.State


@transaction.atomic
def ask(
    account: Account,
    line: Line,
    action: str,
    *,
    origin: str,
    key: str,
    by: User | None = None,
    at: datetime | None = None,
    case: DunningCase | None = None,
    reminder: Reminder | None = None,
    reason: str = "",
    details: dict | None = None,
) -> ServiceRequest:
    """The request known by `key` in the branch, made if there is none; the same wish twice is one request.

    A stop for arrears needs the `case` and the recorded `reminder` of it; `details` of a change of plan is
    {"plan": code}. ValidationError in the reader's words, its code the name of the rule that refuses.
    """
    account, at = lock_account(account.pk), at or timezone.now()
    known = ServiceRequest.objects.filter(branch=account.branch_id, key=key).select_related("account").first()
    if known:
        return _same(known, line, action)
    line = lock_lines([line.pk])[line.pk]
    wish = ServiceRequest(
        branch_id=account.branch_id, account=account, line=line, case=case, reminder=reminder, action=action,
        origin=origin, key=key, reason=reason.strip(), details=details or {}, asked_by=by, asked_at=at, told=0,
    )  # fmt: skip
    refuse_impossible(wish, at)
    if action == Action.RESTORE:
        _set_clock(wish, DunningRules.of(account.branch_id), at)
    wish.save(force_insert=True)
    record(wish, "service_request.asked", by=by, action=action, origin=origin)
    return wish


def _same(known, line, action):
    if (known.line_id, known.action) != (line.pk, action):
        raise ValidationError(_("This form was already used for another wish; open it afresh."), code="key")
    return known


def _set_clock(wish, rules, at):
    for name, moment in clock(rules, at).items():
        setattr(wish, name, moment)


def restore(account_ids: Collection[int], at: datetime, *, by: User | None = None) -> int:
    """What was stopped for arrears comes back; how many restorations were asked for now.

    For accounts that the caller has locked and that owe nothing overdue any more. A stop that is only asked for is
    withdrawn; a line that is stopped, or whose stop the billing system is carrying out, is asked back, once for each
    stop. One query where there is nothing to do.
    """
    stops = ServiceRequest.objects.for_arrears().filter(account__in=account_ids)
    waiting = stops.unanswered().values_list("pk", flat=True)
    done = stops.filter(state=State.CONFIRMED, line__status__in=SUSPENDED).values_list("pk", flat=True)
    found = list(waiting.union(done))
    if not found:
        return 0
    locked = lock_requests(found)
    lines = lock_lines(one.line_id for one in locked)
    withdraw_all(locked, by=by, at=at)
    return _ask_back(_to_undo(lines, account_ids), at, by)


def _to_undo(lines, account_ids):
    """Of each of the lines the stop that stands, where it is one for arrears and nobody asked it back yet."""
    rows = ServiceRequest.objects.filter(line__in=lines, action__in=ServiceRequest.STOPS)
    last = rows.filter(state__in=(State.ACCEPTED, State.CONFIRMED)).order_by("line", "-pk").distinct("line")
    found = ServiceRequest.objects.for_arrears().filter(pk__in=last.values("pk"), account__in=account_ids)
    asked = ServiceRequest.objects.filter(line__in=lines, action=Action.RESTORE)
    back, keys = asked.unanswered().values_list("line", flat=True), set(asked.values_list("key", flat=True))
    stands = [one for one in found if one.state == State.ACCEPTED or lines[one.line_id].status in SUSPENDED]
    return [one for one in stands if one.line_id not in set(back) and _key(one) not in keys]


def _key(stop):
    return f"restore:{stop.pk}"


def _ask_back(stops, at, by):
    rules = {branch: DunningRules.of(branch) for branch in {one.branch_id for one in stops}}
    wishes = [
        ServiceRequest(
            branch_id=one.branch_id, account_id=one.account_id, line_id=one.line_id, case_id=one.case_id,
            action=Action.RESTORE, origin=Origin.PAID, key=_key(one), asked_by=by, asked_at=at, told=0,
            **clock(rules[one.branch_id], at),
        )
        for one in stops
    ]  # fmt: skip
    if wishes:
        made = ServiceRequest.objects.bulk_create(wishes)
        made = list(ServiceRequest.objects.filter(pk__in=[one.pk for one in made]).select_related("account"))
        record_all(made, "service_request.asked", by=by, action=Action.RESTORE, origin=Origin.PAID)
    return len(wishes)
