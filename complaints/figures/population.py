"""How many customers there are to complain: of whom the rates per customer are (2.4)."""

from django.db.models import Count

from complaints.figures.sets import FIGURES
from customers.models import Customer
from staff.models import Unit, User


def customers_by(user: User, branch: Unit, column: str = "") -> dict:
    """{value of the column: active customers within reach}; without a column {None: all of them}."""
    rows = Customer.objects.reached_with(FIGURES, user).filter(branch=branch, status=Customer.Status.ACTIVE)
    return dict(rows.order_by().values_list(column).annotate(Count("pk"))) if column else {None: rows.count()}
