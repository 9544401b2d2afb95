"""Messages and words about them on the customer's timeline, as the person may see them; for whoever may not, none."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from audit.models import Event
from customers.masking import reaches
from customers.timeline import Entry
from customers.timeline.changes import Change
from outreach import reasons
from outreach.kinds import Purpose
from outreach.models import Consent, ContactPreference, Message

SOURCE, SAID = "outreach.timeline.entries", "outreach.timeline.said"
WORDS = {
    "consent.given": _("%(purpose)s: agreed (%(how)s)"),
    "consent.refused": _("%(purpose)s: refused (%(how)s)"),
    "consent.withdrawn": _("%(purpose)s: consent withdrawn (%(how)s)"),
    "customer.contact_preferred": _("When and where to reach the customer changed: %(fields)s"),
}


@dataclass(frozen=True)
class Told:
    message: Message
    text: str
    why: str  # the reason for where it stands, "" where it went its way


def entries(customer, shown, kind, before, limit):
    if kind != "all":
        return []
    seen = Message.objects.visible_to(shown.user).filter(customer=customer.pk)
    rows = seen.order_by("-pk").select_related("by", "template")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    return [
        Entry(one.created_at, SOURCE, str(one.pk), "outreach/_timeline.html", _told(one, shown)) for one in rows[:limit]
    ]


def _told(message, shown):
    return Told(message, shown.text(message.text), reasons.text(message.reason) if message.reason else "")


def said(customer, shown, kind, before, limit):
    """What the customer said about being written to, and when and where they want to be reached."""
    if kind not in ("all", "changes") or not reaches(shown.user, "outreach.view", customer):
        return []
    rows = Event.objects.of_customer(customer.pk).filter(verb__in=WORDS).select_related("actor")
    if before is not None:
        rows = rows.filter(pk__lt=int(before))
    return [
        Entry(event.at, SAID, str(event.pk), "customers/timeline/_change.html", Change(event, words_of(event), []))
        for event in rows[:limit]
    ]


def words_of(event):
    """In the reader's language."""
    data = event.data
    if event.verb == "customer.contact_preferred":
        names = [str(ContactPreference._meta.get_field(name).verbose_name) for name in data["fields"]]
        return WORDS[event.verb] % {"fields": pgettext("between items of a list", ", ").join(names)}
    return WORDS[event.verb] % {"purpose": Purpose(data["purpose"]).label, "how": Consent.How(data["how"]).label}
