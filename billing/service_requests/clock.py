"""By when a line has to be back in service (domain 2.1 nos. 7 and 8, 4.3)."""

from datetime import datetime, timedelta

from billing.models import DunningRules


def clock(rules: DunningRules, at: datetime) -> dict[str, datetime]:
    """The three moments of a restoration asked for at `at`: meant, at the latest, and by law; by field."""
    due_at = at + timedelta(minutes=rules.restore_minutes)
    late_at = max(due_at, at + timedelta(hours=rules.restore_hours))
    return {"due_at": due_at, "late_at": late_at, "law_at": max(late_at, at + timedelta(hours=rules.restore_law_hours))}
