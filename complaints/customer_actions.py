"""Buttons: at the head of the customer's page, after a contact, and for a caller nobody was found for."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.models.complaints import ACCEPT
from customers.header import Action
from customers.masking import reaches
from customers.models import Customer, Interaction
from staff.models import User


def offered(customer: Customer, user: User) -> Iterator[Action]:
    """A complaint is accepted; what they suggest is written down while they speak (A31)."""
    if reaches(user, ACCEPT, customer):
        yield Action(_("Accept a complaint"), reverse("customer-complaint", args=[customer.pk]), "u")
        yield Action(_("Suggestion"), reverse("customer-suggestion", args=[customer.pk]), "g")


def after_contact(interaction: Interaction, user: User) -> Iterator[Action]:
    """From what was said in a contact (H20); the same button as at the head of the page, so another key."""
    if reaches(user, ACCEPT, interaction.customer):
        address = reverse("customer-complaint", args=[interaction.customer_id])
        yield Action(_("Make it a complaint"), f"{address}?visit={interaction.pk}", "y")


def for_call(token: str, user: User) -> Iterator[Action]:
    """From a caller whom nobody knows."""
    if user.has_perm(ACCEPT):
        yield Action(_("Accept a complaint"), f"{reverse('complaint-new')}?call={token}", "u")
