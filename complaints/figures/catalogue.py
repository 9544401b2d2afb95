"""The figures of complaints, each with what it means (4.1, 2.3, 2.4)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Figure:
    """`n` and `of` are sets: their numbers, and the share of one in the other where both are there.

    `time` and `share` instead: the time within which so many per cent of `n` were done.
    `per`: of so many customers. `good`: whether much of it is good (None: neither).
    """

    label: Promise
    meaning: Promise
    n: str
    of: str = ""
    time: str = ""
    share: int = 0
    per: int = 0
    good: bool | None = None


ETSI = _(
    "ETSI EG 202 057-1, customer complaints resolution time: from the receipt of the complaint until its cause is "
    "removed, as the time within which the fastest 80 % and 95 % are done. Here in hours of the clock, up to the last "
    "answer."
)
FIGURES = [
    Figure(_("Complaints"), _("Received in these days. What was merged into another one counts once."), "received"),
    Figure(
        _("Per 10,000 customers"),
        _("Complaints of these days for every 10,000 customers who are active today."),
        "received",
        per=10_000,
    ),
    Figure(_("Not over yet"), _("Of these complaints, those that are not closed today."), "open"),
    Figure(
        _("First contact, median"),
        _("From the acceptance until somebody first spoke with the customer; half of them took no longer."),
        "contacted",
        time="contact",
        share=50,
    ),
    Figure(
        _("First contact in time"),
        _("Spoken with by the time of the policy, of those who were or should have been by now."),
        "contact_in_time",
        "contact_due",
        good=True,
    ),
    Figure(
        _("Answered in time"),
        _("First answer by the time of the policy, of what was or should have been answered by now."),
        "in_time",
        "answer_due",
        good=True,
    ),
    Figure(
        _("Within the days of the law"),
        _("Answered before the customer may appeal, of what was or should have been answered by now."),
        "law_kept",
        "law_due",
        good=True,
    ),
    Figure(_("Resolution time, median"), ETSI, "answered", time="answer", share=50),
    Figure(_("Resolution time, fastest 80 %"), ETSI, "answered", time="answer", share=80),
    Figure(_("Resolution time, fastest 95 %"), ETSI, "answered", time="answer", share=95),
    Figure(
        _("Settled on the spot"),
        _("By whoever accepted it, before the customer left, of all that were received."),
        "on_spot",
        "received",
        good=True,
    ),
    Figure(
        _("Solved at first (FCR)"),
        _("Answered, never reopened, and not complained of again within the days of the rules; of what was answered so "
          "long ago."),
        "fcr",
        "fcr_over",
        good=True,
    ),
    Figure(
        _("Reopened"),
        _("Reopened at least once, of what was answered at least once."),
        "reopened",
        "answered_once",
        good=False,
    ),
    Figure(
        _("Repeated"),
        _("The same customer complained of the same class shortly before; of all that were received."),
        "repeated",
        "received",
        good=False,
    ),
    Figure(_("Escalated"), _("Somebody above the owner was told; of all."), "escalated", "received", good=False),
    Figure(
        _("Reached in the callback"),
        _("Answered the questions of a callback, of those closed or reopened."),
        "reached",
        "judged",
        good=True,
    ),
    Figure(
        _("Satisfied"),
        _("Of those who said whether they are. A rate of the few who were reached is no rate of all: see the reach."),
        "satisfied",
        "said",
        good=True,
    ),
    Figure(
        _("Appeals per million customers"),
        _("Complaints that went to the regulator, for every million customers who are active today. The regulator "
          "counts by the quarter: choose one to compare."),
        "appealed",
        per=1_000_000,
    ),
]  # fmt: skip
# The columns of a split: figures that say most about a row.
IN_ROWS = [
    Figure(_("Complaints"), _("Received in these days."), "received"),
    Figure(_("Per 10,000 customers"), _("Of the customers of the row, or of all."), "received", per=10_000),
    Figure(_("In time"), _("First answer by the time of the policy."), "in_time", "answer_due", good=True),
    Figure(_("Median"), ETSI, "answered", time="answer", share=50),
    Figure(_("80 %"), ETSI, "answered", time="answer", share=80),
    Figure(_("95 %"), ETSI, "answered", time="answer", share=95),
    Figure(_("Solved at first"), _("Not reopened, not complained of again."), "fcr", "fcr_over", good=True),
    Figure(_("Reopened"), _("Reopened at least once."), "reopened", "answered_once", good=False),
    Figure(_("Repeated"), _("Complained of the same class before."), "repeated", "received", good=False),
    Figure(_("Reached"), _("Answered the questions of a callback."), "reached", "judged", good=True),
    Figure(_("Satisfied"), _("Of those who said whether they are."), "satisfied", "said", good=True),
    Figure(_("Appeals"), _("Went to the regulator."), "appealed"),
]
