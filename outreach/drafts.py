"""A message as it would be, before anybody sends it: its text, where it goes, and what would stop it now."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.masking import Shown
from outreach import addresses, queueing, reasons, texts
from outreach.judging import judge
from outreach.kinds import Channel, MessageClass
from outreach.models import Message, Template
from outreach.showing import address_of

MISSING = "…"  # stands for what nobody has filled in yet


@dataclass(frozen=True)
class Draft:
    """`obstacle` is a sentence, "" where it may go at once; `until` when it goes by itself, None if never."""

    text: str = ""
    subject: str = ""
    language: str = ""
    to: str = ""
    size: texts.Size | None = None
    obstacle: str = ""
    until: datetime | None = None
    problem: str = ""  # why there is no text yet


def draft(customer, user, template: Template | None, values: dict, free: dict) -> Draft:
    """What `queue` or, without a template, `queue_free` would make of it. Nothing is kept.

    `free` is what somebody wrote in their own words: text, channel and subject.
    """
    try:
        message = _drawn_up(customer, user, template, values, free)
    except ValidationError as error:
        return Draft(problem=error.messages[0])
    message.to, reason = addresses.of([customer], message.channel)[customer.pk]
    obstacle, until = (reason, None) if reason else _obstacle(message)
    return Draft(
        text=message.text, subject=message.subject, language=message.language,
        to=address_of(message, Shown(customer, user), whole=True),
        size=texts.size(message.text) if message.channel == Channel.SMS else None,
        obstacle=reasons.text(obstacle) if obstacle else "", until=until,
    )  # fmt: skip


def _drawn_up(customer, user, template, values, free):
    if template:
        given = {name: value for name, value in values.items() if value}
        missing = dict.fromkeys(variables(template), MISSING)
        return queueing.drawn_up(template, customer, missing | given, key="", by=user)
    kind = {"message_class": MessageClass.SERVICE, "channel": free["channel"], "language": customer.language}
    said = {"text": texts.finished(free["text"], **kind), "subject": texts.plain(free["subject"])}
    return Message(branch_id=customer.branch_id, customer=customer, by=user, **said, **kind)


def variables(template) -> list[str]:
    """What has to be filled in by hand: what stands in the text and the product does not know."""
    said = "".join((template.text_zh, template.text_en, template.subject_zh, template.subject_en))
    known = texts.PURPOSES[template.purpose].variables
    return [name for name in known if name not in texts.ALWAYS and f"{{{name}}}" in said]


@transaction.atomic
def _obstacle(message):
    """Asked as the sender would ask at this moment, in a transaction of its own."""
    found = judge(message)
    return (found.reason, found.until) if found else ("", None)
