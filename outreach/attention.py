"""What in the outbox waits for a person: how much of each, and where it is worked on."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from outreach.models import Halt, Inbound, Message, Wave
from staff.scope import holds, postings_of, scope_of

MOST = 100  # counted exactly up to here


@dataclass(frozen=True)
class Count:
    label: str
    value: str  # "100+" where there are more than are counted
    tone: str  # "", "warn" or "bad"
    url: str


def waiting(user) -> list[Count]:
    """In the order of their urgency. What is for whoever controls sending is shown to nobody else."""
    outbox, messages = reverse("messages"), seen_by(user)
    counts = [
        _count(_("In doubt"), messages.need_a_person(), "warn", f"{outbox}?state=unknown"),
        _count(_("Failed"), messages.filter(state=Message.State.FAILED), "bad", f"{outbox}?state=failed"),
    ]
    if holds(user, "outreach.control"):
        nobodys = Inbound.objects.visible_to(user).filter(customer=None)
        counts += [
            _count(_("Replies of nobody's"), nobodys, "warn", reverse("inbound") + "?of=nobody"),
            _count(_("Held sets"), Wave.objects.visible_to(user).held(), "warn", reverse("waves")),
            _count(_("Stops in force"), Halt.objects.visible_to(user).in_force(), "bad", reverse("halts")),
        ]
    return counts


def seen_by(user):
    """Messages within reach; said by branch as well, so that they are read in the order of the branch's index."""
    rows = Message.objects.visible_to(user)
    if scope_of(user, "outreach.view").own:
        return rows
    return rows.filter(branch__in={posting.unit.home_id for posting in postings_of(user)})


def _count(label, rows, tone, url):
    number = len(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    return Count(label, f"{MOST}+" if number > MOST else str(number), tone if number else "", url)
