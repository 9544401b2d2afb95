"""Cases of the jobs that keep house: runs, answers, sign-in, absences, webhooks."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from audit.models import Event
from door.models import Answer
from jobs.models import Bulk, BulkRow, Run, Slot
from staff.models import Absence, Brake
from tests import make
from tests.jobs.case import case
from webhooks.models import Attempt, Delivery
from work.models import Notice


@case("jobs.pulse")
def pulse():
    return {}, lambda: set(Run.objects.filter(job="jobs.pulse").values_list("state", "done"))


@case("jobs.prune")
def prune():
    """More than one batch of old slots, among them skipped ones, one given up, and a young one."""
    long_ago = timezone.now() - timedelta(days=100)
    for n in range(620):
        state = "dead" if n == 8 else "done"
        run = None if n % 2 else make.run("jobs.pulse", state=state, done=n)
        Slot.objects.create(job="jobs.pulse", slot_at=long_ago - timedelta(minutes=n), run=run)
    Slot.objects.create(job="jobs.pulse", slot_at=timezone.now(), run=make.run("jobs.pulse", state="done", done=7000))
    make.run("jobs.pulse", state="done", done=8000)  # asked for by somebody: no slot

    def state():
        kept = Run.objects.filter(job="jobs.pulse").order_by("done").values_list("state", "done")
        return list(kept), Slot.objects.count(), Slot.objects.filter(run=None).count()

    return {}, state


@case("jobs.prune_bulks")
def prune_bulks():
    """Two whose month is over, one of them in two batches, one that goes on, and a young one."""
    desk, now = make.user("complaint_desk"), timezone.now()
    made = {
        50: make.run("jobs.bulk", next_at=now + timedelta(minutes=30)),
        40: make.run("jobs.bulk", state="done"),
    }
    for n, (days, rows) in enumerate([(40, 13), (35, 3), (50, 4), (1, 5)]):
        told = {"list": "complaints", "action": "note", "asked_by": desk, "key": str(n)}
        asked_at, run = now - timedelta(days=days), made.get(days)
        bulk = Bulk.objects.create(**told, asked_at=asked_at, run=run)
        BulkRow.objects.bulk_create(BulkRow(bulk=bulk, subject_id=pk) for pk in range(rows))
    return {}, lambda: [(one.key, one.rows.count()) for one in Bulk.objects.order_by("pk")]


@case("jobs.forget_answers")
def forget_answers():
    """More than two batches of old answers, and one of today."""
    old = {
        "asker": "token 1",
        "fingerprint": "x",
        "status": 201,
        "body": "{}",
        "at": timezone.now() - timedelta(days=2),
    }
    Answer.objects.bulk_create([Answer(key=str(n), **old) for n in range(1100)])
    Answer.objects.create(**old | {"at": timezone.now(), "key": "today"})
    return {}, lambda: list(Answer.objects.values_list("key"))


@case("staff.tidy")
def tidy():
    """More than a batch of stale sessions and one that lives; stale sign-in counts and one that still waits."""
    now = timezone.now()
    stale = {"session_data": "", "expire_date": now - timedelta(days=1)}
    Session.objects.bulk_create(Session(pk=f"stale{n}", **stale) for n in range(1100))
    Session.objects.create(pk="alive", session_data="", expire_date=now + timedelta(hours=1))
    for name, hours in (("stale", -2), ("waits", 1)):
        Brake.objects.create(key=name, tries=1, next_at=now, forget_at=now + timedelta(hours=hours))

    def state():
        return list(Session.objects.values_list("pk", flat=True)), list(Brake.objects.values_list("key", flat=True))

    return {}, state


@case("webhooks.prune")
def prune_webhooks():
    """More than a batch of old deliveries, some with attempts, and young ones."""
    customer = make.customer()
    subscription = make.subscription(customer.unit)
    Event.objects.bulk_create(
        Event(verb="customer.changed", subject_type="customers.customer", subject_id=1, customer_id=customer.pk)
        for _ in range(1030)
    )
    keys = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=keys[:1020]).update(created_at=timezone.now() - timedelta(days=31))
    Attempt.objects.bulk_create(Attempt(delivery_id=pk, n=1) for pk in keys[::10])
    return {}, lambda: (subscription.deliveries.count(), Attempt.objects.count())


@case("staff.absences")
def absences():
    """One that begins, one that ends, one that passed unnoticed, one withdrawn and one of tomorrow."""
    branch, now, day = make.branch(), timezone.now(), timedelta(days=1)
    away, deputy = make.user("clerk", branch), make.user("clerk", branch)
    for starts, days, fields in [
        (now - day, 5, {}),
        (now - 9 * day, 3, {"begun_at": now - 9 * day}),
        (now - 20 * day, 2, {}),
        (now - 30 * day, 5, {"withdrawn_at": now - 31 * day}),
        (now + 7 * day, 2, {}),
    ]:
        make.absence(away, deputy, starts=starts, days=days, **fields)

    def state():
        moved = [(bool(one.begun_at), bool(one.ended_at)) for one in Absence.objects.order_by("starts_at")]
        return moved, Notice.objects.count()

    return {}, state
