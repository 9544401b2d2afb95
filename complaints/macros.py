"""Applying a macro to a complaint: all of its changes, or none of them.

Each change is the ordinary operation, and asks for the same right as on the complaint's page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import acts, assigning, compensating, delegating, handling, reweighing
from complaints.models import Complaint, Macro, MacroUse, Note
from complaints.models.macros import RESULT
from complaints.models.states import IN_HAND, AnswerWay, State
from complaints.moving import Outdated, held
from outreach import texts
from outreach.queueing import queue
from staff.models import User

FITS = {  # the states in which a step can be taken
    "": tuple(State),
    Macro.Step.CONTACT: IN_HAND,
    Macro.Step.WAIT: (State.IN_PROGRESS,),
    Macro.Step.GO_ON: (State.WAITING_CUSTOMER,),
    Macro.Step.ASK: (State.IN_PROGRESS, State.WAITING_DEPARTMENT),
    Macro.Step.RESOLVE: (State.IN_PROGRESS,),
    Macro.Step.REJECT: IN_HAND,
}


@dataclass(frozen=True)
class Change:
    """One of a macro's changes; `rows` narrows to the complaints with which a person may do it, as on their page."""

    name: str | Promise
    do: Callable[[], object]
    rows: Callable = acts.handles


def offered(complaint: Complaint, user: User) -> list[Macro]:
    """Those in use that the person sees and that fit the complaint's state, those with a key first; a key once."""
    rows = Macro.objects.visible_to(user).filter(branch=complaint.branch_id, active=True)
    found = [one for one in rows.select_related("unit") if complaint.state in FITS[one.step]]
    taken = set()
    for one in sorted(found, key=lambda one: -len(one.unit.path)):  # of two with one key the nearer unit's has it
        one.key = "" if one.key in taken else one.key
        taken.add(one.key)
    return sorted(found, key=lambda one: (one.key == "", one.key, one.name))


@transaction.atomic
def apply(
    complaint: Complaint, macro: Macro, *, by: User, key: str, edition: int | None = None, at: datetime | None = None
) -> Complaint:
    """All of it, or ValidationError that names what was refused; the same key is one use. Outdated by `edition`."""
    at = at or timezone.now()
    if macro.gives:
        compensating.lock_accounts(complaint)  # before the complaint, as everywhere
    one = held(complaint)
    if MacroUse.objects.filter(complaint=one, key=key).exists():
        return one
    if edition is not None and one.edition != edition:
        raise Outdated
    if not macro.active or macro.branch_id != one.branch_id:
        raise ValidationError(_("This macro is not in use here."), code="macro")
    changes = list(_changes(one, macro, by, key, at))
    _check_rights(one, changes, by)
    for change in changes:
        try:
            change.do()
        except ValidationError as error:
            raise ValidationError(_refused(macro, change, " ".join(error.messages)), code="macro") from error
    MacroUse.objects.create(complaint=one, macro=macro, version=macro.version, key=key, by=by)
    record(one, "complaint.macro", by=by, customer=one.customer_id, macro=macro.pk, name=macro.name)
    return held(complaint)


def _refused(macro, change, reason):
    said = {"macro": macro, "change": change.name, "reason": reason}
    return _("“%(macro)s” was not applied, and nothing was changed. %(change)s: %(reason)s") % said


def _check_rights(one, changes, by):
    """As on the complaint's page, before anything is changed: a hand-over may take it out of one's hands."""
    reached = Complaint.objects.visible_to(by).filter(pk=one.pk)
    allowed = {narrow: narrow(reached, by).exists() for narrow in {change.rows for change in changes}}
    for change in changes:
        if not allowed[change.rows]:
            raise ValidationError(_("You do not have the right to this: %(change)s") % {"change": change.name})


def _changes(one, macro, by, key, at) -> Iterator[Change]:
    """In their order; what is so already is no change."""
    with_texts = _Texts(macro, values_of(one, by))
    level = one.level
    if macro.category_id and macro.category_id != one.category_id:
        level = max(level, macro.category.level)
        yield Change(_name("category"), lambda: reweighing.reclassify(one, macro.category, by=by, at=at), acts.leads)
    if macro.level and macro.level > level:
        yield Change(_name("level"), lambda: reweighing.raise_level(one, macro.level, by=by, at=at), acts.leads)
    yield from _owner(one, macro, by, at)
    if macro.gives:
        told = {"by": by, "at": at, "key": f"{key}:money", "reason": with_texts["given_for"]}
        yield Change(_name("gives"), lambda: _give(one, macro.gives, told), acts.compensates)
    yield from _step(one, macro, {"by": by, "at": at}, key, with_texts)
    if macro.note:
        text = with_texts["note"]
        yield Change(_name("note"), lambda: handling.note(one, by=by, text=text, key=f"{key}:note", at=at))
    if macro.message_id:
        yield Change(_name("message"), lambda: _send(one, macro, by, key))


def _name(field):
    return Macro._meta.get_field(field).verbose_name


class _Texts(dict):
    """The macro's texts by name, filled in when they are asked for."""

    def __init__(self, macro, values):
        super().__init__()
        self.macro, self.values_known = macro, values

    def __missing__(self, name):
        self[name] = texts.fill(getattr(self.macro, name), self.values_known)
        return self[name]


def values_of(one: Complaint, by: User) -> dict[str, str]:
    """What `{names}` in a macro's texts stand for."""
    return {
        "ticket": one.number,
        "customer": (one.customer and one.customer.name) or one.caller_name or texts.NOBODY["zh"],
        "category": str(one.category or ""),
        "me": by.name,
        "unit": str(one.unit),
        "branch": str(one.branch),
    }


def _owner(one, macro, by, at):
    to_assign = one.state in assigning.TO_ASSIGN
    if macro.owner_to == Macro.To.ME and one.owner_id != by.pk:
        yield Change(_name("owner_to"), lambda: assigning.take(one, by=by, at=at))
    elif macro.owner_to == Macro.To.CLASS and to_assign:
        yield Change(_name("owner_to"), lambda: assigning.dispatch(one, by=by, at=at))
    elif macro.owner_to == Macro.To.PERSON and to_assign:
        yield Change(_name("owner_to"), lambda: assigning.assign(one, macro.owner, by=by, at=at))
    elif macro.owner_to == Macro.To.PERSON and macro.owner_id != one.owner_id:
        told = {"by": by, "at": at, "reason": str(macro)}
        yield Change(_name("owner_to"), lambda: assigning.hand_over(one, macro.owner, **told), acts.leads)


def _step(one, macro, told, key, said):
    if macro.step == Macro.Step.CONTACT:
        way = one.answer_by or AnswerWay.PHONE
        told |= {"key": f"{key}:contact", "kind": Note.Kind.TOLD, "way": way, "text": said["text"]}
        yield Change(macro.get_step_display(), lambda: handling.contact(one, **told))
    elif macro.step == Macro.Step.WAIT:
        yield Change(macro.get_step_display(), lambda: handling.wait_for_customer(one, what=said["text"], **told))
    elif macro.step == Macro.Step.GO_ON:
        yield Change(macro.get_step_display(), lambda: handling.go_on(one, **told))
    elif macro.step == Macro.Step.ASK:
        told |= {"key": f"{key}:task", "what": said["text"]}
        yield Change(macro.get_step_display(), lambda: _ask(one, macro, told))
    elif macro.step == Macro.Step.REJECT:
        told |= {"reason": said["text"], "direction": said["direction"], "answered_by": macro.answered_by}
        yield Change(macro.get_step_display(), lambda: handling.reject(one, **told), acts.leads)
    elif macro.step == Macro.Step.RESOLVE:
        found = {name: getattr(macro, name) for name in RESULT}
        found |= {"measure": said["measure"], "answer": said["answer"]}
        yield Change(macro.get_step_display(), lambda: handling.resolve(one, **told, **found))


def _ask(one, macro, told):
    """Within the hours the macro gives, and no later than the complaint itself."""
    due_at, last = told["at"] + timedelta(hours=macro.hours), delegating.latest_due(one, told["at"])
    return delegating.ask(one, macro.department, due_at=min(due_at, last or due_at), **told)


def _give(one, amount, told):
    """At once within the person's own limit; beyond it somebody else approves, and until then nothing ends it."""
    return compensating.ask(one, compensating.bill_of(one, amount, told["by"]), amount, **told)


def _send(one, macro, by, key):
    if one.customer is None:
        raise ValidationError(_("Messages go to customers only; a caller is answered by phone or in person."))
    values = {name: value for name, value in values_of(one, by).items() if name not in ("customer", "branch")}
    return queue(one.customer, macro.message.code, key=f"macro:{one.pk}:{key}", by=by, about=one, **values)
