"""Senders made to be killed: `python -m tests.webhooks.sendhouse` forks one for each line it reads and prints its id.

Their leases and pauses are short, so that what a dead one held is soon taken up.
"""

import os
import sys
from datetime import timedelta

import django

from tests.house import forks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")


def main():
    django.setup()
    from webhooks import claims, sending

    claims.LEASE = timedelta(milliseconds=float(sys.argv[1]))
    claims.FIRST_PAUSE = claims.LONGEST_PAUSE = claims.LONGEST_REST = 0.03
    claims.MOST_TRIES = claims.MOST_FAILURES = 10**6
    forks(sending.work_off)


if __name__ == "__main__":
    main()
