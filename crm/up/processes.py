"""Our own processes: the worker, beat, and the web server on a socket that is already listening."""

import os
import socket
import sys

from crm.embedded import Home
from crm.embedded.child import Child
from crm.up.environment import ROOT

CELERY = [sys.executable, "-m", "celery", "-A", "crm"]


def processes(home: Home, env: dict, web: socket.socket) -> list[Child]:
    """In the order of starting; they stop the other way round: web, beat, worker."""
    common = {"folder": home.log, "env": env, "cwd": ROOT}
    worker = ["worker", "--loglevel=info", f"--concurrency={count('WORKER_PROCESSES')}"]
    beat = ["beat", "--loglevel=info", "--pidfile=", f"--schedule={home.data / 'beat'}"]
    return [
        Child("worker", [*CELERY, *worker, "--without-gossip", "--without-mingle"], grace=30, **common),
        Child("beat", [*CELERY, *beat], **common),
        web_server(home, env, web),
    ]


def web_server(home: Home, env: dict, web: socket.socket) -> Child:
    fd = web.fileno()
    return Child("web", gunicorn(fd), folder=home.log, env=env, cwd=ROOT, fds=(fd,), grace=20)


def gunicorn(listening):
    return [
        *(sys.executable, "-m", "gunicorn", "crm.wsgi:application", "--bind", f"fd://{listening}"),
        *("--worker-class", "gthread", "--workers", str(count("WEB_PROCESSES")), "--threads", "4"),
        *("--preload", "--graceful-timeout", "15", "--timeout", "60", "--keep-alive", "15"),
        *("--max-requests", "20000", "--max-requests-jitter", "2000"),
        *("--no-control-socket", "--log-level", "warning"),
    ]


def count(name):
    text = os.environ.get(name) or str(min(os.cpu_count() or 1, 4))
    if not text.isdigit() or text == "0":
        raise SystemExit(f"{name} must be a positive number, not {text!r}.")
    return int(text)
