"""What the head of a customer's page says, in three queries."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import numbers
from customers.masking import Shown, reaches
from customers.models import Customer, Identifier
from staff.models import User


def header(customer: Customer, shown: Shown, user: User) -> dict:
    """Masked phone and document, tenure in words, how many lines and numbers, and what the person may do here."""
    held = list(customer.identifiers.filter(valid_to=None).order_by("pk"))
    phone = _first(held, Identifier.Kind.CONTACT) or _first(held, Identifier.Kind.SERVICE)
    document = _first(held, Identifier.Kind.ID_DOCUMENT)
    return {
        "phone": phone and numbers.mask_phone(phone.written),
        "document": document and document.written,
        "tenure": tenure(customer.joined_on, customer.left_on or timezone.localdate()),
        "may": {right: reaches(user, f"customers.{right}", customer) for right in ("record_interaction", "change")},
    }


def _first(held, kind):
    return next((one for one in held if one.kind == kind), None)


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
