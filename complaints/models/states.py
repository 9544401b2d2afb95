"""Where a complaint and its parts stand, and what may come next (domain 4.1 with amendment 1)."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("complaint", "Not complete")
    ACCEPTED = "accepted", pgettext_lazy("complaint", "Accepted")
    ASSIGNED = "assigned", pgettext_lazy("complaint", "Assigned")
    IN_PROGRESS = "in_progress", pgettext_lazy("complaint", "In progress")
    WAITING_CUSTOMER = "waiting_customer", _("Waits for the customer")
    WAITING_DEPARTMENT = "waiting_department", _("Waits for departments")
    RESOLVED = "resolved", pgettext_lazy("complaint", "Resolved")
    CALLBACK_DUE = "callback_due", _("To be called back")
    REOPENED = "reopened", pgettext_lazy("complaint", "Reopened")
    CLOSED = "closed", pgettext_lazy("complaint", "Closed")
    REJECTED = "rejected", _("Not ours")
    MERGED = "merged", pgettext_lazy("complaint", "Merged")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Withdrawn by the customer")


S = State
WAITING = (S.WAITING_CUSTOMER, S.WAITING_DEPARTMENT)
IN_HAND = (S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, *WAITING, S.REOPENED)  # an answer is owed
OPEN = (S.DRAFT, *IN_HAND, S.RESOLVED, S.CALLBACK_DUE, S.REJECTED)  # not over yet
OVER = (S.CLOSED, S.MERGED, S.WITHDRAWN)
SIDE = {S.REJECTED, S.WITHDRAWN, S.MERGED}  # any that is in hand may leave this way
MOVES = {
    S.DRAFT: {S.ACCEPTED, S.WITHDRAWN, S.MERGED},
    S.ACCEPTED: {S.ASSIGNED, S.RESOLVED} | SIDE,
    S.ASSIGNED: {S.IN_PROGRESS} | SIDE,
    S.IN_PROGRESS: {S.WAITING_CUSTOMER, S.WAITING_DEPARTMENT, S.RESOLVED} | SIDE,
    S.WAITING_CUSTOMER: {S.IN_PROGRESS} | SIDE,
    S.WAITING_DEPARTMENT: {S.IN_PROGRESS} | SIDE,
    S.RESOLVED: {S.CALLBACK_DUE},
    S.CALLBACK_DUE: {S.CLOSED, S.REOPENED},
    S.REOPENED: {S.ASSIGNED} | SIDE,
    S.REJECTED: {S.CALLBACK_DUE},
    S.CLOSED: {S.REOPENED},
    S.MERGED: {S.DRAFT, *IN_HAND},  # taken back within some days, to what it was
    S.WITHDRAWN: set(),
}


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    ACCEPTED = "accepted", pgettext_lazy("task", "Accepted")
    DONE = "done", pgettext_lazy("task", "Done")
    RETURNED = "returned", pgettext_lazy("task", "Returned")
    CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")


TASK_OPEN = (TaskState.OPEN, TaskState.ACCEPTED)
TASK_MOVES = {
    TaskState.OPEN: {TaskState.ACCEPTED, TaskState.RETURNED, TaskState.CANCELLED},
    TaskState.ACCEPTED: {TaskState.DONE, TaskState.RETURNED, TaskState.CANCELLED},
    TaskState.DONE: set(),
    TaskState.RETURNED: set(),
    TaskState.CANCELLED: set(),
}


class Area(models.TextChoices):
    """The regulator's three classes, the first level of every category (domain 2.1 no. 29)."""

    SERVICE = "service", _("User service")
    NETWORK = "network", _("Network quality")
    CHARGES = "charges", _("Charges")


class Channel(models.TextChoices):
    """By which door it came."""

    HALL = "hall", _("Service hall")
    HOTLINE = "hotline", _("Hotline")
    PHONE = "phone", _("Phone call")
    VISIT = "visit", _("Visit")
    APP = "app", _("App")
    WECHAT = "wechat", _("WeChat")
    WEB = "web", _("Website")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    LETTER = "letter", _("Letter")
    REGULATOR = "regulator", _("Regulator")


class AnswerWay(models.TextChoices):
    """How the customer wishes to be answered, or was."""

    PHONE = "phone", _("By phone")
    SMS = "sms", _("By SMS")
    EMAIL = "email", _("By e-mail")
    IN_PERSON = "in_person", _("In person")
    LETTER = "letter", _("By letter")


class Level(models.IntegerChoices):
    """Who has to care: general, VIP or group or repeated, major (domain 2.3)."""

    GENERAL = 1, _("General")
    RAISED = 2, _("Raised")
    MAJOR = 3, _("Major")


class Liability(models.TextChoices):
    """Whose doing it was; the customer's own still wants an answer and a callback (D14)."""

    OURS = "ours", _("Ours")
    PARTNER = "partner", _("A partner's")
    CUSTOMER = "customer", _("The customer's own")
    OUTSIDE = "outside", _("Beyond control")
    UNCLEAR = "unclear", _("Cannot be cleared up")


class Satisfied(models.TextChoices):
    """What came of the last callback."""

    SATISFIED = "satisfied", _("Satisfied")
    NEUTRAL = "neutral", _("Neutral")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")
    UNREACHED = "unreached", _("Not reached")
