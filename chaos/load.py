"""Work whose every effect leaves a row, so that a lost or doubled one can be counted."""

from datetime import timedelta

from django.db import connection

from chaos.cast import CUSTOMERS, STEPS
from chaos.gateway import WAYS
from customers.models import Customer
from jobs.registry import job
from jobs.schedule import Every
from outreach.queueing import queue

LEASE = timedelta(seconds=3)


def leave_mark(run, n):
    """No unique key here: a step done twice shows as two rows."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chaos_mark (run_id, n) VALUES (%s, %s)", [run.pk, n])


def owe_messages(run, n):
    """A message by each of the gateways, in the transaction of the mark."""
    customers = Customer.objects.filter(status="active").order_by("pk")
    customer = customers[(run.pk * STEPS + n) % CUSTOMERS]
    for channel in WAYS:
        queue(customer, f"chaos-{channel}", key=f"chaos {run.pk} {n} {channel}", ticket=n)


@job("chaos.steps", title="Steps", lease=LEASE, max_attempts=1000)
def steps(run):
    """One mark and three messages a step; the step's pause gives a kill something to hit."""
    run.total = STEPS
    leave_mark(run, run.done)
    owe_messages(run, run.done)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.01)")
    run.done += 1
    return run.done < STEPS


@job("chaos.slots", title="Slots", schedule=Every(seconds=2), catch_up="all", lease=LEASE, max_attempts=1000)
def slots(run):
    """One mark a slot."""
    leave_mark(run, 0)
    return False
