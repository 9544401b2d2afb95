"""Callbacks that nobody waits for any more: the complaint was reopened or closed by other means meanwhile."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from work import arranging
from work.models import FollowUp

BATCH = 100
# Open ones of a round that is over, or of a complaint that waits for none; those of one that was missed may be tried
# once more.
OVER = """
    SELECT f.id FROM work_followup f JOIN complaints_complaint c ON c.id = f.about_id
    WHERE f.about_type = 'complaints.complaint' AND f.kind = 'callback' AND f.ended_at IS NULL
      AND (f.key <> 'complaint:' || c.id || ':' || c.reopened + 1
           OR c.state <> 'callback_due' AND NOT (c.state = 'closed' AND c.satisfied = 'unreached'))
    ORDER BY f.id LIMIT %s
"""


@transaction.atomic
def drop(at: datetime) -> int:
    """One batch of them; how many."""
    with connection.cursor() as cursor:
        cursor.execute(OVER, [BATCH])
        keys = [key for (key,) in cursor.fetchall()]
    for one in FollowUp.objects.filter(pk__in=keys).order_by("pk"):
        _cancel(one, at)
    return len(keys)


def _cancel(one, at):
    """Left for the next time where it changed meanwhile."""
    try:
        with transaction.atomic():
            arranging.cancel(one, by=None, at=at, reason=_("The complaint went on without it."))
    except ValidationError:
        return
