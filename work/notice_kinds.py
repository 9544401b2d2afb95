"""The kinds of notices of this app."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from work.kinds import kind


def digest_words(notice):
    n = notice.data["n"]
    return ngettext("%(n)s thing came in while you were off.", "%(n)s things came in while you were off.", n) % {"n": n}


def opens_own_absences(notice):
    return reverse("own-absence")


DIGEST = kind("work.digest", digest_words, opens=lambda notice: reverse("inbox"), icon="sun")
STANDS_IN = kind(
    "absence.stands_in",
    _("You stand in for %(person)s from %(first)s to %(last)s."),
    opens=opens_own_absences,
    icon="calendar-days",
)
IS_BACK = kind(
    "absence.is_back",
    _("%(person)s is back; you no longer stand in."),
    opens=opens_own_absences,
    icon="calendar-days",
)
ENTERED = kind(
    "absence.entered",
    _("%(by)s entered an absence for you from %(first)s to %(last)s; %(deputy)s stands in."),
    opens=opens_own_absences,
    icon="calendar-days",
)
