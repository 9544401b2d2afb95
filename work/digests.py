"""The morning's digest: one notice for everything that came in while a person was off."""

from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from staff.models import User
from work.models import Notice
from work.notice_kinds import DIGEST

PEOPLE = 200  # in one step


@transaction.atomic
def tell(at) -> int:
    """One digest for each person whose time has come and who has something unread; how many people had one due.

    What it counts is marked, so that it is counted once; the key is the person's day, so that a day has one digest.
    """
    due = Notice.objects.unread().filter(urgency=Notice.Urgency.DIGEST, told_at=None, shows_at__lte=at)
    first = due.order_by("shows_at", "user").values_list("user", flat=True)[: PEOPLE * 10]
    people = User.objects.select_related("branch").filter(pk__in=list(dict.fromkeys(first))[:PEOPLE])
    people = people.select_for_update(of=("self",), skip_locked=True, no_key=True).in_bulk()
    counted = dict(due.filter(user__in=people).values_list("user").annotate(n=Count("pk")))
    Notice.objects.bulk_create([_digest(people[pk], n, at) for pk, n in counted.items()], ignore_conflicts=True)
    due.filter(user__in=counted).update(told_at=at)
    return len(counted)


def _digest(user, n, at):
    day = timezone.localdate(at, ZoneInfo(user.branch.time_zone))
    return Notice(user=user, kind=DIGEST.name, key=f"digest {day}", data={"n": n}, shows_at=at)
