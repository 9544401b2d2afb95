"""Files that were written and never kept: whoever was attaching them was cut off before the row was there."""

from datetime import UTC, datetime, timedelta

from django.core.files.storage import default_storage

from complaints.attaching import FOLDER
from complaints.models import Attachment

UNNAMED = timedelta(days=1)  # far longer than it takes to keep one


def sweep(after: str, now: datetime) -> tuple[str, int]:
    """The next folder behind `after` ("" after the last), and how many of its files were removed: older than a day,
    and no attachment names them.
    """
    folders = default_storage.listdir(FOLDER)[0] if default_storage.exists(FOLDER) else []
    found = min((name for name in folders if name > after), default="")
    return found, _swept(f"{FOLDER}/{found}", now - UNNAMED) if found else 0


def _swept(folder, limit):
    paths = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    old = [path for path in paths if _written_at(path) < limit]
    named = set(Attachment.objects.filter(path__in=old).values_list("path", flat=True))
    left = [path for path in old if path not in named]
    for path in left:
        default_storage.delete(path)
    return len(left)


def _written_at(path) -> datetime:
    """Beside another sweep it may be gone by now: then it is as new as can be."""
    try:
        return default_storage.get_modified_time(path)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)
