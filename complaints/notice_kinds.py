"""The kinds of notices of this app."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.clocks import notice_kinds as clocks  # noqa: F401  declares those of clocks
from work.kinds import kind


def opens_complaint(notice):
    return reverse("complaint", args=[notice.subject_id])


def opens_tasks(notice):
    return reverse("complaint-tasks")


def of_complaint(name, words, **options):
    return kind(f"complaint.{name}", words, **{"opens": opens_complaint, "icon": "chat-bubble-left-right"} | options)


def desk(whose):
    return lambda notice: f"{reverse('complaints')}?whose={whose}"


def owned_words(notice):
    n = notice.data["n"]
    return ngettext("%(n)s complaint is yours now.", "%(n)s complaints are yours now.", n) % {"n": n}


def passed_words(notice):
    n = notice.data["n"]
    words = ngettext(
        "%(n)s complaint was handed over more often than it should be.",
        "%(n)s complaints were handed over more often than they should be.",
        n,
    )
    return words % {"n": n}


OWNED = of_complaint("owned", _("Complaint %(number)s is yours now."))
PASSED = of_complaint(
    "passed_around",
    _("Complaint %(number)s was handed over %(n)s times."),
    icon="exclamation-triangle",
)
MANY_OWNED = of_complaint("many_owned", owned_words, opens=desk("mine"))
MANY_PASSED = of_complaint("many_passed_around", passed_words, opens=desk("units"), icon="exclamation-triangle")
UNTOUCHED = of_complaint("untouched", _("Nobody has touched complaint %(number)s."), icon="exclamation-triangle")
GOES_ON = of_complaint("goes_on", _("The customer did not answer in time: complaint %(number)s goes on."), icon="clock")
TASKS_DONE = of_complaint("tasks_done", _("All departments are done: complaint %(number)s goes on."))
TASK_ENDED = of_complaint("task_ended", _("%(unit)s finished or returned its task of complaint %(number)s."))
TASK_LATE = of_complaint("task_late", _("A task of %(unit)s is late: complaint %(number)s."), icon="clock")
TASK_MADE = of_complaint(
    "task_made", _("A task of complaint %(number)s waits for %(unit)s."), opens=opens_tasks, icon="inbox-arrow-down"
)
REOPENED = of_complaint("reopened", _("Complaint %(number)s was reopened."), icon="arrow-uturn-left")
REOPENED_AGAIN = of_complaint(
    "reopened_again", _("Complaint %(number)s was reopened for the second time or more."), icon="exclamation-triangle"
)
COORDINATES = of_complaint("coordinates", _("You coordinate the departments of complaint %(number)s."))
COMPENSATION_ASKED = of_complaint(
    "compensation_asked", _("%(by)s asks to give back ¥%(amount)s for complaint %(number)s."), icon="banknotes"
)
COMPENSATION_GIVEN = of_complaint(
    "compensation_given", _("¥%(amount)s for complaint %(number)s was approved."), icon="check-circle"
)
COMPENSATION_REFUSED = of_complaint(
    "compensation_refused", _("¥%(amount)s for complaint %(number)s was not approved."), icon="x-circle"
)
INCIDENT_LEFT = of_complaint(
    "incident_left",
    _("Its incident is over, but complaint %(number)s still needs you: %(reason)s"),
    icon="exclamation-triangle",
)
SUGGESTION_LATE = kind(
    "suggestion.late",
    _("A suggestion waits for its answer, and its time is over."),
    opens=lambda notice: reverse("suggestion", args=[notice.subject_id]),
    icon="light-bulb",
)
