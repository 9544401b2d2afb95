"""What a customer says about being written to, and when they may be asked (domain 2.1 nos. 19–21)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from outreach.decisions import cancel_all
from outreach.judging import NEEDS
from outreach.kinds import Purpose
from outreach.models import Consent, ContactPreference, Message, Rules
from outreach.queueing import queue

ASKING = "consent_request"  # code of the template that asks
SILENT = (Consent.Word.REFUSED, Consent.Word.WITHDRAWN)


def latest(customer, purpose) -> Consent | None:
    """None where the customer never said anything: that is no consent."""
    return customer.consents.filter(purpose=purpose).order_by("-pk").first()


def current(customer) -> dict:
    """purpose → the customer's latest word about it."""
    return {said.purpose: said for said in Consent.objects.filter(customer=customer).current()}


@transaction.atomic
def say(customer, purpose, word, *, how, by, proof="", interaction=None, inbound=None) -> Consent:
    """Keep what the customer said, with its proof; a no also cancels what it was meant for and has not gone yet.

    ValidationError for a yes without any proof.
    """
    if word == Consent.Word.GIVEN and not (proof.strip() or interaction or inbound):
        raise ValidationError({"proof": _("A consent needs its proof: what was signed, said or written.")})
    said = Consent.objects.create(
        customer=customer, purpose=Purpose(purpose), word=word, how=how, by=by, proof=proof.strip(),
        interaction=interaction, inbound=inbound,
    )  # fmt: skip
    record(said, f"consent.{word}", by=by, customer=customer, purpose=purpose, how=how)
    if word in SILENT:
        _cancel_unwanted(customer, purpose)
    return said


def _cancel_unwanted(customer, purpose):
    for (message_class, channel), needed in NEEDS.items():
        if needed == purpose:
            unwanted = Message.objects.filter(customer=customer, message_class=message_class, channel=channel)
            cancel_all(unwanted, "stopped")


def refuse_asking(customer, purpose, *, at=None):
    """ValidationError while a refusal is younger than the branch's cool-down, or where the answer is yes already."""
    said, at = latest(customer, purpose), at or timezone.now()
    if said and said.word == Consent.Word.GIVEN:
        raise ValidationError(_("The customer has agreed already."))
    again = said and said.at + timedelta(days=Rules.of(customer.branch_id).ask_again_days)
    if again and at < again:
        day = timezone.localdate(again)
        raise ValidationError(_("The customer said no. Ask again from %(day)s at the earliest.") % {"day": day})


@transaction.atomic
def ask(customer, purpose, *, by, key, at=None) -> Message:
    """Ask by message; a yes counts as an answer to it (`outreach.inbound`). ValidationError as `refuse_asking`."""
    refuse_asking(customer, purpose, at=at)
    asked = queue(customer, ASKING, key=key, by=by)
    Message.objects.filter(pk=asked.pk).update(about_type=about(purpose))
    return asked


def about(purpose) -> str:
    """`about_type` of a message that asks for this consent."""
    return f"outreach.consent.{purpose}"


@transaction.atomic
def prefer(customer, *, by, version, **fields) -> ContactPreference:
    """Keep when and where the customer wants to be reached; `version` is the one the person saw (0: none yet).

    `fields` are do_not_disturb_until, hours_from, hours_to, zone and email. ValidationError by field.
    """
    ContactPreference.objects.get_or_create(customer=customer)
    kept = ContactPreference.objects.select_for_update().get(customer=customer)
    if kept.version != version:
        raise ValidationError(_("Somebody else changed this in the meantime."))
    differs = sorted(name for name, value in fields.items() if getattr(kept, name) != value)
    for name in differs:
        setattr(kept, name, fields[name])
    if bool(kept.hours_from) != bool(kept.hours_to) or (kept.hours_from and kept.hours_from >= kept.hours_to):
        raise ValidationError({"hours_to": _("Say from when until when, in this order.")})
    kept.full_clean()
    if differs:
        kept.version += 1
        kept.save()
        record(kept, "customer.contact_preferred", by=by, customer=customer, fields=differs)
    return kept
