"""Keeping what was noted about a complaint; added, never changed."""

from datetime import datetime

from complaints.models import Complaint, Note
from customers.visits import without_id_numbers
from staff.models import User


def of_key(complaint: Complaint, key: str) -> Note | None:
    """What this form kept before; the complaint is held, so nobody keeps it at the same moment."""
    return Note.objects.filter(complaint=complaint, key=key).first()


def add(complaint: Complaint, kind: str, *, by: User | None, at: datetime, key: str, text: str = "", way="") -> Note:
    """Keep it once for the key; the complaint is held."""
    told = {"kind": kind, "by": by, "at": at, "way": way, "text": without_id_numbers(text.strip())[:2000]}
    return Note.objects.get_or_create(complaint=complaint, key=key, defaults=told)[0]
