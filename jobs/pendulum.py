"""The clock inside every worker.

A worker that waits for messages alone is deaf when its broker is down, was flushed, or when its connection has died
without notice. So each process of the pool has threads that look by themselves every few seconds: one lays out slots,
claims and works, with the database and nothing else; other apps name turns of their own (settings.WORKER_TURNS). They
run in the pool's processes and not in their parent: they start before the parent reaches the broker at all, a step that
hogs the interpreter does not disturb the parent's heartbeat, and nothing forks beside an open database connection.
"""

import random
import threading

import structlog
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from jobs import runs, slots

log = structlog.get_logger(__name__)

PAUSE = 5.0  # seconds between two looks, scattered by half
_at_work = threading.Lock()


def turn(stop=runs.never) -> int:
    """Lay out slots and work off what is due. One at a time in a process: a second caller leaves it to the first."""
    if not _at_work.acquire(blocking=False):
        return 0
    try:
        slots.materialise()
        return runs.work_off(stop=stop)
    finally:
        _at_work.release()


class Pendulum(threading.Thread):
    """Takes turns until `halt()`; trouble of any kind is logged and the next look is as good as new."""

    def __init__(self, pause=PAUSE, turn=turn):
        super().__init__(name="pendulum", daemon=True)
        self.pause, self.turn = pause, turn
        self.halted, self.rung = threading.Event(), threading.Event()

    def run(self):
        while not self.halted.is_set():
            self.rung.wait(self.pause * random.uniform(0.5, 1.5))  # noqa: S311
            self.rung.clear()
            if not self.halted.is_set():
                self.swing()

    def swing(self):
        try:
            self.turn(stop=self.halted.is_set)
        except Exception as error:
            log.warning("pendulum.trouble", error=type(error).__name__)
        finally:
            connections.close_all()

    def stop(self):
        """End after the step in hand."""
        self.halted.set()
        self.rung.set()

    def halt(self, patience=10.0):
        """End after the step in hand; wait for that at most `patience` seconds."""
        self.stop()
        self.join(patience)


_beside = []  # the pendulums of this process


def start_all():
    """One thread for each of settings.WORKER_TURNS: (dotted name of a turn, seconds between two looks)."""
    for path, pause in settings.WORKER_TURNS:
        _beside.append(Pendulum(pause, import_string(path)))
        _beside[-1].start()


def halt_all():
    for pendulum in _beside:
        pendulum.stop()
    while _beside:
        _beside.pop().halt()


def wake(module):
    """Let the pendulums of this process whose turns are of `module` look now instead of later."""
    for pendulum in _beside:
        if pendulum.turn.__module__ == module:
            pendulum.rung.set()
