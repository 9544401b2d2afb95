"""An incident begins, customers are told how it goes, and it is over (batch; peers E 8)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.incidents import passing_on
from complaints.incidents.answering import waiting
from complaints.models import Category, Cause, Complaint, Incident, IncidentUpdate
from complaints.models.states import Liability
from jobs import runs
from jobs.models import Run
from staff.models import Unit, User

ANSWER = "complaints.answer_incident"
LATER = ("ended_at", "ended_by", "cause")  # empty until it is over


@transaction.atomic
def begin(
    *, by: User, key: str, area: Unit, category: Category, title: str, say: str, began_at: datetime | None = None,
    product: str = "", title_en: str = "", say_en: str = "", planned: bool = False,
    expected_at: datetime | None = None, at: datetime | None = None,
) -> Incident:  # fmt: skip
    """An incident that goes on; clerks see at once what to tell. The same key is one. ValidationError by field."""
    at, branch = at or timezone.now(), area.home
    made = Incident.objects.filter(branch=branch, key=str(key)).first()
    if made:
        return made
    began_at = began_at or at
    _check_place(by, area, category)
    if began_at > at and not planned:
        raise ValidationError({"began_at": _("This is still to come.")}, code="future")
    _check_end(began_at, expected_at)
    made = Incident(
        branch=branch, key=str(key), by=by, area=area, category=category, product=product, title=title.strip(),
        title_en=title_en.strip(), say=say.strip(), say_en=say_en.strip(), planned=planned, began_at=began_at,
        expected_at=expected_at,
    )  # fmt: skip
    made.clean_fields(exclude=LATER)
    made, fresh = Incident.objects.get_or_create(branch=branch, key=made.key, defaults=_fields_of(made))
    if fresh:
        _update(made, by, at)
        record(made, "incident.began", by=by, area=area, category=category, product=product)
    return made


@transaction.atomic
def tell(
    incident: Incident, *, by: User, say: str, say_en: str = "", expected_at: datetime | None = None,
    at: datetime | None = None,
) -> Incident:  # fmt: skip
    """What customers are told from now on, beside every form at the counter; what they were told stays known. Who
    complained of it hears a new text by message.
    """
    at = at or timezone.now()
    _open(incident)
    say, say_en = say.strip(), say_en.strip()
    if not say:
        raise ValidationError({"say": _("Say what customers are told.")}, code="required")
    _check_end(incident.began_at, expected_at)
    if (incident.say, incident.say_en, incident.expected_at) == (say, say_en, expected_at):
        return incident
    is_new = (incident.say, incident.say_en) != (say, say_en)
    incident.say, incident.say_en, incident.expected_at = say, say_en, expected_at
    incident.clean_fields(exclude=LATER)
    incident.save(update_fields=["say", "say_en", "expected_at"])
    update = _update(incident, by, at)
    if is_new:
        passing_on.ask(update, by=by)
    record(incident, "incident.told", by=by, expected_at=expected_at)
    return incident


@transaction.atomic
def end(
    incident: Incident, *, by: User, cause: Cause, liability: str, measure: str, answer: str, answer_en: str = "",
    at: datetime | None = None,
) -> Incident:  # fmt: skip
    """Over: a job answers every complaint under it that is in hand, which is then called back (4.1). Said twice, the
    second is refused. ValidationError by field.
    """
    at = at or timezone.now()
    _open(incident)
    if cause is None or cause.branch_id != incident.branch_id:
        raise ValidationError({"cause": _("Choose the root cause.")}, code="required")
    if liability not in Liability:
        raise ValidationError({"liability": _("Say whose doing it was.")}, code="required")
    told = {"measure": measure.strip(), "answer": answer.strip(), "answer_en": answer_en.strip()}
    for name, problem in (("measure", _("Say what was done.")), ("answer", _("Say what the customers are answered."))):
        if not told[name]:
            raise ValidationError({name: problem}, code="required")
    told |= {"state": Incident.State.OVER, "ended_at": max(at, incident.began_at), "ended_by": by}
    told |= {"cause": cause, "liability": liability}
    for name, value in told.items():
        setattr(incident, name, value)
    incident.clean_fields()
    incident.save(update_fields=list(told))
    record(incident, "incident.ended", by=by, cause=cause, liability=liability)
    _ask(incident, None, by)
    return incident


@transaction.atomic
def answer_rest(incident: Incident, *, by: User) -> Run:
    """Go on after the last complaint that a cancelled or given up run looked at. Asked twice, it is one run;
    ValidationError where none is left over.
    """
    last = last_run(incident)
    if not (last and last.is_open) and not rest_of(incident, last).exists():
        raise ValidationError(_("No complaint is left over."), code="move")
    return _ask(incident, last, by, after=reached(last))


def rest_of(incident: Incident, last: Run | None):
    """The complaints that its last run, stopped before its end, never came to: nobody else answers them."""
    if last is None or not last.is_broken_off:
        return Complaint.objects.none()
    return waiting(incident).filter(pk__gt=reached(last))


def last_run(incident: Incident) -> Run | None:
    """The run that answers what stands under it, or the last that went on with it."""
    mine = Q(key=key_of(incident)) | Q(key__startswith=f"{key_of(incident)}:")
    return Run.objects.filter(mine, job=ANSWER).order_by("-pk").first()


def key_of(incident: Incident) -> str:
    """Of the first run that answers what stands under it."""
    return f"incident:{incident.pk}"


def reached(run: Run) -> int:
    """Id of the last complaint that it looked at, as the job keeps it."""
    return run.cursor.get("after", run.params.get("after", 0))


def _ask(incident, before, by, **params):
    params = {"incident": incident.pk} | params
    told = {"key": key_of(incident), "params": params, "by": by, "branch_id": incident.branch_id}
    return runs.ask_rest(ANSWER, before, **told)


def _open(incident):
    """Held for the transaction and read afresh; ValidationError where it is over."""
    incident.lock()
    if incident.state != Incident.State.OPEN:
        raise ValidationError(_("This incident is over."), code="move")


def _check_place(by, area, category):
    if area.home_id not in by.branches_today():
        raise ValidationError({"area": _("This belongs to another branch.")}, code="branch")
    if category.branch_id != area.home_id:
        raise ValidationError({"category": _("This belongs to another branch.")}, code="branch")


def _check_end(began_at, expected_at):
    if expected_at and expected_at <= began_at:
        raise ValidationError({"expected_at": _("That would be before it began.")}, code="order")


def _fields_of(made):
    return {field.name: getattr(made, field.name) for field in Incident._meta.fields if not field.primary_key}


def _update(incident, by, at):
    last = incident.updates.order_by("-n").values_list("n", flat=True).first() or 0
    told = {"text": incident.say, "text_en": incident.say_en}
    return IncidentUpdate.objects.create(incident=incident, n=last + 1, at=at, by=by, **told)
