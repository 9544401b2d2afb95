"""The button at the head of the customer's page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.counter.taking import RIGHT
from customers.header import Action
from customers.masking import reaches
from customers.models import Customer
from staff.models import User


def offered(customer: Customer, user: User) -> Iterator[Action]:
    if reaches(user, RIGHT, customer):
        yield Action(_("Take a payment"), reverse("pay", args=[customer.pk]), "p")
