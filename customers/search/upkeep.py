"""What the nights do for the search: ranks follow the days, and the search rows are held against the truth."""

from django.db.models import Exists, Max, Min, OuterRef

from customers.models import Customer, Identifier
from customers.search.index import index, rank_anew

SPAN = 5_000  # ids looked through in one step


def refresh_ranks(run):
    """One step: the ranks of the next customers by id."""
    span = _next_span(run)
    if span is None:
        return False
    changed = rank_anew(*span)
    run.counts = {"changed": run.counts.get("changed", 0) + changed}
    return _go_on(run, span)


def verify(run):
    """One step: search rows that say anything else than their customers are counted and mended.

    `run.counts`: customers looked at; rows that differed; customers whose own number would not find them.
    """
    span = _next_span(run)
    if span is None:
        return False
    customers = Customer.objects.filter(pk__range=span)
    ids = list(customers.values_list("pk", flat=True))
    rank_anew(*span)  # a day that has passed since is no difference
    own = Identifier.objects.filter(customer=OuterRef("pk"), kind=Identifier.Kind.CUSTOMER)
    found = {"checked": len(ids), "different": index(ids), "lost": customers.exclude(Exists(own)).count()}
    run.counts = {name: run.counts.get(name, 0) + count for name, count in found.items()}
    return _go_on(run, span)


def _next_span(run):
    """The next ids (first and last), or None behind the last customer; the last one is that of the run's beginning."""
    if "last" not in run.cursor:
        ends = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"))
        if ends["last"] is None:
            return None
        run.cursor |= {"first": ends["first"], "next": ends["first"], "last": ends["last"]}
        run.total = ends["last"] - ends["first"] + 1
    first, last = run.cursor["next"], run.cursor["last"]
    return (first, min(first + SPAN - 1, last)) if first <= last else None


def _go_on(run, span):
    """Skips the ids nobody has."""
    after = Customer.objects.filter(pk__gt=span[1], pk__lte=run.cursor["last"]).aggregate(next=Min("pk"))["next"]
    run.cursor["next"] = after or run.cursor["last"] + 1
    run.done = run.cursor["next"] - run.cursor["first"]
    return after is not None
