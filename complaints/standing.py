"""On the customer's page: that a complaint is open, and when the next of its clocks ends."""

from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.models.complaints import KNOW
from customers.header import Mark
from customers.masking import reaches
from customers.models import Customer
from staff.models import User

MOST = 3


def marks(customer: Customer, user: User) -> Iterator[Mark]:
    """The open complaints with the clock that ends first, for whoever sees the customer. One query."""
    if not reaches(user, KNOW, customer):
        return
    rows = Complaint.objects.not_about(user).filter(customer=customer).open().select_related("category")
    for one in rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST]:
        yield Mark(_words(one), _tone(one), "exclamation-triangle", reverse("complaint", args=[one.pk]))


def _words(one):
    about = one.category or one.get_state_display()
    if not one.due_at:
        return _("Complaint %(number)s: %(about)s") % {"number": one.number, "about": about}
    due = timezone.localtime(one.due_at)
    said = {"number": one.number, "about": about, "due": f"{due:%m-%d %H:%M}"}
    return _("Complaint %(number)s: %(about)s, due %(due)s") % said


def _tone(one):
    return "bad" if one.due_at and one.due_at < timezone.now() else "warn"
