"""What the head of a customer's page says, in two queries."""

from datetime import date

from django.db import connection
from django.utils import timezone
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


def header(customer: Customer, shown: Shown, user: User) -> dict:
    """Masked phone and document, tenure in words, how many lines and numbers, and what the person may do here."""
    firsts = customer.identifiers.filter(valid_to=None).order_by("kind", "pk").distinct("kind")
    held = {one.kind: one for one in firsts}
    phone = held.get(Identifier.Kind.CONTACT) or held.get(Identifier.Kind.SERVICE)
    document = held.get(Identifier.Kind.ID_DOCUMENT)
    return {
        "phone": phone and numbers.mask_phone(phone.written),
        "document": document and document.written,
        "tenure": tenure(customer.joined_on, customer.left_on or timezone.localdate()),
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
