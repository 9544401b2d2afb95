"""The clockwork of promises, disputes, stops and exempt lines: what ends with a day of the branch."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from billing.dunning import lapsing
from billing.dunning.promises import breaking
from jobs import clock
from jobs.registry import job
from jobs.schedule import Every


@job(
    "billing.promises",
    title=_("Find broken promises to pay"),
    about=_("A promise whose day is over without the money is broken, and dunning goes on at once."),
    schedule=Every(minutes=30),
    lease=timedelta(minutes=2),
    by_hand=True,
    counts={"looked": _("Promises looked at")},
)
def find_broken(run):
    looked = breaking.break_some(clock.now())
    run.count(looked, looked=looked)
    return looked == breaking.BATCH


@job(
    "billing.holds",
    title=_("End disputes, stops and exemptions that are over"),
    about=_("What had a last day ends after it, and dunning goes on."),
    schedule=Every(minutes=30),
    lease=timedelta(minutes=2),
    by_hand=True,
    counts={"holds": _("Disputes and stops"), "exemptions": _("Exempt lines")},
)
def end_holds(run):
    at = clock.now()
    holds, exemptions = lapsing.lapse_holds(at), lapsing.lapse_exemptions(at)
    run.count(holds + exemptions, holds=holds, exemptions=exemptions)
    return lapsing.BATCH in (holds, exemptions)
