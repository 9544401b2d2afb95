"""What the head of a customer's page says, in two queries, and the places in it that other apps fill.

`CUSTOMER_MARKS` in settings lists dotted paths of functions (customer, user) -> marks, drawn beside the name in that
order: what must be known before the first word is spoken. `CUSTOMER_ACTIONS` lists those of (customer, user) ->
actions, the buttons of other apps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import numbers
from customers.masking import Shown, reaches
from customers.models import Customer, Identifier
from staff.models import User

SIZES = """
    SELECT (SELECT count(*) FROM (SELECT FROM customers_line WHERE customer_id = %(customer)s LIMIT %(most)s) l),
      (SELECT count(*) FROM (SELECT FROM customers_identifier WHERE customer_id = %(customer)s LIMIT %(most)s) i),
      (SELECT count(*) FROM (SELECT FROM customers_managerassignment WHERE customer_id = %(customer)s LIMIT %(most)s) m)
"""


@dataclass(frozen=True)
class Mark:
    """One short statement beside the name; tone as of a tag: plain, info, ok, warn, bad."""

    words: str
    tone: str = "plain"
    icon: str = ""
    url: str = ""  # where it is explained or worked on


@dataclass(frozen=True)
class Action:
    """One button at the head of the page."""

    words: str
    url: str
    key: str  # the single key that presses it


def offered(paths: list[str], about, user: User) -> list[Action]:
    """What the functions of these paths offer about a contact or a call."""
    return [one for path in paths for one in import_string(path)(about, user)]


def standing(customer: Customer, user: User) -> Iterator[Mark]:
    """Whether they have left, and whether they are locked as high-value."""
    if customer.status == Customer.Status.LEFT:
        yield Mark(_("Left on %(day)s") % {"day": customer.left_on}, "warn")
    if customer.locked_high_value:
        yield Mark(_("Locked high-value"), "bad", "lock-closed")


def header(customer: Customer, shown: Shown, user: User) -> dict:
    """Masked phone and document, tenure in words, the marks, and what the person may do here."""
    firsts = customer.identifiers.filter(valid_to=None).order_by("kind", "pk").distinct("kind")
    held = {one.kind: one for one in firsts}
    phone = held.get(Identifier.Kind.CONTACT) or held.get(Identifier.Kind.SERVICE)
    document = held.get(Identifier.Kind.ID_DOCUMENT)
    return {
        "phone": phone and numbers.mask_phone(phone.written),
        "document": document and document.written,
        "tenure": tenure(customer.joined_on, customer.left_on or timezone.localdate()),
        "marks": [mark for path in settings.CUSTOMER_MARKS for mark in import_string(path)(customer, user)],
        "actions": [one for path in settings.CUSTOMER_ACTIONS for one in import_string(path)(customer, user)],
        "may": {right: reaches(user, f"customers.{right}", customer) for right in ("record_interaction", "change")},
    }


def sizes(customer: Customer, most: int) -> dict[str, int]:
    """How many rows each of the first panels will show, counted up to `most`, so that it keeps that room."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"customer": customer.pk, "most": most})
        return dict(zip(("lines", "identifiers", "manager"), cursor.fetchone(), strict=True))


def tenure(since: date | None, until: date) -> str:
    """How long somebody has been a customer, in full years or, in the first one, in months."""
    if since is None or since > until:
        return ""
    months = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    years = months // 12
    if years:
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    if months:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return _("new")
