"""The call to a customer about their complaint: one try, and the questions where they were reached (A22, F15, peers F).

The same form sent twice is one call: its key is that of the note it leaves with the complaint.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import callers, calling_strangers, hearing, moving, notes
from complaints.calling_back import callback_of, round_of
from complaints.judgement import result_of
from complaints.models import CallbackAnswer, Complaint, Note
from customers.visits import without_id_numbers
from staff.models import User
from work import attempting, merging
from work.models.states import Outcome


@transaction.atomic
def call(
    complaint: Complaint, outcome: str, *, by: User, at: datetime, key: str, said: dict | None = None, note: str = "",
    call_at: datetime | None = None, parts: dict | None = None,
) -> Complaint:  # fmt: skip
    """Keep one call and what follows from it: closed, reopened, a remedy, or another try.

    `said` answers the questions where the customer was reached: {"solved": bool, "result": 1–10, …}. `parts` is {id of
    another part of this call: result}. ValidationError by field; code "own_work" for who dealt with the complaint.
    """
    follow_up = callback_of(complaint)
    if follow_up:
        merging.lock_call(follow_up)
    one = moving.held(complaint)
    if notes.of_key(one, key):
        return one
    callers.refuse_party(one, by)
    _refuse(one, follow_up, outcome, said)
    note = without_id_numbers(note.strip())
    result = _keep(one, follow_up, said, by=by, at=at, note=note) if outcome == Outcome.ANSWERED else ""
    _note(one, outcome, note, by=by, at=at, key=key)
    told = {"by": by, "at": at, "note": note, "call_at": call_at}
    if follow_up:
        attempting.attempt(follow_up, outcome, result=result, answers=parts, **told)
    else:
        calling_strangers.tried(one, outcome, result, **told)
    one.refresh_from_db()
    return one


def _refuse(one, follow_up, outcome, said):
    waits = one.state == Complaint.State.CALLBACK_DUE or (follow_up and hearing.was_missed(one))
    if not waits or (follow_up and not follow_up.is_to_do):
        raise ValidationError(_("No callback is due for this complaint."), code="move")
    if outcome == Outcome.ANSWERED and (not said or said.get("solved") is None or said.get("result") is None):
        raise ValidationError({"result": _("Ask whether it is solved, and for a mark for the result.")})


def _keep(one, follow_up, said, *, by, at, note):
    asked = follow_up.round if follow_up else 1
    made = CallbackAnswer.objects.create(
        complaint=one, follow_up=follow_up, round=round_of(one), asked=asked, at=at, by=by, comment=note, **said
    )
    result = result_of(made.solved, made.result)
    record(one, "complaint.called_back", by=by, customer=one.customer_id, result=result, round=made.round)
    return result


def _note(one, outcome, note, *, by, at, key):
    reached = outcome == Outcome.ANSWERED
    kind = Note.Kind.SPOKE if reached else Note.Kind.TRIED
    text = note if reached else ": ".join(filter(None, [str(Outcome(outcome).label), note]))
    notes.add(one, kind, way="phone", text=text, by=by, at=at, key=key)
