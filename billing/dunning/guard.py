"""No reminder of what is paid, disputed, promised or stopped: asked as a message is claimed (settings.SEND_GUARDS).

Whoever asks holds messages, so an account is never waited for: one that somebody books on is asked about again soon.
Held until the claim is kept, a payment that comes now is booked after it, and one booked before it is seen.
"""

from datetime import datetime, timedelta

from billing.dunning.standing import Standing, standings
from billing.models import Account, CaseStep, DunningCase
from outreach.judging import No
from outreach.models import Message

SOON = timedelta(seconds=5)
ENDED = DunningCase.Ended
CLOSED = {ENDED.PAID: "paid", ENDED.DISPUTED: "disputed"}  # and "settled_by_now" for the rest
HELD = {"promise": "promise", "stopped": "dunning_stopped"}


def ask(messages: list[Message], at: datetime) -> dict[int, No]:
    """What keeps messages about steps of dunning back, by id; the others are none of its business."""
    ours = {one.pk: one.about_id for one in messages if one.about_type == CaseStep._meta.label_lower}
    if not ours:
        return {}
    rows = CaseStep.objects.filter(pk__in=ours.values())
    standing = standings(hold(rows.values("case__account")), at)
    steps = rows.select_related("case").in_bulk()  # as they stand now that their accounts are held
    said = {one.pk: _no(one, steps[ours[one.pk]], standing, at) for one in messages if one.pk in ours}
    return {pk: no for pk, no in said.items() if no}


def hold(accounts) -> list[int]:
    """The ids of those that nobody else holds, held from now on."""
    rows = Account.objects.filter(pk__in=accounts).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", flat=True))


def _no(message, step, standing: dict[int, Standing], at) -> No | None:
    now = standing.get(step.case.account_id)
    if now is None:
        return No("being_booked", at + SOON)
    if why := now.ended:
        return No(why)
    if step.case.ended_for:
        return No(CLOSED.get(step.case.ended_for, "settled_by_now"))
    if now.held:
        return No(HELD[now.held])
    may_have_arrived = message.state == Message.State.UNKNOWN
    said = (step.sum, step.since or now.since, now.bills if step.bills is None else step.bills)
    same = said == (now.sum, now.since, now.bills)  # what it says is still true, of the same bills
    return None if may_have_arrived or same else No("changed")
