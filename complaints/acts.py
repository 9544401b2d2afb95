"""What can be done with a complaint from its page: one row for each act.

`rows` narrows to the complaints the person may do it with, `fits` says whether the state allows it now. The operations
ask again for themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import assigning, compensating, delegating, handling, merging, reach, reweighing
from complaints.classing import reviewing
from complaints.forms import acts as forms
from complaints.models import Complaint
from complaints.models.states import Level, S, State
from complaints.models.work import COMPENSATE
from staff.models import User
from staff.scope import holds, within_reach

BEGINS = (S.ACCEPTED, S.REOPENED)
TO_CONTACT = (*BEGINS, S.ASSIGNED)


def handles(rows, user):
    return rows.handled_by(user)


def leads(rows, user):
    return rows.led_by(user)


def classes(rows, user):
    """Whoever leads; whoever handles or brought in what has no class yet."""
    fresh = rows.filter(category=None)
    brought_in = fresh.filter(within_reach(user, reviewing.RIGHT, unit="unit", branch="branch"), imported=True)
    return rows.led_by(user) | fresh.handled_by(user) | brought_in


def compensates(rows, user):
    return rows.handled_by(user) if holds(user, COMPENSATE) else rows.none()


@dataclass(frozen=True)
class Act:
    name: str
    title: str
    key: str  # the single key that opens it
    form: type
    fits: Callable  # (complaint, user) -> bool
    do: Callable  # (complaint, user, told) -> None
    rows: Callable = handles
    icon: str = "pencil-square"


def state_in(*states):
    return lambda one, user: one.state in states


def in_hand(one, user):
    return one.in_hand


def _assign(one, by, told):
    if told["owner"]:
        return assigning.assign(one, by=by, **told)
    return assigning.dispatch(one, by=by, edition=told["edition"])


def _reopen(one, by, told):
    return handling.reopen_closed(one, by=by, at=timezone.now(), **told)


def by_person(operate):
    return lambda one, by, told: operate(one, by=by, **told)


def _note(one, by, told):
    return handling.note(one, by=by, text=told["text"], key=told["key"])


def _settles(one, user):
    return one.state == State.ACCEPTED and one.first_owner_id == user.pk


def _delegate(one, by, told):
    return delegating.ask(one, told.pop("unit"), by=by, **told)


def _compensate(one, by, told):
    return compensating.ask(one, told.pop("bill"), told.pop("amount"), by=by, **told)


def _can_be_raised(one, user):
    return one.is_open and one.level < Level.MAJOR


def _raise(one, by, told):
    return reweighing.raise_level(one, told.pop("level"), by=by, **told)


def _to_class(one, user):
    return one.is_open or (one.imported and one.category_id is None)


def _reclassify(one, by, told):
    if not one.is_open:
        return reviewing.classify_one(one, told["category"], by=by, edition=told["edition"])
    return reweighing.reclassify(one, told.pop("category"), by=by, **told)


def _another_has(one, user):
    return one.in_hand and one.owner_id != user.pk


ACTS = [
    Act("settle", _("Settle on the spot"), "s", forms.SettleForm, _settles, by_person(handling.settle_on_spot)),
    Act("contact", _("Contact the customer"), "c", forms.ContactForm, in_hand, by_person(handling.contact)),
    Act("resolve", _("Resolve"), "r", forms.ResolveForm, state_in(S.IN_PROGRESS), by_person(handling.resolve)),
    Act("go-on", _("Go on"), "g", forms.GoOnForm, state_in(S.WAITING_CUSTOMER), by_person(handling.go_on)),
    Act("note", _("Note"), "n", forms.NoteForm, lambda one, user: True, _note),
    Act("take", _("Take it over"), "t", forms.TakeForm, _another_has, by_person(assigning.take)),
    Act("assign", _("Assign"), "a", forms.AssignForm, state_in(*BEGINS), _assign),
    Act(
        "task", _("Task for a department"), "d", forms.TaskForm, state_in(S.IN_PROGRESS, S.WAITING_DEPARTMENT),
        _delegate,
    ),
    Act(
        "wait", _("Wait for the customer"), "w", forms.WaitForm, state_in(S.IN_PROGRESS),
        by_person(handling.wait_for_customer),
    ),
    Act("compensate", _("Give money back"), "m", forms.CompensateForm, in_hand, _compensate, compensates),
    Act("hand-over", _("Hand over"), "h", forms.HandOverForm, lambda one, user: one.is_open,
        by_person(assigning.hand_over), leads),
    Act("raise", _("Raise the level"), "v", forms.RaiseForm, _can_be_raised, _raise, leads),
    Act("class", _("Set the class"), "k", forms.ReclassifyForm, _to_class, _reclassify, classes),
    Act("withdraw", _("Withdrawn by the customer"), "b", forms.WhyForm, in_hand, by_person(handling.withdraw)),
    Act("reject", _("Not ours"), "x", forms.RejectForm, in_hand, by_person(handling.reject), leads),
    Act("reopen", _("Reopen"), "o", forms.ReopenForm, state_in(S.CLOSED), _reopen, leads),
    Act("unmerge", _("Take apart again"), "i", forms.WhyForm, state_in(S.MERGED), by_person(merging.unmerge), leads),
]  # fmt: skip
BY_NAME = {act.name: act for act in ACTS}
FIRST = {
    S.IN_PROGRESS: "resolve", S.WAITING_CUSTOMER: "go-on", S.WAITING_DEPARTMENT: "note", S.CLOSED: "reopen",
    S.MERGED: "unmerge",
}  # fmt: skip


def offered(complaint: Complaint, user: User) -> list[Act]:
    """What the person may do now, the next sensible thing first."""
    if user.pk == complaint.person_id:
        return []
    handled = reach.handles(user, complaint)
    reached = {
        handles: handled,
        leads: reach.leads(user, complaint),
        compensates: handled and holds(user, COMPENSATE),
        classes: reach.classes(user, complaint),
    }
    found = [act for act in ACTS if reached[act.rows] and act.fits(complaint, user)]
    first = FIRST.get(complaint.state, "contact")
    return sorted(found, key=lambda act: act.name != first)
