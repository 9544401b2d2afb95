"""What a template said before: its versions, newest first, from the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import Event
from outreach.models import Template

MOST = 50


@dataclass(frozen=True)
class Version:
    number: int
    at: datetime
    by: str
    text_zh: str
    text_en: str
    active: bool


def versions_of(template: Template) -> list[Version]:
    happened = Event.objects.filter(subject_type=template._meta.label_lower, subject_id=template.pk)
    return [_version(event) for event in happened.select_related("actor").order_by("-pk")[:MOST]]


def _version(event):
    said = {name: event.data.get(name, "") for name in ("text_zh", "text_en")}
    number, active = event.data.get("version", 1), event.data.get("active", True)
    return Version(number, event.at, str(event.actor or ""), **said, active=active)
