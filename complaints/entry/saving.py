"""One form, one transaction: accepted, its files kept, and where it is settled at the counter, settled."""

from django.db import transaction
from django.utils import timezone

from complaints import moving
from complaints.accepting import accept
from complaints.attaching import attach, checked
from complaints.drafts import keep_draft
from complaints.handling import settle_on_spot
from complaints.models import Complaint
from staff.models import User


@transaction.atomic
def save(form, by: User) -> Complaint:
    """The complaint that a valid form tells of. ValidationError by field: then nothing is kept."""
    at, files = timezone.now(), checked(form.cleaned_data["files"])
    made = accept(by=by, branch=by.branch, at=at, level=form.cleaned_data["level"], **form.told())
    settling = form.settling()
    if settling and made.state == Complaint.State.ACCEPTED:
        made = settle_on_spot(made, by=by, at=at, **settling)
    if files:
        attach(moving.held(made), files, by=by, at=at)  # last: what is refused leaves no file behind
    return made


@transaction.atomic
def save_draft(form, by: User) -> Complaint:
    """As far as it was told."""
    at, files = timezone.now(), checked(form.cleaned_data["files"])
    made = keep_draft(by=by, branch=by.branch, at=at, **form.told())
    if files:
        attach(moving.held(made), files, by=by, at=at)
    return made
