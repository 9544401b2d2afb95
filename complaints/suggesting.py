"""Suggestions: heard, decided with a reason, answered; none is left without an answer (A31, B43, D12)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners
from complaints.models import ComplaintRules, Suggestion, Topic
from complaints.models.suggestions import DECIDE
from customers.models import Customer
from customers.visits import without_id_numbers
from outreach import queueing
from staff.models import Unit, User
from staff.rights import RIGHTS
from work import leaders, notices

TEMPLATE = "suggestion_answer"
BATCH = 100
State, Decision = Suggestion.State, Suggestion.Decision


@transaction.atomic
def suggest(
    *, by: User, branch: Unit, key: str, topic: Topic, text: str, channel: str, at: datetime,
    customer: Customer | None = None,
) -> Suggestion:  # fmt: skip
    """The suggestion of this key, kept if there is none. It goes to who decides about its topic, or the desk."""
    text = without_id_numbers(text.strip())
    if not text:
        raise ValidationError({"text": _("Write down what the customer suggests.")})
    if topic.branch_id != branch.pk or (customer and customer.branch_id != branch.pk):
        raise ValidationError({"topic": _("Choose a topic of this branch.")})
    told = {
        "customer": customer, "topic": topic, "text": text, "channel": channel, "by": by, "at": at,
        "unit": topic.unit or _desk(branch),
        "due_at": at + timedelta(days=ComplaintRules.of(branch).suggestion_days),
    }  # fmt: skip
    made, is_new = Suggestion.objects.get_or_create(branch=branch, key=key, defaults=told)
    if is_new:
        record(made, "suggestion.made", by=by, customer=made.customer_id, topic=topic.code)
    return made


def _desk(branch):
    found = owners.of_desk(branch)
    return found[1] if found else branch


@transaction.atomic
def decide(suggestion: Suggestion, decision: str, *, by: User, at: datetime, reason: str, answer: str) -> Suggestion:
    """Decide, and tell the customer what came of it. Sent twice it is one decision; another one is refused."""
    suggestion.lock()
    reason, answer = reason.strip(), without_id_numbers(answer.strip())
    if suggestion.state == State.ANSWERED and (suggestion.decision, suggestion.answer) == (decision, answer):
        return suggestion
    _check(decision, reason, answer)
    _refuse_second(suggestion)
    _keep(suggestion, decision=decision, reason=without_id_numbers(reason), decided_by=by, decided_at=at)
    suggestion.move_to(State.DECIDED, by=by)
    _keep(suggestion, answer=answer, answered_by=by, answered_at=at)
    suggestion.move_to(State.ANSWERED, by=by)
    record(suggestion, "suggestion.answered", by=by, customer=suggestion.customer_id, decision=decision)
    if suggestion.customer_id:
        _tell(suggestion, by=by)
    return suggestion


def _refuse_second(suggestion):
    if suggestion.state != State.NEW:
        raise ValidationError(_("Somebody has decided about it already."), code="move")


def _check(decision, reason, answer):
    problems = {}
    if decision not in Decision:
        problems["decision"] = _("Decide.")
    if not reason:
        problems["reason"] = _("Say why.")
    if not answer:
        problems["answer"] = _("Say what the customer is told.")
    if problems:
        raise ValidationError(problems)


def _keep(suggestion, **fields):
    for name, value in fields.items():
        setattr(suggestion, name, value)
    suggestion.save(update_fields=list(fields))


def _tell(suggestion, *, by):
    """By the branch's text around the answer; the answer alone where it has none or the whole would be too long."""
    key, about = f"suggestion:{suggestion.pk}", {"by": by, "about": suggestion}
    try:
        queueing.queue(suggestion.customer, TEMPLATE, key=key, answer=suggestion.answer, **about)
    except ValidationError:
        queueing.queue_free(suggestion.customer, suggestion.answer, key=key, **about)


@transaction.atomic
def ring_late(at: datetime) -> int:
    """Whoever decides hears of what is not answered in time, once; how many there were."""
    late = Suggestion.objects.filter(due_at__lt=at, answered_at=None, late_told_at=None)
    rows = list(
        late.select_for_update(of=("self",), skip_locked=True).select_related("unit").order_by("due_at")[:BATCH]
    )
    for one in rows:
        people = [person for person in [leaders.nearest(one.unit, list(RIGHTS[DECIDE]))] if person]
        notices.ring_many(people, "suggestion.late", key=f"suggestion.late:{one.pk}", subject=one, at=at)
    Suggestion.objects.filter(pk__in=[one.pk for one in rows]).update(late_told_at=at)
    return len(rows)


def ranked(rows) -> list[Topic]:
    """The topics of these suggestions, those with most of them first; each with `n` and how many were `taken`."""
    taken = Count("pk", filter=Q(decision=Decision.TAKEN))
    counted = rows.order_by().values("topic").annotate(n=Count("pk"), taken=taken).order_by("-n", "topic__code")
    topics = Topic.objects.in_bulk([one["topic"] for one in counted])
    for one in counted:
        topics[one["topic"]].n, topics[one["topic"]].taken = one["n"], one["taken"]
    return [topics[one["topic"]] for one in counted]
