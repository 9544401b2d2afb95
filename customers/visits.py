"""Recording what a customer came for (A01, A11)."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from customers import numbers
from customers.models import Customer, Interaction, InteractionItem
from customers.search.index import index
from staff.models import Unit, User
from staff.rights import RIGHTS, Role
from staff.scope import postings_of

RIGHT = "customers.record_interaction"
MOST_ITEMS = 20
USUAL_CHANNEL = {
    Role.HOTLINE: Interaction.Channel.HOTLINE,
    Role.VIP_MANAGER: Interaction.Channel.VISIT,
    Role.GROUP_MANAGER: Interaction.Channel.VISIT,
    Role.COMMUNITY_MANAGER: Interaction.Channel.VISIT,
    Role.COMMUNITY_LEADER: Interaction.Channel.VISIT,
    Role.COMPLAINT_DESK: Interaction.Channel.PHONE,
    Role.DUNNING_CLERK: Interaction.Channel.PHONE,
}
ID_NUMBER = re.compile(r"(?<![0-9])[1-9]\d{16}[\dXx](?![0-9])")


@transaction.atomic
def record_visit(
    customer: Customer,
    *,
    by: User,
    key: UUID,
    stage: str,
    channel: str,
    items: Sequence[dict],
    direction: str = Interaction.Direction.IN,
    note: str = "",
    next_step: str = Interaction.NextStep.NONE,
    follow_up: str = "",
    follow_up_on=None,
    at: datetime | None = None,
) -> Interaction:
    """Write down one contact with its items; `by` is its first owner and stays so (A11).

    `items` are dicts of reason, and where known line, detail and result. The `key` of a form makes one interaction
    however often it is sent. Raises ValidationError by field; for an item's fault under `items`.
    """
    at = at or timezone.now()
    _check_items(customer, items)
    _check_next_step(next_step, follow_up, follow_up_on, at)
    said = {"stage": stage, "channel": channel, "direction": direction, "at": at, "note": without_id_numbers(note)}
    said |= {"next_step": next_step, "follow_up": without_id_numbers(follow_up), "follow_up_on": follow_up_on}
    where = {"customer": customer, "branch_id": customer.branch_id, "unit": place_of(by), "by": by, "first_owner": by}
    interaction, made = Interaction.objects.get_or_create(key=key, defaults=where | said)
    if (interaction.customer_id, interaction.by_id) != (customer.pk, by.pk):
        raise ValidationError(_("This form was already used for another contact; open it afresh."))
    if made:
        _add_items(interaction, items)
        _note_contact(customer, at)
        record(interaction, "interaction.recorded", by=by, customer=customer, stage=stage, items=len(items))
        interaction.tell_followers(by=by)
    return interaction


def _check_items(customer, items):
    if not items:
        raise ValidationError({"items": _("Say at least one thing the customer came for.")})
    if len(items) > MOST_ITEMS:
        raise ValidationError({"items": _("At most %(most)s items fit one contact.") % {"most": MOST_ITEMS}})
    for item in items:
        reason, line = item["reason"], item.get("line")
        if reason.branch_id != customer.branch_id or not reason.active:
            raise ValidationError({"items": _("%(reason)s is no longer a reason of this branch.") % {"reason": reason}})
        if line and line.customer_id != customer.pk:
            raise ValidationError({"items": _("This is not a line of this customer.")})


def _check_next_step(next_step, follow_up, follow_up_on, at):
    if next_step == Interaction.NextStep.NONE:
        if follow_up or follow_up_on:
            raise ValidationError({"next_step": _("Choose “Follow up”, or leave text and day empty.")})
        return
    if not follow_up.strip():
        raise ValidationError({"follow_up": _("Say what is to be followed up.")})
    if follow_up_on is None:
        raise ValidationError({"follow_up_on": _("Say by which day.")})
    if follow_up_on < timezone.localdate(at):
        raise ValidationError({"follow_up_on": _("This day has passed.")})


def _add_items(interaction, items):
    InteractionItem.objects.bulk_create(
        InteractionItem(
            interaction=interaction,
            position=position,
            reason=item["reason"],
            line=item.get("line"),
            detail=without_id_numbers(item.get("detail") or ""),
            result=item.get("result") or InteractionItem.Result.SETTLED,
        )
        for position, item in enumerate(items, 1)
    )


def _note_contact(customer, at):
    """The last contact only ever moves forward, whichever of two records arrives first."""
    latest = Greatest(Coalesce(F("last_contact_at"), Value(at)), Value(at))
    Customer.objects.filter(pk=customer.pk).update(last_contact_at=latest)
    index([customer.pk])


def place_of(user: User) -> Unit:
    """Where the person records contacts today: the unit of the first posting that may."""
    return _posting_of(user).unit


def usual_channel(user: User) -> str:
    return USUAL_CHANNEL.get(_posting_of(user).role, Interaction.Channel.HALL)


def _posting_of(user):
    for posting in postings_of(user):
        if posting.role in RIGHTS[RIGHT]:
            return posting
    raise ValidationError(_("%(person)s has no posting that records contacts today.") % {"person": user})


def without_id_numbers(text: str) -> str:
    """Full ID numbers typed into a note stay masked: they are kept nowhere in full."""
    return ID_NUMBER.sub(lambda found: numbers.mask_document(found[0]), text)
