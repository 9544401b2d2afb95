"""The clockwork of customers."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers import handover
from customers.imports import tasks as imports  # noqa: F401  declares the jobs of imports
from customers.search import upkeep
from jobs.registry import job
from jobs.schedule import Daily


@job(
    "customers.apply_assignments",
    title=_("Account managers of the day"),
    about=_("Hands customers over to the account manager booked for the day."),
    schedule=Daily("00:05"),
    catch_up="latest",
    lease=timedelta(minutes=2),
    by_hand=True,
)
def apply_assignments(run):
    return handover.apply_assignments(run)


@job(
    "customers.apply_plans",
    title=_("Plans of the day"),
    about=_("Puts lines on the plan booked for the day."),
    schedule=Daily("00:10"),
    catch_up="latest",
    lease=timedelta(minutes=2),
    by_hand=True,
)
def apply_plans(run):
    return handover.apply_plans(run)


@job(
    "customers.refresh_ranks",
    title=_("Order of search results"),
    about=_("Moves customers up or down in search results as days pass since their last contact."),
    schedule=Daily("01:30"),
    catch_up="latest",
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={"changed": _("Moved")},
)
def refresh_ranks(run):
    return upkeep.refresh_ranks(run)


@job(
    "customers.verify_search",
    title=_("Search against the records"),
    about=_("Compares what the search reads with the customers themselves, reports differences and mends them."),
    schedule=Daily("02:30"),
    catch_up="latest",
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={
        "checked": _("Customers checked"),
        "different": _("Rows that differed, mended"),
        "lost": _("Customers not found by their own number"),
    },
)
def verify_search(run):
    return upkeep.verify(run)
