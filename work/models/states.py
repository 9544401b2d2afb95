"""What a follow-up may be, where it stands and what may come next (domain 4.4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    CALLBACK = "callback", _("Callback")
    VISIT = "visit", pgettext_lazy("follow-up", "Visit")
    CARE = "care", _("Customer care")
    PROMISE = "promise", _("Promise")
    REMEDY = "remedy", _("Remedy")
    PROACTIVE = "proactive", _("Proactive service")


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DUE = "due", _("Due")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE_SATISFIED = "done_satisfied", _("Done, satisfied")
    DONE_NEUTRAL = "done_neutral", _("Done")
    DONE_DISSATISFIED = "done_dissatisfied", _("Done, dissatisfied")
    REMEDY_OPEN = "remedy_open", _("Waits for the remedy")
    REMEDY_DONE = "remedy_done", _("Remedied")
    RECHECK = "recheck", _("To be asked again")
    UNREACHABLE = "unreachable", _("Not reached")
    REFUSED = "refused", _("Refused by the customer")
    CANCELLED = "cancelled", _("Cancelled")


S = State
ANSWERED = {S.DONE_SATISFIED, S.DONE_NEUTRAL, S.DONE_DISSATISFIED}
TO_DO = (S.PLANNED, S.DUE, S.IN_PROGRESS, S.RECHECK)  # somebody has to act on the follow-up itself
OPEN = (*TO_DO, S.REMEDY_OPEN, S.REMEDY_DONE)
WAITING = (S.PLANNED, S.REMEDY_DONE)  # for their time; then they are due
RIPE = (S.DUE, S.IN_PROGRESS, S.RECHECK)  # its time has come
MOVES = {
    S.PLANNED: {S.DUE, S.IN_PROGRESS, S.CANCELLED},
    S.DUE: {S.PLANNED, S.IN_PROGRESS, S.CANCELLED},
    S.IN_PROGRESS: {S.PLANNED, S.UNREACHABLE, S.REFUSED, S.CANCELLED} | ANSWERED,
    S.DONE_SATISFIED: {S.DUE},  # taken back
    S.DONE_NEUTRAL: {S.DUE},
    S.DONE_DISSATISFIED: {S.REMEDY_OPEN},
    S.REMEDY_OPEN: {S.REMEDY_DONE, S.CANCELLED},
    S.REMEDY_DONE: {S.RECHECK, S.CANCELLED},
    S.RECHECK: {S.PLANNED, S.IN_PROGRESS, S.CANCELLED},
    S.UNREACHABLE: {S.DUE, S.CANCELLED},
    S.REFUSED: set(),
    S.CANCELLED: set(),
}


class Outcome(models.TextChoices):
    """What came of one try to reach the customer."""

    ANSWERED = "answered", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Line busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    REFUSED = "refused", _("Wants no call")
    CALL_LATER = "call_later", _("Asked to be called later")


FAILED = {Outcome.NO_ANSWER, Outcome.BUSY, Outcome.WRONG_NUMBER}


class Result(models.TextChoices):
    """How the customer felt about what they were asked, or that the thing promised is done."""

    SATISFIED = "satisfied", _("Satisfied")
    NEUTRAL = "neutral", _("Neutral")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")


class Origin(models.TextChoices):
    RULE = "rule", _("A rule of the branch")
    PERSON = "person", _("A person")
    ANALYSIS = "analysis", _("An analysis of the data")


class Told(models.TextChoices):
    """How the customer heard what they were promised."""

    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")
    SMS = "sms", _("By SMS")
    WECHAT = "wechat", _("By WeChat")
    EMAIL = "email", _("By e-mail")


class Priority(models.IntegerChoices):
    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, pgettext_lazy("priority", "Normal")
