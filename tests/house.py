"""Processes made to be killed.

Forking from a process that has everything loaded makes a worker in milliseconds, so that many can die in a second.
"""

import os
import signal
import sys
import time


def forks(work_off):
    """Fork a worker for each line read from standard input and print its id; it works until somebody kills it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead bury themselves
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            while True:
                work_off()
                time.sleep(0.01)
        print(pid, flush=True)
