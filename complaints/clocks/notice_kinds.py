"""The kinds of notices of this app."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.models.policies import PolicyStep
from work.kinds import kind

WARNING = "exclamation-triangle"
REASONS = {
    "regulator": _("came through the regulator"),
    "major": _("is major"),
    "locked": _("is of a locked high-value customer"),
    "repeated": _("was made for the third time"),
}
LAW = {
    "warning": _("Complaint %(number)s is not answered yet; the law wants an answer by %(due)s."),
    "critical": _("Complaint %(number)s has to be answered in these days; the law wants it by %(due)s."),
    "last day": _("Complaint %(number)s has to be answered today: tomorrow the customer may appeal."),
    "over": _("Complaint %(number)s was not answered in the time of the law; the customer may appeal."),
}


def opens_complaint(notice):
    return reverse("complaint", args=[notice.subject_id])


def opens_home(notice):
    return reverse("inbox")


def of_clock(words):
    """Words that may name the clock."""
    return lambda notice: words % (notice.data | {"clock": PolicyStep.Clock(notice.data["clock"]).label})


def law_words(notice):
    return LAW[notice.data["step"]] % notice.data


def flagged_words(notice):
    words = _("Complaint %(number)s %(reasons)s.")
    return words % {
        "number": notice.data["number"],
        "reasons": ", ".join(str(REASONS[one]) for one in notice.data["reasons"]),
    }


def near_words(notice):
    n = notice.data["n"]
    return ngettext("%(n)s complaint of yours nears its time.", "%(n)s complaints of yours near their time.", n) % {
        "n": n
    }


def late_words(notice):
    n = notice.data["n"]
    return ngettext("%(n)s complaint in your area is late.", "%(n)s complaints in your area are late.", n) % {"n": n}


NEAR = kind(
    "complaint.near",
    of_clock(_("Complaint %(number)s: %(clock)s due at %(due)s.")),
    opens=opens_complaint,
    icon="clock",
)
LATE = kind(
    "complaint.late",
    of_clock(_("Complaint %(number)s of %(owner)s is late: %(clock)s was due at %(due)s.")),
    opens=opens_complaint,
    icon=WARNING,
)
LATE_LATER = kind(
    "complaint.late_later",
    of_clock(_("Complaint %(number)s of %(owner)s is late: %(clock)s was due at %(due)s.")),
    opens=opens_complaint,
    icon=WARNING,
    waits=True,
)
LEGAL = kind("complaint.legal", law_words, opens=opens_complaint, icon=WARNING)
FLAGGED = kind("complaint.flagged", flagged_words, opens=opens_complaint, icon=WARNING)
SEVERAL_NEAR = kind("complaint.several_near", near_words, opens=opens_home, icon="clock")
SEVERAL_LATE = kind("complaint.several_late", late_words, opens=opens_home, icon=WARNING)
BATCH = kind(
    "complaint.batch",
    _("%(n)s complaints of one class came in on one day: %(class_)s."),
    opens=opens_complaint,
    icon=WARNING,
)
APPEAL = kind(
    "complaint.appeal",
    _("The customer of complaint %(number)s appealed to %(authority)s."),
    opens=opens_complaint,
    icon="scale",
)
APPEAL_WORDS = {
    "decide": _("%(authority)s decides within a day about the appeal of complaint %(number)s: it has no answer yet."),
    "answer": _("The appeal of complaint %(number)s at %(authority)s ends within a day."),
}
APPEAL_DUE = kind(
    "complaint.appeal_due",
    lambda notice: APPEAL_WORDS[notice.data["which"]] % notice.data,
    opens=opens_complaint,
    icon="scale",
)
