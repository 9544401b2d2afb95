"""Senders made to be killed: `python -m tests.outreach.sendhouse` forks one for each line it reads and prints its id.

Their leases and pauses are short, so that what a dead one held is soon taken up.
"""

import os
from datetime import timedelta

import django

from tests.house import forks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")


def main():
    django.setup()
    from outreach import breakers, claims, fates, sending, settling

    claims.SLACK = timedelta(milliseconds=200)
    fates.FIRST_PAUSE = fates.LONGEST_PAUSE = breakers.FIRST_REST = breakers.LONGEST_REST = 0.03
    fates.MOST_TRIES = 10**6

    def work_off():
        sending.sms()
        settling.work_off()

    forks(work_off)


if __name__ == "__main__":
    main()
