"""The clockwork of customers."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers import handover
from customers.imports import tasks as imports  # noqa: F401  declares the jobs of imports
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
