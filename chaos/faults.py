"""What is done to the processes; each takes the cast and the source of chance."""

import contextlib
import os
import signal
import time

import redis

from chaos.cast import end


def kill_pool_process(cast, chance):
    """kill -9 of a process in the middle of a step; its worker makes a new one."""
    pids = [pid for worker in cast.workers for pid in cast.children(worker)]
    if pids:
        _signal(chance.choice(pids), signal.SIGKILL)


def kill_worker(cast, chance):
    """kill -9 of a whole worker; the supervisor starts it again."""
    end(chance.choice(cast.workers), signal.SIGKILL)


def freeze_worker(cast, chance):
    """Stop a pool process for longer than its lease, then let it go on with what it believes to hold."""
    pids = [pid for worker in cast.workers for pid in cast.children(worker)]
    if pids:
        pid = chance.choice(pids)
        _signal(pid, signal.SIGSTOP)
        time.sleep(4)
        _signal(pid, signal.SIGCONT)


def change_beats(cast, chance):
    """From now on 0, 1, 2 or 5 beats, the old ones killed."""
    for beat in cast.beats:
        end(beat, signal.SIGKILL)
    cast.beats = [cast.beat() for _ in range(chance.choice((0, 0, 1, 2, 5)))]


def restart_postgresql(cast, chance):
    """Immediate shutdown: no checkpoint, every connection cut."""
    if pid := cast.postmaster():
        _signal(pid, signal.SIGQUIT)
        cast.servers.postgres.child.process.wait(30)


def cut_connections(cast, chance):
    with contextlib.closing(cast.servers.postgres.connect()) as link, link.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'crm'")


def kill_valkey(cast, chance):
    end(cast.servers.valkey.child.process, signal.SIGKILL)


def empty_valkey(cast, chance):
    with contextlib.suppress(redis.RedisError), redis.Redis(unix_socket_path=str(cast.servers.valkey.socket)) as link:
        link.flushall()


FAULTS = {  # how often each is drawn
    kill_pool_process: 8,
    cut_connections: 4,
    empty_valkey: 4,
    kill_valkey: 3,
    restart_postgresql: 3,
    change_beats: 2,
    freeze_worker: 2,
    kill_worker: 1,
}


def _signal(pid, sign):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)
