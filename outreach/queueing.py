"""Putting messages in the outbox, in the transaction of what they tell of.

A message is final from here on: its text, its number and its language. The same key twice is the same message, however
often and beside whom it is asked for.
"""

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from audit.trail import record
from jobs import bell
from outreach import addresses, texts
from outreach.kinds import Channel, MessageClass
from outreach.models import Decision, Message, Template

LOOK = "outreach.look"


def queue(customer, template_code, *, key, by=None, about=None, not_before=None, not_after=None, **values) -> Message:
    """Owe the customer a message by a template of their branch; the message of this key where there is one.

    `about` is the record it tells of. `values` are the template's variables. Times: not before, and too late after.
    Raises ValidationError for an unknown template or a missing value, RuntimeError outside a transaction.
    """
    template = template_of(customer.branch_id, template_code)
    message = drawn_up(template, customer, values, about=about, by=by, key=key)
    message.not_before, message.not_after = not_before, not_after or valid_until(template, not_before)
    return _put_in(message, addresses.of([customer], template.channel)[customer.pk])


def queue_free(customer, text, *, key, by, channel=Channel.SMS, subject="", about=None, any_time=False) -> Message:
    """Owe the customer a text that a person wrote (`by` None: the product): class service.

    `any_time`: the customer waits for it. ValidationError for one empty or too long.
    """
    kind = {"message_class": MessageClass.SERVICE, "channel": channel, "language": customer.language}
    if channel == Channel.EMAIL and not subject.strip():
        raise ValidationError({"subject": _("An email needs a subject.")})
    message = Message(
        branch_id=customer.branch_id, customer=customer, subject=texts.plain(subject), by=by, key=key,
        text=texts.finished(text, **kind), any_time=any_time, **kind, **_about(about),
    )  # fmt: skip
    return _put_in(message, addresses.of([customer], channel)[customer.pk])


def template_of(branch_id, code) -> Template:
    """The template in use. ValidationError where the branch has none of this code."""
    found = Template.objects.select_related("branch").filter(branch=branch_id, code=code, active=True).first()
    if found is None:
        raise ValidationError(_("There is no template “%(code)s” in use.") % {"code": code}, code="template")
    return found


def drawn_up(template, customer, values, *, key, by=None, about=None) -> Message:
    """The message as it would be queued; not saved, and without an address."""
    subject, text = written(template, customer, values)
    return Message(
        branch_id=template.branch_id,
        customer=customer,
        template=template,
        channel=template.channel,
        message_class=template.message_class,
        any_time=template.any_time,
        policy=template.policy,
        language=customer.language,
        subject=subject,
        text=text,
        key=key,
        by=by,
        **_about(about),
    )


def written(template, customer, values) -> tuple[str, str]:
    """Subject and text of the template for the customer. ValidationError where a value is missing."""
    language = customer.language
    known = {"customer": customer.name or texts.NOBODY[texts.tongue(language)], **_branch(template, language), **values}
    return texts.fill(template.subject_in(language), known), template.finished(language, known)


def _branch(template, language):
    with translation.override(language):
        return {"branch": str(template.branch)}


def _about(about):
    return {"about_type": about._meta.label_lower, "about_id": about.pk} if about is not None else {}


def valid_until(template, not_before):
    """When a message of the template is too late; None: never."""
    return template.valid_for and (not_before or Now()) + template.valid_for


def _put_in(message, address):
    if not connection.in_atomic_block:
        raise RuntimeError("queue a message in the transaction of what it tells of")
    _address(message, *address)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    kept = Message.objects.get(key=message.key)
    if kept.ref == message.ref:
        kept.customer, kept.template, kept.by = message.customer, message.template, message.by
        _note(kept)
    elif kept.customer_id != message.customer_id:
        raise ValueError("this key is that of another customer's message")
    return kept


def _address(message, to, reason):
    """With somewhere to go it is due; without, it is withheld and says why."""
    message.to, message.next_at = to, message.not_before or Now()
    if reason:
        message.state, message.reason = Message.State.WITHHELD, reason
        message.next_at, message.ended_at = None, Now()


def _note(message):
    if message.state == Message.State.WITHHELD:
        Decision.objects.create(message=message, what=Decision.What.WITHHELD, reason=message.reason)
    code = message.template.code if message.template_id else ""
    record(
        message, "message.queued", by=message.by, template=code, message_class=message.message_class,
        channel=message.channel, withheld=message.reason,
    )  # fmt: skip
    bell.ring_on_commit(LOOK)
