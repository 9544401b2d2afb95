"""What customers write back: kept first, understood afterwards, once each.

A handler (settings.INBOUND_HANDLERS) is a function of an Inbound that says what it did with it, or None to leave it to
the next one. It runs in a transaction that holds the row.
"""

import re
import unicodedata
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.trail import record
from customers.numbers import normalise
from outreach import addresses
from outreach.consents import about, latest, say
from outreach.kinds import Channel, MessageClass, Purpose
from outreach.models import Consent, Inbound, Message
from outreach.queueing import queue_free
from staff.models import Unit

STOP = {"TD", "T", "R", "N", "STOP", "STOPALL", "UNSUBSCRIBE", "退订", "拒收", "取消", "不要再发", "不同意"}
STOP_BEGINS = ("退订", "拒收")
YES = {"Y", "YES", "1", "OK", "同意", "是", "好", "好的"}
NOISE = re.compile(r"[\W_]+")
ANSWERED_WITHIN = timedelta(days=7)  # a yes belongs to a question no older
AGAIN = timedelta(minutes=10)  # within which a gateway that did not hear that we have it sends it again


def take(gateway, gateway_id, sender, text) -> Inbound:
    """Keep a message from a phone or a mailbox and do what it asks; the gateway's own id makes it once."""
    return handle(keep(gateway, gateway_id, sender, text).pk)


def keep(gateway, gateway_id, sender, text) -> Inbound:
    """As `take`, but leave it to others to `handle` it."""
    known = {"gateway": gateway, "gateway_id": gateway_id}
    clean = text.replace("\0", "\ufffd")
    row = Inbound(**known, sender=_address(sender), text=clean, branch=_branch_of(gateway))
    Inbound.objects.bulk_create([row], ignore_conflicts=True)
    return Inbound.objects.get(**known)


def _branch_of(gateway) -> Unit | None:
    """The branch that the gateway's address names; None where several share it, or nobody knows the code."""
    from outreach.gateways.registry import named  # which knows SMPP, which knows us

    known = named(gateway)
    return Unit.objects.filter(kind=Unit.Kind.BRANCH, code=known.branch).first() if known and known.branch else None


def take_unnumbered(gateway, words, sender, text) -> Inbound:
    """As `take`, from a gateway that gives none a number of its own; `words` is a digest of all that it says."""
    return handle(keep_unnumbered(gateway, words, sender, text).pk)


def keep_unnumbered(gateway, words, sender, text) -> Inbound:
    """One that comes twice does so soon, and before the phone has said anything else."""
    newest = Inbound.objects.filter(gateway=gateway, sender=_address(sender)).order_by("-pk").first()
    if newest and newest.gateway_id.startswith(f"{words}/") and newest.received_at > timezone.now() - AGAIN:
        return newest
    return keep(gateway, f"{words}/{newest.pk if newest else 0}", sender, text)


def _address(sender):
    """A mail address in lower case, a number as it is searched."""
    return parseaddr(sender)[1].lower()[:254] if "@" in sender else normalise(sender)[:64]


@transaction.atomic
def handle(pk) -> Inbound:
    """Let the first handler that knows what to do have it; nothing where that was done before."""
    inbound = Inbound.objects.select_for_update(of=["self"], no_key=True).get(pk=pk)
    if inbound.handled_at is None:
        _understand(inbound, addresses.owners(inbound.sender))
    return inbound


def _understand(inbound, senders):
    inbound.senders = senders
    inbound.answers = _answered(inbound)
    inbound.customer = _whose(inbound)
    inbound.handled_as = next(filter(None, (import_string(path)(inbound) for path in settings.INBOUND_HANDLERS)))
    inbound.handled_at = Now()
    inbound.save(update_fields=["customer", "answers", "handled_as", "handled_at"])
    inbound.refresh_from_db()


def _answered(inbound):
    """The newest message that went there; one that was never sent is answered by nobody."""
    sent = Message.objects.handed_over()
    theirs = (
        {"customer__in": inbound.senders, "channel": Channel.EMAIL} if _is_mail(inbound) else {"to": inbound.sender}
    )
    return sent.filter(**theirs).order_by("-pk").first()


def _is_mail(inbound):
    return "@" in inbound.sender


def _whose(inbound):
    """Of several customers with the address the one who was written to last."""
    answered = inbound.answers and inbound.answers.customer_id
    owners = {customer.pk: customer for customer in inbound.senders}
    return owners.get(answered) or next(iter(inbound.senders), None)


def word(text) -> str:
    """ "ｔｄ！" → "TD": full-width, case and whatever stands around the word do not matter."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def stop(inbound):
    """A no counts at once, for every customer with this address (2.1 no. 21); nobody's when it is put to them."""
    said = word(inbound.text)
    if not inbound.senders or not (said in STOP or said.startswith(STOP_BEGINS)):
        return None
    unwanted = [Purpose.MARKETING_EMAIL if _is_mail(inbound) else Purpose.MARKETING_SMS]
    if inbound.answers and inbound.answers.message_class == MessageClass.CARE:
        unwanted.append(Purpose.CARE)
    stopped = [_withdraw(customer, purpose, inbound) for customer in inbound.senders for purpose in unwanted]
    if any(stopped):
        _confirm(inbound)
    return Inbound.As.STOP


def _withdraw(customer, purpose, inbound):
    """Whether that was news. A number that says stop again and again is not answered each time."""
    said = latest(customer, purpose)
    if said and said.word != Consent.Word.GIVEN:
        return False
    said = Consent.Word.WITHDRAWN if said else Consent.Word.REFUSED
    how = Consent.How.WEB if _is_mail(inbound) else Consent.How.SMS
    say(customer, purpose, said, how=how, by=None, inbound=inbound)
    return True


def _confirm(inbound):
    with translation.override(inbound.customer.language):
        text = _("You will get no more messages of this kind from us. Our service messages are not affected.")
        by_mail = {"channel": Channel.EMAIL, "subject": _("You are unsubscribed")} if _is_mail(inbound) else {}
    queue_free(inbound.customer, text, key=f"stopped/{inbound.pk}", by=None, about=inbound, any_time=True, **by_mail)


def agree(inbound):
    """A yes counts where it was asked for, within a week, and nothing has been said since."""
    if word(inbound.text) not in YES or inbound.customer is None:
        return None
    for purpose in Purpose.values:
        if _open_question(inbound, purpose):
            given = Consent.Word.GIVEN
            say(inbound.customer, purpose, given, how=Consent.How.SMS, by=None, inbound=inbound)
            return Inbound.As.CONSENT
    return None


def _open_question(inbound, purpose):
    asked = Message.objects.handed_over().filter(
        customer=inbound.customer, about_type=about(purpose), to=inbound.sender,
        submitted_at__gt=timezone.now() - ANSWERED_WITHIN,
    ).order_by("-pk").first()  # fmt: skip
    said = latest(inbound.customer, purpose)
    return asked and not (said and said.at > asked.submitted_at)


def reply(inbound):
    """Whatever is left: an answer that somebody may read."""
    return Inbound.As.REPLY if inbound.customer else Inbound.As.UNMATCHED


@transaction.atomic
def put_to(inbound, customer, *, by):
    """Somebody knows whose it is: it counts now as if it had come from them. Nothing where that was known before."""
    inbound = Inbound.objects.select_for_update(of=["self"], no_key=True).get(pk=inbound.pk)
    if inbound.customer_id is None:
        record(inbound, "inbound.put_to", by=by, customer=customer)
        _understand(inbound, [customer])
