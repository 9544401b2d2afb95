"""The steps of the three runs. Right and reach are asked again for each row, of the person as they are at that moment.

A row is tried as it is done, by the operation itself, and taken back again within the transaction: what the preview
says is what the operation says. It is done in a transaction of its own, with what became of it, so that a kill neither
loses nor repeats one, and locks never pile up.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Subquery
from django.utils.translation import gettext as _

from audit.trail import plain
from jobs.bulk import lists
from jobs.models import Bulk, BulkRow

TRIED_AT_ONCE = 20
S = BulkRow.State


@dataclass
class Outcome:
    state: str
    reason: str = ""
    kept: dict = field(default_factory=dict)
    edition: int | Subquery | None = None

    def write(self, row):
        row.state, row.reason, row.kept, row.edition = self.state, self.reason[:300], self.kept, self.edition
        row.save(update_fields=["state", "reason", "kept", "edition"])


class TakenBack(Exception):
    """A trial ends so: nothing of it stays."""


def check(run) -> bool:
    """Try the next rows."""
    bulk = Bulk.objects.select_related("asked_by__branch").filter(check_run=run.pk).first()  # None: cleared out
    rows = list(bulk.rows.filter(state=S.COUNTED).order_by("pk")[:TRIED_AT_ONCE]) if bulk else []
    found = [_tried(bulk, row) for row in rows]
    for row, outcome in zip(rows, found, strict=True):
        outcome.write(row)
    fit = sum(one.state == S.FIT for one in found)
    run.count(len(rows), fit=fit, left_out=len(rows) - fit)
    return len(rows) == TRIED_AT_ONCE


def do_next(run) -> bool:
    """Do the next row; none after its undoing was asked for, though the run was given up and is tried again."""
    row = _next("pk", S.FIT, run=run.pk, undo_run=None)
    if row is None:
        return False
    outcome = _attempted(row.bulk, row, S.REFUSED)
    outcome.write(row)
    run.count(1, **{"changed" if outcome.state == S.DONE else "refused": 1})
    return True


def undo_next(run) -> bool:
    """Take the row back that was done last."""
    row = _next("-pk", S.DONE, undo_run=run.pk)
    if row is None:
        return False
    outcome = _undone(row.bulk, row)
    outcome.write(row)
    run.count(1, **{outcome.state: 1})
    return True


def _next(order, state, **of):
    """Held, so that a row is never done twice, whichever runs of the set there are; with the set and the person as they
    are now, not as the worker met them a row ago.
    """
    bulk = Bulk.objects.filter(**of).values("pk")[:1]  # one value, so that the first of its rows is met along the index
    rows = BulkRow.objects.select_related("bulk__asked_by__branch").filter(bulk=bulk, state=state).order_by(order)
    return rows.select_for_update(of=("self",), skip_locked=True).first()


def _tried(bulk, row):
    found = Outcome(S.FIT)
    try:
        with transaction.atomic():
            outcome = _attempted(bulk, row, S.LEFT_OUT)
            if outcome.state != S.DONE:
                found = outcome
            raise TakenBack
    except TakenBack:
        return found


def _attempted(bulk, row, refused):
    """Done, or `refused` with the reason; what was refused has changed nothing."""
    of = lists.get(bulk.list)
    action = of.action(bulk.action)
    try:
        with transaction.atomic():
            one = _held(of, action, bulk.asked_by, row.subject_id)
            kept = action.do(one, bulk.asked_by, _told(action, bulk)) or {}
            edition = Subquery(type(one)._base_manager.filter(pk=one.pk).values(of.edition))
    except ValidationError as refusal:
        return Outcome(refused, _said(refusal))
    except IntegrityError:
        return Outcome(refused, _("The database refused it."))
    return Outcome(S.DONE, "", plain(kept), edition)


def _held(of, action, by, pk):
    """The row, locked before it is judged; ValidationError where the person may not do this with it at this moment."""
    if not by.has_perm(of.right):
        raise ValidationError(_("You do not have the right any more."), code="right")
    one, reached = of.hold(pk), of.reached(by).filter(pk=pk)
    if not action.rows(reached, by).exists():
        if reached.exists():
            raise ValidationError(_("You may see it, but not do this with it."), code="right")
        raise ValidationError(_("It is out of your reach."), code="reach")
    return one


def _told(action, bulk):
    form = action.form(bulk.told, user=bulk.asked_by)
    if not form.is_valid():
        raise ValidationError([text for texts in form.errors.values() for text in texts])
    return form.cleaned_data | {"key": f"bulk:{bulk.pk}"}


def _undone(bulk, row):
    of = lists.get(bulk.list)
    action = of.action(bulk.action)
    try:
        with transaction.atomic():
            one = _held(of, action, bulk.asked_by, row.subject_id)
            if getattr(one, of.edition) != row.edition:
                raise ValidationError(_("It was changed since."), code="outdated")
            action.undo(one, bulk.asked_by, row.kept)
    except ValidationError as refusal:
        return Outcome(S.STAYS, _said(refusal), row.kept, row.edition)
    except IntegrityError:
        return Outcome(S.STAYS, _("The database refused it."), row.kept, row.edition)
    return Outcome(S.UNDONE, "", row.kept, row.edition)


def _said(refusal):
    return " ".join(refusal.messages)
