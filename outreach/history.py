"""What happened to one message, newest first: attempts, decisions and delivery reports in one stream."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from outreach.models import Attempt, DeliveryReport
from outreach.showing import address_of, why

ATTEMPT_TONES = {
    "accepted": "ok", "refused": "bad", "busy": "warn", "unknown": "warn", "lost": "warn", "uncalled": "plain",
    "": "info",
}  # fmt: skip
REPORT_TONES = {"delivered": "ok", "undelivered": "bad", "pending": "info"}


@dataclass(frozen=True)
class Step:
    at: datetime
    what: str  # in the reader's language
    tone: str
    icon: str
    detail: str = ""
    until: datetime | None = None
    by: str = ""
    note: str = ""
    answer: str = ""  # what the other side said, in its own words


def steps_of(message, shown) -> list[Step]:
    """In three queries; what others wrote is masked where the customer is."""
    attempts = [_attempt(message, one, shown) for one in message.made.all()]
    decisions = [_decision(message, one, shown) for one in message.decisions.select_related("by")]
    reports = [_report(one) for one in message.reports.all()]
    return sorted(attempts + decisions + reports, key=lambda step: step.at, reverse=True)


def _attempt(message, attempt: Attempt, shown):
    tone, said = ATTEMPT_TONES[attempt.outcome], _said(message, f"{attempt.status} {attempt.answer}".strip(), shown)
    what = attempt.get_outcome_display() if attempt.outcome else _("Being sent")
    return Step(attempt.started_at, what, tone, "paper-airplane", detail=_told(attempt), answer=said)


def _said(message, answer, shown):
    """A gateway may repeat the address; it is shown as everywhere on the page."""
    if message.to:
        as_seen = address_of(message, shown, whole=True)
        answer = re.sub(re.escape(message.to), lambda _found: as_seen, answer, flags=re.IGNORECASE)
    return shown.text(answer)


def _told(attempt):
    told = {"n": attempt.n, "gateway": attempt.gateway, "ms": attempt.ms}
    if attempt.ms is None:
        return _("Attempt %(n)s by %(gateway)s") % told
    return _("Attempt %(n)s by %(gateway)s, %(ms)s ms") % told


def _decision(message, decision, shown):
    return Step(
        decision.at, decision.get_what_display(), "plain", "scale", detail=why(message, decision),
        until=decision.until, by=str(decision.by or ""), note=shown.text(decision.note),
    )  # fmt: skip


def _report(report: DeliveryReport):
    return Step(report.received_at, report.get_status_display(), REPORT_TONES[report.status], "inbox-arrow-down")
