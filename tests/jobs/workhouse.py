"""Workers made to be killed: `python -m tests.jobs.workhouse` forks one for each line it reads and prints its id."""

import os
import sys
from datetime import timedelta

import django

from tests.house import forks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")


def main():
    django.setup()
    from jobs import registry, runs
    from tests.jobs import trial

    trial.declare(lease=timedelta(milliseconds=float(sys.argv[1])), max_attempts=1000)
    registry.jobs()
    forks(runs.work_off)


if __name__ == "__main__":
    main()
