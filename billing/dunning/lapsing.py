"""Disputes, stops and exemptions whose last day is over end by themselves, and dunning goes on."""

from datetime import datetime

from django.db import transaction

from audit.trail import record
from billing import ledger
from billing.dunning import exempting
from billing.dunning.days import DayIn
from billing.dunning.disputing import end
from billing.models import Exemption, Hold

BATCH = 200
VERBS = {Hold.Kind.DISPUTE: "dispute.lapsed", Hold.Kind.MANUAL: "dunning.stop_lapsed"}


@transaction.atomic
def lapse_holds(at: datetime) -> int:
    """End a batch of disputes and stops; how many there were."""
    over = Hold.objects.filter(ended_at=None, until__lt=DayIn(at)).order_by("pk")
    accounts = dict(over.values_list("pk", "account")[:BATCH])
    ledger.lock(accounts.values())
    rows = list(over.filter(pk__in=accounts))
    for one in rows:
        kept = end(one, at, by=None, outcome="")
        record(kept, VERBS[kept.kind], by=None, customer=kept.account.customer_id, account=kept.account.ref)
    return len(rows)


@transaction.atomic
def lapse_exemptions(at: datetime) -> int:
    """End a batch of exempt lines, and of requests for one that nobody decided in time; how many there were."""
    standing = (Exemption.State.APPROVED, Exemption.State.ASKED)
    over = Exemption.objects.filter(state__in=standing, until__lt=DayIn(at)).order_by("pk")
    rows = list(over.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for one in rows:
        exempting.close(one, by=None)
    return len(rows)
