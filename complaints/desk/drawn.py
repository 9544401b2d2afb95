"""What many rows of complaints have in common, drawn once on a page: tiers, marks, and the icons of clocks."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from complaints.clocks import showing
from complaints.models import Complaint
from complaints.models.states import Level
from customers.tier_marks import TierMarks
from door.drawn import Drawn

LEVELS = dict(Level.choices)
TONES = {Level.RAISED: "warn", Level.MAJOR: "bad"}
CLOCK = '<span class="tag {}" title="{} {}">{}{} · <time datetime="{}">{}</time></span>'


def to_class(complaint: Complaint) -> bool:
    return complaint.category_id is None and complaint.imported


class Pieces:
    """Of one page; all are HTML."""

    def __init__(self):
        self.tiers = TierMarks()
        self._marks, self._icons = Drawn("complaints/desk/_tags.html"), Drawn("_icon.html")

    def marks(self, one: Complaint) -> str:
        """What makes it more than one among many."""
        key = to_class(one), one.level, one.is_repeat, bool(one.escalated_at)
        return self._marks.piece(key, tags=_tags(*key))

    def clock(self, shown: showing.Shown) -> str:
        """Its tag; said here and not by a template, which takes five times as long for what differs in each row."""
        local, icon = timezone.localtime(shown.due_at), self._icons.piece(shown.icon, name=shown.icon)
        said = shown.name, f"{local:%Y-%m-%d %H:%M}", icon, shown.name, local.isoformat(), shown.words
        return format_html(CLOCK, shown.tone, *said)


def _tags(to_class, level, is_repeat, is_escalated):
    """(tone, icon, words) of each."""
    found = []
    if to_class:
        found.append(("warn", "tag", _("To be classed")))
    if level > Level.GENERAL:
        found.append((TONES[level], "", LEVELS[level]))
    if is_repeat:
        found.append(("warn", "arrow-path", _("Repeated")))
    if is_escalated:
        found.append(("bad", "arrow-trending-up", _("Escalated")))
    return found
