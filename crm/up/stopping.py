"""The signals that end the supervisor, as one exception."""

import signal

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end; whoever started something stops it on the way out."""


def listen() -> None:
    for sign in ENDING:
        signal.signal(sign, _end)


def _end(*signal_and_frame):
    for sign in ENDING:  # stopping in order takes its time and is not interrupted
        signal.signal(sign, signal.SIG_IGN)
    raise Stopped
