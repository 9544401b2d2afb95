"""What is done to the processes; each takes the cast and the source of chance, and says whether it hit."""

import contextlib
import os
import signal

import redis

from chaos.cast import end, tell


def kill_pool_process(cast, chance):
    """kill -9 of a process in the middle of a step or of sending; its worker makes a new one."""
    return _one_of(cast.pool(), chance, lambda pid: tell(pid, signal.SIGKILL))


def kill_worker(cast, chance):
    """kill -9 of a whole worker; the supervisor starts it again."""
    end(chance.choice(cast.workers), signal.SIGKILL)
    return True


def freeze_pool_process(cast, chance):
    return _one_of(cast.pool(), chance, cast.freeze)


def kill_web_process(cast, chance):
    """kill -9 of a process in the middle of a request; its master makes a new one."""
    return _one_of(cast.web_pool(), chance, lambda pid: tell(pid, signal.SIGKILL))


def kill_web(cast, chance):
    """kill -9 of the web server's master, alone or with its processes; the supervisor starts it again."""
    kill, up = chance.choice((os.kill, os.killpg)), bool(cast.web_pool())
    if up:
        kill(cast.web.process.pid, signal.SIGKILL)
        cast.web.process.wait(20)
    return up


def freeze_web_process(cast, chance):
    """For longer than the clients wait: they come again while the first request is still at work."""
    return _one_of(cast.web_pool(), chance, cast.freeze)


def change_beats(cast, chance):
    """From now on 0, 1, 2 or 5 beats, the old ones killed."""
    for beat in cast.beats:
        end(beat, signal.SIGKILL)
    cast.beats = [cast.beat() for _ in range(chance.choice((0, 0, 1, 2, 5)))]
    return True


def restart_postgresql(cast, chance):
    """Immediate shutdown: no checkpoint, every connection cut."""
    pid = cast.postmaster()
    if pid:
        tell(pid, signal.SIGQUIT)
        cast.servers.postgres.child.process.wait(30)
    return pid is not None


def cut_connections(cast, chance):
    with contextlib.closing(cast.servers.postgres.connect()) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'crm'")
        return cursor.fetchone()[0] > 0


def kill_valkey(cast, chance):
    end(cast.servers.valkey.child.process, signal.SIGKILL)
    return True


def empty_valkey(cast, chance):
    with contextlib.suppress(redis.RedisError), redis.Redis(unix_socket_path=str(cast.servers.valkey.socket)) as link:
        return link.flushall()
    return False


def kill_billing_system(cast, chance):
    end(cast.billing.process, signal.SIGKILL)
    return True


def kill_billing_system_between_accepting_and_confirming(cast, chance):
    between = cast.billing.between()
    if between:
        end(cast.billing.process, signal.SIGKILL)
    return between > 0


def freeze_billing_system(cast, chance):
    """While the product goes on telling it of requests and withdrawing them."""
    cast.freeze(cast.billing.process.pid)
    return True


FAULTS = {  # whom it hits, and how often each is drawn
    kill_pool_process: ("worker process", 8),
    kill_web_process: ("web process", 6),
    cut_connections: ("PostgreSQL", 4),
    empty_valkey: ("Valkey", 4),
    kill_valkey: ("Valkey", 3),
    restart_postgresql: ("PostgreSQL", 3),
    change_beats: ("beat", 2),
    freeze_pool_process: ("worker process", 2),
    freeze_web_process: ("web process", 1),
    kill_web: ("web server", 1),
    kill_worker: ("worker", 1),
    kill_billing_system: ("billing system", 2),
    kill_billing_system_between_accepting_and_confirming: ("billing system", 3),
    freeze_billing_system: ("billing system", 1),
}


def draw(chance):
    return chance.choices(list(FAULTS), [often for _whom, often in FAULTS.values()])[0]


def _one_of(pids, chance, hit):
    if pids:
        hit(chance.choice(pids))
    return bool(pids)
