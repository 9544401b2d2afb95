"""How long an uploaded file and the values read from it are kept: as long as somebody may need them, no longer."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from audit.trail import record
from customers.models import Import, ImportLine

from .customer_drafts import SAID

FORGET = f"""
    UPDATE customers_importrow SET {", ".join(f"{name} = NULL" for name in SAID)}, phones = '{{}}', phone_keys = '{{}}',
        said = NULL, changes = '{{}}', problems = (
            SELECT coalesce(jsonb_agg(one - 'value'), '[]') FROM jsonb_array_elements(problems) one
        )
    WHERE batch_id = %s
"""  # noqa: S608  names of our own columns


def put_away(run, now=None):
    """Empty one import whose time is over; whether there may be more. Outcomes and customers stay."""
    limit = (now or timezone.now()) - timedelta(days=settings.IMPORT_KEPT_DAYS)
    old = Import.objects.filter(emptied_at=None, at__lt=limit, pk__gt=run.cursor.get("after", 0)).order_by("pk")
    batch = old.select_for_update(of=["self"], skip_locked=True).first()
    if batch is None:
        sweep(limit)
        return False
    if not (batch.run and batch.run.is_open):
        empty(batch)
        run.done += 1
    run.cursor = {"after": batch.pk}
    return True


def sweep(limit):
    """Files that no import names: their upload was cut off by a crash."""
    folder = "imports"
    if not default_storage.exists(folder):
        return
    for name in default_storage.listdir(folder)[1]:
        path = f"{folder}/{name}"
        if default_storage.get_modified_time(path) < limit and not Import.objects.filter(file=path).exists():
            default_storage.delete(path)


def empty(batch):
    """Delete the file and every value read from it; row numbers, outcomes and reason codes stay."""
    ImportLine.objects.filter(batch=batch).delete()
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [batch.pk])
    batch.emptied_at = timezone.now()
    batch.save(update_fields=["emptied_at"])
    record(batch, "import.emptied", by=None)
    default_storage.delete(batch.file.name)
