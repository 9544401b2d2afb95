"""Asking by message how a complaint was dealt with: whom, how often, and what follows (F 4, G06, 2.1 no. 19).

The link holds a random token and its signature; the product keeps its hash alone, so nobody reads a link out of the
table. Every closed round of a complaint is a row: asked, or not asked and why.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import formats, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.calling_back import key_of, round_of
from complaints.models import CallbackAnswer, Complaint, ComplaintRules, Survey
from complaints.models.states import State
from outreach import addresses, consents, queueing
from outreach.kinds import Channel, Purpose

TEMPLATE = "complaint_survey"
BATCH = 50
NotAsked = Survey.NotAsked


def to_ask(at: datetime):
    """Complaints that were closed lately and whose round has no row yet."""
    lately = Q(state=State.CLOSED, imported=False, ended_at__gt=at - timedelta(days=7))
    return Complaint.objects.filter(lately).exclude(surveys__round=F("reopened") + 1).order_by("pk")


@transaction.atomic
def sweep(at: datetime) -> int:
    """Ask, or write down why not, for one batch; how many."""
    rows = to_ask(at).select_for_update(of=("self",), no_key=True, skip_locked=True)
    rows = list(rows.select_related("customer")[:BATCH])
    for one in rows:
        ask(one, at)
    return len(rows)


def ask(one: Complaint, at: datetime) -> Survey:
    """The survey of this round of a complaint that the caller holds."""
    rules = ComplaintRules.of(one.branch_id)
    reason = _why_not(one, rules, at)
    row = {"complaint": one, "round": round_of(one), "asked_at": at}
    if reason:
        return Survey.objects.create(**row, not_asked=reason)
    token, until = new_token(), at + timedelta(days=rules.survey_valid_days)
    message = _write(one, token, until)
    made = Survey.objects.create(**row, token_hash=hash_of(token), message=message, expires_at=until)
    record(one, "complaint.survey_sent", by=None, customer=one.customer_id, round=made.round)
    return made


def _why_not(one, rules, at) -> str:
    if one.customer_id is None:
        return NotAsked.NOBODY
    reached = CallbackAnswer.objects.filter(complaint=one, round=round_of(one)).exists()
    if reached and not rules.survey_all:
        return NotAsked.REACHED
    said = consents.latest(one.customer, Purpose.SURVEY)
    if said and said.word in consents.SILENT:
        return NotAsked.REFUSED
    asked = Survey.objects.filter(complaint__customer=one.customer_id, not_asked="")
    if asked.filter(asked_at__gt=at - timedelta(days=rules.survey_days)).exists():
        return NotAsked.RECENTLY
    to, _reason = addresses.of([one.customer], Channel.SMS)[one.customer_id]
    return "" if to else NotAsked.NOWHERE


def _write(one, token, until):
    """The branch's text; the product's own where it has none."""
    key, about = f"{key_of(one)}:survey", {"about": one, "not_after": until}
    with translation.override(one.customer.language):
        values = {"ticket": one.number, "link": link_of(token), "day": formats.date_format(until, "MONTH_DAY_FORMAT")}
        try:
            return queueing.queue(one.customer, TEMPLATE, key=key, **about, **values)
        except ValidationError:
            text = _("Please tell us by %(day)s how we dealt with your complaint %(ticket)s: %(link)s") % values
            return queueing.queue_free(one.customer, text, key=key, by=None, about=one)


def new_token() -> str:
    chance = secrets.token_urlsafe(12)
    return chance + _signature(chance)


def _signature(chance):
    return salted_hmac("complaints.survey", chance, algorithm="sha256").hexdigest()[:8]


def link_of(token: str) -> str:
    """As it stands in the message."""
    scheme = "https" if settings.HTTPS else "http"
    return (settings.PUBLIC_URL or f"{scheme}://{settings.ALLOWED_HOSTS[0]}") + reverse("survey", args=[token])


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def of_token(token: str) -> Survey | None:
    """None for a token that is none of ours; one that was not signed by us is not looked up at all."""
    if not constant_time_compare(token[-8:], _signature(token[:-8])):
        return None
    rows = Survey.objects.select_related("complaint__customer", "complaint__branch")
    return rows.filter(token_hash=hash_of(token)).first()
