"""The sender of the channel that exists in the chaos alone."""

from jobs.runs import never
from outreach.sending import work_off


def blind(stop=never) -> int:
    return work_off("blind", stop)
