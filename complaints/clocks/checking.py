"""Whether the clocks that are kept are what the log gives; what is not is put right (peers E 4)."""

from django.db import transaction

from complaints.clocks.books import Books
from complaints.clocks.following import keep
from complaints.models import Clock, Complaint
from complaints.models.states import OPEN

RANGE = 200


@transaction.atomic
def check(keys) -> list[tuple]:
    """(complaint, clock, fields, whether its hours or rule was changed) for each clock that differed.

    A calendar or rule that somebody changed moves clocks without a fault: they were worked out by another `basis`.
    """
    rows = Complaint.objects.select_for_update(of=("self",), no_key=True).select_related("branch", "version")
    held = list(rows.filter(pk__in=keys).order_by("pk"))
    books = Books(held)
    return [difference for one in held for difference in _differences(one, books)]


def next_range(after: int) -> list[int]:
    """Ids of open complaints."""
    rows = Complaint.objects.filter(pk__gt=after, state__in=OPEN).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:RANGE])


def _differences(complaint, books):
    kept = books.clocks[complaint.pk]
    for key, wanted in books.wanted(complaint).items():
        clock = kept.get(key) or Clock(complaint=complaint, kind=key[0], round=key[1])
        was = clock.basis
        if (changed := keep(clock, wanted)) and changed != ["basis"]:
            yield complaint.pk, f"{key[0]} {key[1]}", changed, bool(was) and was != clock.basis
