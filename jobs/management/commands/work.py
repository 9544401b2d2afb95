"""Work without Celery: lay out slots and work them off until told to stop."""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import connections

from jobs.pendulum import PAUSE, Pendulum, halt_all, start_all


class Command(BaseCommand):
    help = "Work off jobs in this process until SIGTERM or Ctrl-C, without Celery and without a broker."

    def add_arguments(self, parser):
        parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between two looks")

    def handle(self, *, pause, **options):
        pendulum = Pendulum(pause)
        if threading.current_thread() is threading.main_thread():
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: pendulum.stop())
        connections.close_all()
        pendulum.swing()
        start_all()
        pendulum.run()  # in this thread, so that a signal ends the step in hand and no more
        halt_all()
