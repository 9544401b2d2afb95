"""What a branch duns with before it has changed anything: scenarios and their texts. Planting twice changes nothing."""

from django.db import transaction

from billing.dunning import shipped, texts
from staff.models import Unit, User


@transaction.atomic
def plant(branch: Unit, *, by: User | None = None):
    """What the branch has under the same codes stays as it is."""
    texts.ship(branch, by=by)
    shipped.ship(branch)
