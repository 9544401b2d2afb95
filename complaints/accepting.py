"""A complaint is accepted at once, whoever it concerns: number, first owner, level, message (A11, A23, A24, 4.1)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing.dunning.days import day_in
from complaints import moving, owners, weighing
from complaints.acknowledging import acknowledge
from complaints.clocks.choosing import choose
from complaints.clocks.following import begin
from complaints.contesting import contest
from complaints.models import Complaint, ComplaintRules, ComplaintSeries
from complaints.told import emptied, still, told_of
from staff.models import Unit, User
from staff.rights import RIGHTS
from staff.scope import postings_of

RIGHT = "complaints.accept"
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@transaction.atomic
def accept(
    *,
    by: User,
    branch: Unit,
    key: str,
    at: datetime | None = None,
    level: int | None = None,
    owner: User | None = None,
    imported: bool = False,
    edition: int | None = None,
    **told,
) -> Complaint:
    """The complaint in state accepted, with `by` as its first owner, and as its owner unless another is named.

    `told` are fields of `complaints.told`. The same `key` is one complaint, however often it is sent; a draft of this
    key is completed (`edition`: as the person saw it). Whom it concerns does not own it: then the nearest leader does.
    The customer is sent the number; an imported complaint makes no message and contests nothing.
    ValidationError by field. Locks the account of a contested bill, then the draft.
    """
    at, key = at or timezone.now(), str(key)
    take_turns("complaint", branch.pk, key)
    made = of_key(branch, key)
    if made and made.state != Complaint.State.DRAFT:
        return the_same(made, by, told.get("customer"))
    fields = told_of(branch, told, at)
    fields |= owned(by, branch, owner, fields.get("person")) | _contested(fields, by, key, at, imported)
    rules = ComplaintRules.of(branch)
    fields |= _weighed(fields, level, made, rules) | {"accepted_at": at, "imported": imported}
    accepted = _completed(made, by, at, edition, fields) if made else begun(branch, key, by, at, fields, rules=rules)
    record(accepted, "complaint.accepted", by=by, customer=accepted.customer_id, **_summary(accepted))
    if not imported:
        acknowledge(accepted, by=by)
    return accepted


def take_turns(*of):
    """Whoever does the same at this moment waits until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURNS, [" ".join(map(str, of))])


def of_key(branch: Unit, key: str) -> Complaint | None:
    """What the key made before; as a rule nothing, which is known without reading a whole complaint."""
    pk = Complaint.objects.filter(branch=branch, key=key).values_list("pk", flat=True).first()
    return pk and Complaint.objects.get(pk=pk)


def the_same(made: Complaint, by: User, customer) -> Complaint:
    """What the key made before; ValidationError where it was somebody else's, or about another customer."""
    if (made.first_owner_id, made.customer_id) != (by.pk, customer and customer.pk):
        raise ValidationError(_("This form was already used for another complaint; open it afresh."))
    return made


def begun(branch: Unit, key: str, by: User, at: datetime, fields: dict, *, rules: ComplaintRules | None = None):
    """A complaint with the next number of the branch, the first row of its log, and its clocks."""
    made = Complaint(branch=branch, key=key, touched_at=at, **fields)
    made.version = None if made.state == Complaint.State.DRAFT else choose(made)
    still(fields)
    made.number = ComplaintSeries.take(branch, day_in(branch, at).year)
    made.save(force_insert=True)
    begin(made, moving.begin(made, by=by, at=at), rules or ComplaintRules.of(branch), at)
    return made


def owned(by: User, branch: Unit, owner: User | None, person: User | None) -> dict:
    """Who cares from the beginning, and for which unit. ValidationError where it can only be the person concerned."""
    unit = place_of(by, branch)
    owner = owner or by
    if person == owner:
        owner = owners.instead(unit, branch, {person.pk}) or owners.anybody(branch, {person.pk})
    if owner is None:
        raise ValidationError({"person": _("Nobody else is there to own this complaint; name another owner.")})
    return {"first_owner": by, "owner": owner, "unit": unit, "accepted_unit": unit}


def place_of(by: User, branch: Unit) -> Unit:
    """Where the person accepts complaints today; for those who only bring files in, the branch."""
    here = [posting.unit for posting in postings_of(by) if posting.unit.home_id == branch.pk]
    may = [posting.unit for posting in postings_of(by) if posting.role in RIGHTS[RIGHT] and posting.unit in here]
    return next(iter(may or here), branch)


def _contested(fields, by, key, at, imported):
    """The dispute of the bill, where the class contests a charge."""
    bill = fields.get("bill")
    if imported or not (bill and fields["category"].disputes):
        return {}
    return {"hold": contest(bill, by=by, key=key, words=fields["words"], at=at, person=fields.get("person"))}


def _weighed(fields, level, made, rules):
    """Level and repeat; two complaints of one customer are weighed one after the other."""
    customer = fields.get("customer")
    if customer:
        take_turns("complaints of", customer.pk)
    repeats = weighing.earlier(customer, fields["category"], fields["received_at"], but=made and made.pk, rules=rules)
    repeated = repeats is not None
    return {
        "level": weighing.level_of(fields, repeated=repeated, level=level),
        "is_repeat": repeated,
        "repeats": repeats,
    }


def _completed(draft, by, at, edition, fields):
    """The draft with all that was missing; what the clocks count from stays its first receipt."""
    held = moving.held(draft, edition)
    if held.state != Complaint.State.DRAFT:
        return the_same(held, by, fields.get("customer"))
    still(fields)
    fields = emptied() | fields | {"received_at": held.received_at}
    return moving.move(held, Complaint.State.ACCEPTED, by=by, at=at, **fields)


def _summary(complaint):
    return {
        "number": complaint.number,
        "class": complaint.category.code,
        "channel": complaint.channel,
        "level": complaint.level,
        "repeat": complaint.is_repeat,
    }


def accepted_by(user: User):
    """What the person accepted or began themselves, in the branches where they work today."""
    return Complaint.objects.filter(first_owner=user, branch__in=user.branches_today())


def drafts_of(user: User):
    return accepted_by(user).filter(state=Complaint.State.DRAFT)
