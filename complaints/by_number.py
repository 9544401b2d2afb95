"""A complaint in the search box, by the number that its customer was told."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.models import Complaint
from customers.search.elsewhere import Thing
from staff.models import User

WHOLE = re.compile(r"(\d{2})-?(\d{6,7})", re.ASCII)
MOST = 5  # branches in which one person works may have given the same number


def found(text: str, user: User) -> Iterator[Thing]:
    """The complaints within reach with this whole number, "26-000123" or "26000123"."""
    written = WHOLE.fullmatch(normalize("NFKC", text).strip())
    if not written:
        return
    asked = {"branch__in": user.branches_today(), "number": "-".join(written.groups())}
    rows = Complaint.objects.visible_to(user).filter(**asked)
    for one in rows.select_related("category").order_by("pk")[:MOST]:
        about = str(one.category or one.get_state_display())
        yield Thing(_("Complaint"), one.number, about, reverse("complaint", args=[one.pk]))
