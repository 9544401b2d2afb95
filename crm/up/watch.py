"""Keeps what was started running."""

import time
from collections import deque
from collections.abc import Callable

from crm.embedded.child import Child, Died
from crm.up import say

TOO_MANY, WITHIN = 6, 60  # ends, seconds
LOG_CHECK = 60  # seconds


class Watch:
    """Starts again whatever ends by itself, and gives up when that does not help."""

    def __init__(self, watched: list[tuple[Child, Callable]]):
        """Pairs of a process and what starts it again, servers before those who need them."""
        self.watched = watched
        self.ends = deque(maxlen=TOO_MANY)
        self.logs_seen = time.monotonic()

    def forever(self) -> None:
        while True:
            for child, start in self.watched:
                if not child.alive:
                    self.revive(child, start)
            if time.monotonic() - self.logs_seen > LOG_CHECK:
                self.roll_logs()
            time.sleep(0.3)

    def revive(self, child, start):
        now = time.monotonic()
        self.ends.append(now)
        if len(self.ends) == TOO_MANY and now - self.ends[0] < WITHIN:
            raise Died(f"{child.name} keeps ending. The end of {child.log}:\n{child.last_lines()}")
        say.line(f"{child.name} ended by itself ({child.process.returncode}); starting it again.")
        start()

    def roll_logs(self):
        self.logs_seen = time.monotonic()
        for child, _ in self.watched:
            child.roll_log()
