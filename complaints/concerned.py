"""Whom complaints are about: what serves one is kept from them, too (settings.KEPT_FROM; B15, 2.3)."""

from complaints.models import Complaint


def of(user):
    """Ids of the complaints that are about the person."""
    return Complaint.objects.filter(person__isnull=False, person=user.pk).values("pk")


def people(ids) -> dict[int, set[int]]:
    """{id of a complaint: ids of whom it is about}, of those of `ids` that are about somebody."""
    named = Complaint.objects.filter(pk__in=ids, person__isnull=False)
    return {key: {person} for key, person in named.values_list("pk", "person")}
