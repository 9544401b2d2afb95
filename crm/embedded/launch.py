"""Become somebody, tie one's life to the parent's, and then be the command.

Run by path with `python -IS` so that it imports nothing of the product and starts in milliseconds. The lock file stays
open in the command and everything it forks: as long as one of them lives, the lock is held.
"""

import argparse
import ctypes
import fcntl
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
LOCKED = 75


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--namespace", type=int, help="be this user inside a user namespace of one's own")
    parser.add_argument("--parent", type=int, help="end with this process")
    parser.add_argument("--signal", type=int, default=15, help="by this signal")
    parser.add_argument("--lock")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def hold(path):
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(LOCKED)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    os.set_inheritable(lock, True)


def become(uid, gid):
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def enter_namespace(libc, inside):
    outside = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER):
        sys.exit(f"no user namespace: {os.strerror(ctypes.get_errno())}")
    Path("/proc/self/uid_map").write_text(f"{inside} {outside[0]} 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{inside} {outside[1]} 1")


def main():
    given = arguments()
    libc = ctypes.CDLL(None, use_errno=True)
    if given.lock:
        hold(given.lock)
    if given.uid is not None:
        become(given.uid, given.gid)
    if given.namespace is not None:
        enter_namespace(libc, given.namespace)
    if given.parent:  # after the change of user, which clears it
        libc.prctl(PR_SET_PDEATHSIG, given.signal, 0, 0, 0)
        if os.getppid() != given.parent:
            sys.exit("the parent is gone")
    os.execv(given.command[0], given.command)  # noqa: S606


main()
