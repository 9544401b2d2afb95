"""What the pages of scenarios offer of a branch."""

from django.db.models import Case, Count, F, OuterRef, Subquery, When

from billing.models import DunningCase, ScenarioVersion
from customers.models import Tier
from outreach.models import Template


def tiers_of(branch_id) -> list[Tier]:
    return list(Tier.objects.filter(branch=branch_id))


def templates_of(branch_id) -> dict[str, Template]:
    """Those in use, by code."""
    return {one.code: one for one in Template.objects.filter(branch=branch_id, active=True).order_by("code")}


def versions_of(scenarios) -> list[ScenarioVersion]:
    """Of these scenarios, newest first, each with the number of its cases that are `open_cases`."""
    rows = ScenarioVersion.objects.filter(scenario__in=scenarios).select_related("made_by", "scenario__branch")
    counts = DunningCase.objects.open().filter(version__scenario__in=scenarios).values_list("version")
    open_cases = dict(counts.annotate(Count("pk")))
    found = list(rows.order_by("-n"))
    for one in found:
        one.open_cases = open_cases.get(one.pk, 0)
    return found


def versions_in_order(scenarios) -> list[ScenarioVersion]:
    """Of these scenarios: those with open cases first, of these the scenarios asked first, the newest first."""
    # The next one in use, itself or later, is one step along an index. To ask of one without open cases whether it has
    # any would read all cases there are.
    later = DunningCase.objects.open().filter(version__gte=OuterRef("pk")).order_by("version_id")
    rows = ScenarioVersion.objects.filter(scenario__in=scenarios).select_related("scenario__branch")
    rows = rows.alias(next_in_use=Subquery(later.values("version_id")[:1]))
    rows = rows.alias(rests=Case(When(next_in_use=F("pk"), then=0), default=1))
    return list(rows.order_by("rests", "scenario__order", "scenario", "-n"))
