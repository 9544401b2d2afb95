"""The kinds of notices of this app."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from work.kinds import kind


def opens_reversal(notice):
    return reverse("reversal", args=[notice.subject_id])


def opens_shift(notice):
    return reverse("shift", args=[notice.subject_id])


REVERSAL_ASKED = kind(
    "reversal.asked",
    _("%(by)s asks to take back ¥%(amount)s, receipt %(receipt)s."),
    opens=opens_reversal,
    icon="arrow-uturn-left",
)
REVERSAL_APPROVED = kind(
    "reversal.approved",
    _("%(by)s approved: ¥%(amount)s of receipt %(receipt)s may be paid back."),
    opens=opens_reversal,
    icon="check-circle",
)
REVERSAL_REFUSED = kind(
    "reversal.refused",
    _("%(by)s did not approve the reversal of receipt %(receipt)s."),
    opens=opens_reversal,
    icon="x-circle",
)
SHIFT_DIFFERS = kind(
    "shift.differs",
    _("The till of %(clerk)s of %(day)s differs and waits for a signature."),
    opens=opens_shift,
    icon="exclamation-triangle",
)
SHIFT_LEFT_OPEN = kind(
    "shift.left_open",
    _("The shift of %(clerk)s of %(day)s was not counted."),
    opens=opens_shift,
    icon="exclamation-triangle",
)
