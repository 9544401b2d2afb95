"""The sender of the channel that exists in the chaos alone."""

from outreach.sending import never, work_off


def blind(stop=never) -> int:
    return work_off("blind", stop)
