"""The kinds of notices of this app."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.models import Exemption
from work.kinds import kind


def opens_reversal(notice):
    return reverse("reversal", args=[notice.subject_id])


def opens_shift(notice):
    return reverse("shift", args=[notice.subject_id])


def opens_exemption(notice):
    return reverse("exemption", args=[notice.subject_id])


def of_exemption(said):
    """The words, with the kind of exemption in the reader's language."""
    return lambda notice: said % (notice.data | {"kind": Exemption.Kind(notice.data["kind_said"]).label})


def opens_waiver(notice):
    return reverse("waiver", args=[notice.subject_id])


def opens_request(notice):
    return reverse("service-request", args=[notice.subject_id])


def opens_open_requests(notice):
    return f"{reverse('service-requests')}?state=open"


def says_unanswered(notice):
    n = notice.data["n"]
    words = ngettext(
        "%(n)s request to the billing system has waited for an answer since %(since)s.",
        "%(n)s requests to the billing system have waited for an answer since %(since)s.",
        n,
    )
    return words % notice.data


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
PROMISE_BROKEN = kind(
    "payment_promise.broken_again",
    _("Account %(account)s has broken its promise to pay, %(n)s in twelve months."),
    icon="exclamation-triangle",
)
EXEMPTION_ASKED = kind(
    "exemption.asked",
    of_exemption(_("%(by)s asks that a line be never stopped for arrears: %(kind)s.")),
    opens=opens_exemption,
    icon="shield-check",
)
EXEMPTION_APPROVED = kind(
    "exemption.approved",
    of_exemption(_("%(by)s approved the exempt line: %(kind)s.")),
    opens=opens_exemption,
    icon="check-circle",
)
EXEMPTION_REFUSED = kind(
    "exemption.refused",
    of_exemption(_("%(by)s did not approve the exempt line: %(kind)s.")),
    opens=opens_exemption,
    icon="x-circle",
)
WAIVER_ASKED = kind(
    "waiver.asked",
    _("%(by)s asks to waive ¥%(amount)s of late fee."),
    opens=opens_waiver,
    icon="receipt-percent",
)
WAIVER_GIVEN = kind(
    "waiver.given",
    _("%(by)s approved: ¥%(amount)s of late fee is waived."),
    opens=opens_waiver,
    icon="check-circle",
)
WAIVER_REFUSED = kind(
    "waiver.refused",
    _("%(by)s did not approve the waiver of ¥%(amount)s of late fee."),
    opens=opens_waiver,
    icon="x-circle",
)
RESTORE_DUE = kind(
    "restore.due",
    _("A line that was to be restored is still stopped; asked at %(since)s."),
    opens=opens_request,
    icon="clock",
)
RESTORE_LATE = kind(
    "restore.late",
    _("A line should have been restored within a day; asked at %(since)s."),
    opens=opens_request,
    icon="exclamation-triangle",
)
RESTORE_LAW = kind(
    "restore.law",
    _("A line is stopped for longer than the law allows after a payment; asked at %(since)s."),
    opens=opens_request,
    icon="exclamation-triangle",
)
RESTORE_REFUSED = kind(
    "restore.refused",
    _("The billing system does not restore a line: %(reason)s"),
    opens=opens_request,
    icon="x-circle",
)
STOP_REFUSED = kind(
    "stop.refused",
    _("The billing system does not stop a line, and dunning of its account rests: %(reason)s"),
    opens=opens_request,
    icon="x-circle",
)
REQUEST_UNANSWERED = kind(
    "request.unanswered", says_unanswered, opens=lambda n: reverse("service-requests"), icon="clock"
)
