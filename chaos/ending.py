"""Waiting until everything that was begun has come to its end."""

import contextlib
import time

import psycopg2

from chaos import dunning, marks, messages, outbox
from chaos.billing import Refused
from chaos.setting import query

PATIENCE = 60  # seconds of quiet in which something must come to its end, as long as anything is open


def wait_for_the_end(cast, clients, payers, branch):
    """Seconds of quiet that were needed; None if something is still open and nothing has ended for a while."""
    began = since = time.monotonic()
    least, dunned = None, {}
    while time.monotonic() - since < PATIENCE:
        cast.mend()
        with contextlib.suppress(psycopg2.Error, *Refused):
            over_the_web = clients.open.unfinished_tasks + payers.open.unfinished_tasks
            dunned = query(cast.servers, dunning.STILL_OPEN)[0] | {"answers": cast.billing.waiting(branch)}
            over_the_web += sum(dunned.values())
            if cast.serves and not over_the_web:
                cast.close()
            left = over_the_web + _still_open(cast.servers)
            if not left and not cast.serves:
                return time.monotonic() - began
            if least is None or left < least:
                least, since = left, time.monotonic()
        time.sleep(0.2)
    print("still open:", *(f"{n} {what}" for what, n in dunned.items() if n))
    return None


def _still_open(servers):
    return sum(query(servers, question)[0] for question in (marks.OPEN, outbox.OPEN, messages.OPEN))
