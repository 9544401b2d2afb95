"""Where people work."""

from collections.abc import Iterable

from django.utils import timezone

from staff.models import Posting, Unit, User


def workplaces_of(users: Iterable[User]) -> dict[int, Unit]:
    """The unit of each person's oldest posting of today by the person's id; their branch for who has none.

    One query where the people's branches are at hand.
    """
    users = list(users)
    postings = Posting.objects.on(timezone.localdate()).filter(user__in=users).select_related("unit").order_by("-pk")
    units = {posting.user_id: posting.unit for posting in postings}
    return {user.pk: units.get(user.pk) or user.branch for user in users}
