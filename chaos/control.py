"""What the same faults do to plain Celery: one task a message, set up as its guide advises, and nothing in a database.

`celery -A chaos.control` works it off. It is measured beside the product and judged by nobody.
"""

import os
import time

import requests
from celery import Celery

QUEUE = "control"
SEEN_AGAIN = 10  # seconds until a message that its worker took with it is handed out anew

app = Celery("control", broker=os.environ.get("REDIS_URL", ""))
app.conf.update(
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_transport_options={"visibility_timeout": SEEN_AGAIN, "global_keyprefix": "control-", "socket_timeout": 2},
    broker_connection_retry_on_startup=True,
)


AGAIN = {"autoretry_for": (requests.RequestException,), "retry_backoff": 1, "retry_backoff_max": 2, "max_retries": 50}


@app.task(name="control.tell", **AGAIN)
def tell(ref):
    """Send, and try again where no good answer came."""
    address = os.environ["CHAOS_CONTROL"].partition("?")[0]
    answer = requests.post(f"{address}/messages", json={"ref": ref}, headers={"Idempotency-Key": ref}, timeout=1)
    answer.raise_for_status()


def ask(refs):
    """Enqueue a task for each; those that reached the broker."""
    taken = []
    for ref in refs:
        try:
            tell.apply_async([ref], retry=False)
            taken.append(ref)
        except Exception:  # the broker is down: whoever asked knows, so nothing is lost
            break
    return taken


def wait(missing):
    """Until all have arrived, or nothing has for longer than a message stays hidden."""
    least, since = None, time.monotonic()
    while (left := len(missing())) and time.monotonic() - since < SEEN_AGAIN + 3:
        if least is None or left < least:
            least, since = left, time.monotonic()
        time.sleep(0.5)
