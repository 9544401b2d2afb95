"""Fixing the set and trying it; doing it; undoing it. Each is asked for once, however often it is sent."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import plain, record
from jobs import runs
from jobs.bulk.lists import Action, List
from jobs.models import Bulk, BulkRow, Run

CHECK, DO, UNDO = "jobs.bulk_check", "jobs.bulk", "jobs.bulk_undo"
GOOD_FOR = timedelta(hours=24)
S = BulkRow.State


@transaction.atomic
def prepare(of: List, action: Action, *, by, rows, query: str, told: dict, key: str) -> Bulk:
    """Fix the set of `rows` and ask for its trial. `told`: the form as it was sent, which is read again for each row.

    ValidationError where there is none, or more than the person may change at once; the same key is the same set.
    """
    fields = {"list": of.name, "action": action.name, "told": plain(told), "query": query[:4000]}
    bulk, made = Bulk.objects.get_or_create(
        key=f"{by.pk}:{key}", defaults=fields | {"asked_by": by, "branch_id": by.branch_id}
    )
    if made:
        keys = _keys(rows, of.most(by))
        BulkRow.objects.bulk_create([BulkRow(bulk=bulk, subject_id=pk) for pk in keys], batch_size=2000)
        _ask(bulk, CHECK, "check_run", by)
        record(bulk, "bulk.asked", by=by, list=of.name, action=action.name, rows=len(keys))
    return bulk


def told_by(form) -> dict:
    """What a valid form was told, to be kept; texts as it put them right: what must not be kept is gone from them."""
    told = {name: form.data.get(name, "") for name in form.fields}
    return told | {name: said for name, said in form.cleaned_data.items() if isinstance(said, str)}


def _keys(rows, most):
    keys = sorted(set(rows.order_by().values_list("pk", flat=True)[: most + 1]))
    if not keys:
        raise ValidationError(_("Nothing matches any more."), code="empty")
    if len(keys) > most:
        raise ValidationError(
            _("More than %(most)s match: that is more than you may change at once. Narrow the list down.")
            % {"most": most},
            code="most",
        )
    return keys


def _ask(bulk, job, name, by):
    before = getattr(bulk, name)  # of what was cancelled, the rest is another run
    run = runs.ask_rest(job, before, key=f"{job}:{bulk.pk}", by=by, branch_id=bulk.branch_id)
    run.total = bulk.rows.filter(state__in=TO_DO[job]).count()
    run.save(update_fields=["total"])
    setattr(bulk, name, run)
    bulk.save(update_fields=[name])


TO_DO = {CHECK: [S.COUNTED], DO: [S.FIT], UNDO: [S.DONE]}


@transaction.atomic
def go(bulk: Bulk, *, by) -> Bulk:
    """Carry out what the trial found fit, or the rest of it where it was cancelled; asked again, it is the same run."""
    one = _held(bulk)
    if one.undo_run_id or (one.run_id and not stopped(one.run, one, S.FIT)):
        return one
    if one.check_run.state != Run.State.DONE:
        raise ValidationError(_("Each row is tried first: wait for the preview."), code="move")
    if timezone.now() - one.asked_at > GOOD_FOR:
        raise ValidationError(_("This preview is older than a day: ask again from the list."), code="late")
    if not one.rows.filter(state=S.FIT).exists():
        raise ValidationError(_("There is nothing that can be done."), code="empty")
    _ask(one, DO, "run", by)
    record(one, "bulk.begun", by=by, rows=one.run.total)
    return one


@transaction.atomic
def undo(bulk: Bulk, action: Action, *, by) -> Bulk:
    """Take all of it back that nobody has changed since, or the rest; asked again, it is the same run."""
    one = _held(bulk)
    if one.undo_run_id and not stopped(one.undo_run, one, S.DONE):
        return one
    if timezone.now() > one.kept_until:
        raise ValidationError(_("This was too long ago to be undone."), code="late")
    if action.undo is None:
        raise ValidationError(_("What this does cannot be taken back."), code="move")
    if one.run is None or one.run.is_open:
        raise ValidationError(_("Cancel it, or wait for its end, before it is undone."), code="move")
    if not one.rows.filter(state=S.DONE).exists():
        raise ValidationError(_("There is nothing to undo."), code="empty")
    _ask(one, UNDO, "undo_run", by)
    record(one, "bulk.undo_asked", by=by, rows=one.undo_run.total)
    return one


def may_undo(bulk: Bulk, action: Action | None, rows: dict[str, int]) -> bool:
    """Whether `undo` would begin something now; `rows`: their `tally`."""
    if action is None or action.undo is None or bulk.run is None or bulk.run.is_open:
        return False
    begun = bulk.undo_run is not None and bulk.undo_run.state != Run.State.CANCELLED
    return not begun and timezone.now() <= bulk.kept_until and bool(rows.get(S.DONE))


def cancel(bulk: Bulk, *, by):
    """Stop the run in hand after the row it is at; what is done stays done and can be undone."""
    bulk.latest.cancel(by=by)


def tally(bulk: Bulk) -> dict[str, int]:
    """{state: rows}"""
    return dict(bulk.rows.values_list("state").annotate(n=Count("pk")))


def reasons(bulk: Bulk, states) -> list[tuple[str, int]]:
    """(reason, rows), the most frequent first."""
    rows = bulk.rows.filter(state__in=states).values("reason").annotate(n=Count("pk"))
    return list(rows.order_by("-n", "reason").values_list("reason", "n"))


def stopped(run: Run | None, bulk: Bulk, state: str) -> bool:
    """Whether somebody cancelled the run before all was done: the rest may be asked for."""
    return run is not None and run.state == Run.State.CANCELLED and bulk.rows.filter(state=state).exists()


def stage_of(bulk: Bulk) -> str:
    """checking, previewed, doing, done, undoing, undone; stopped where the trial was cancelled or given up."""
    if bulk.undo_run:
        return "undoing" if bulk.undo_run.is_open else "undone"
    if bulk.run:
        return "doing" if bulk.run.is_open else "done"
    return "checking" if bulk.check_run.is_open else "previewed" if bulk.check_run.state == "done" else "stopped"


def _held(bulk):
    rows = Bulk.objects.select_for_update(of=("self",))
    return rows.select_related("check_run", "run", "undo_run").get(pk=bulk.pk)
