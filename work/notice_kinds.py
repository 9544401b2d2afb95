"""The kinds of notices of this app."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from work.kinds import kind
from work.models.states import Kind


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
UNABLE = kind(
    "absence.deputy_unable",
    _("%(deputy)s can no longer stand in for %(person)s: choose another deputy."),
    opens=lambda notice: reverse("absence-deputy", args=[notice.subject_id]),
    icon="exclamation-triangle",
)
ENTERED = kind(
    "absence.entered",
    _("%(by)s entered an absence for you from %(first)s to %(last)s; %(deputy)s stands in."),
    opens=opens_own_absences,
    icon="calendar-days",
)


def opens_follow_up(notice):
    return reverse("follow-up", args=[notice.subject_id])


def of_follow_up(name, words, **options):
    """A notice whose words may name the kind of follow-up."""
    return kind(f"follow_up.{name}", lambda notice: words % _named(notice), opens=opens_follow_up, **options)


def _named(notice):
    return notice.data | {"kind": Kind(notice.data["thing"]).label}


DUE = of_follow_up("due", _("Due now: %(kind)s"), icon="phone")
POOL = kind(
    "follow_up.pool",
    _("Due now in %(unit)s: somebody has to take it."),
    opens=lambda notice: reverse("day"),
    icon="phone",
)
UNTAKEN = kind(
    "follow_up.untaken",
    _("Nobody has taken what is due in %(unit)s."),
    opens=lambda notice: f"{reverse('follow-ups')}?which=nobodys&unit={notice.subject_id}",
    icon="exclamation-triangle",
)
BROKEN = of_follow_up("broken", _("A promise was not kept in time."), icon="exclamation-triangle")
STALLED = of_follow_up("stalled", _("Nothing was noted for days: %(kind)s"), icon="clock")
ESCALATED = of_follow_up("escalated", _("Late in your area: %(kind)s of %(owner)s"), icon="exclamation-triangle")
LATE = of_follow_up(
    "late", _("Late for long in your area: %(kind)s of %(owner)s"), icon="exclamation-triangle", waits=True
)


def late_list(notice):
    return reverse("follow-ups")


MORE_LATE = kind("follow_up.more_late", _("More follow-ups in your area are late."), opens=late_list, icon="clock")


def stranded_words(notice):
    n = notice.data["n"]
    words = ngettext(
        "%(n)s follow-up of %(person)s has no owner now: they cannot do it any more.",
        "%(n)s follow-ups of %(person)s have no owner now: they cannot do them any more.",
        n,
    )
    return words % notice.data


STRANDED = kind(
    "follow_up.stranded",
    stranded_words,
    opens=lambda notice: f"{reverse('follow-ups')}?which=nobodys",
    icon="exclamation-triangle",
)
