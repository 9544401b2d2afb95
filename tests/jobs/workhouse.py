"""Workers made to be killed: `python -m tests.jobs.workhouse` forks one for each line it reads and prints its id.

Forking from a process that has everything loaded makes a worker in milliseconds, so that many can die in a second.
"""

import os
import signal
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")


def main():
    django.setup()
    from jobs import registry, runs
    from tests.jobs import trial

    trial.declare(lease=timedelta(milliseconds=float(sys.argv[1])), max_attempts=1000)
    registry.jobs()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead bury themselves
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            while True:
                runs.work_off()
                time.sleep(0.01)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
