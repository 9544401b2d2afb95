"""Whether work gets done: asked of the rows, not of the processes."""

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from jobs.models import Run

PULSE = "jobs.pulse"


def last_work() -> float | None:
    """Seconds since the pulse last beat, on the database's clock; None when it never has."""
    age = ExpressionWrapper(Now() - F("finished_at"), DurationField())
    done = Run.objects.filter(job=PULSE, state=Run.State.DONE).order_by("-id")
    last = done.values_list(age, flat=True).first()
    return None if last is None else last.total_seconds()
