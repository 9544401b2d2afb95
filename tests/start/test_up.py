"""The supervisor, walked through its states in a copy of the product."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.start.installation import Installation, kill, wait


@pytest.fixture
def short():
    """A folder that every account may enter, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="crm-up-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def installation(short):
    made = Installation(short / "crm")
    yield made
    made.kill_everything()


def ready(installation):
    status, body = installation.get("/readyz")
    assert status in (200, 503), (installation.folder / ".data/log/web.log").read_text()[-3000:]
    return status, json.loads(body)


def in_database(installation, statement):
    """Through `manage.py`, which finds the running servers by itself."""
    program = f"from django.db import connection as c; k = c.cursor(); k.execute({statement!r}); print(k.fetchall())"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", program]
    done = subprocess.run(
        command, cwd=installation.folder, env=installation.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_starts_serves_recovers_and_stops(installation):
    installation.start()
    assert f"http://localhost:{installation.port}/" in installation.text
    assert str(installation.folder / ".data") in installation.text
    assert installation.get("/healthz") == (200, "ok\n")
    assert ready(installation)[0] == 200
    assert installation.get("/login/")[0] == 200
    in_database(installation, "INSERT INTO django_content_type (app_label, model) VALUES ('kept', 'kept') RETURNING id")
    refuses_a_second_start(installation)
    says_not_ready_while_the_broker_hangs(installation)
    starts_again_what_dies(installation)
    leaves_nothing_when_the_supervisor_is_killed(installation)
    starts_after_everything_was_killed(installation)
    kept = in_database(installation, "SELECT count(*) FROM django_content_type WHERE app_label = 'kept'")
    assert kept == "[(1,)]"
    assert installation.interrupt() == 0
    assert "Everything has stopped." in installation.text
    assert installation.processes() == set()
    assert secrets_are_private(installation)


def refuses_a_second_start(installation):
    said, code = installation.refused(PORT=str(installation.port + 1))
    assert (said.strip().count("\n"), code) == (0, 1)
    assert "already running" in said


def says_not_ready_while_the_broker_hangs(installation):
    valkey = installation.named("valkey-server")[-1]
    os.kill(valkey, signal.SIGSTOP)
    status, parts = ready(installation)
    os.kill(valkey, signal.SIGCONT)
    assert (status, parts["broker"], parts["database"]) == (503, False, True)
    assert installation.get("/healthz")[0] == 200


def starts_again_what_dies(installation):
    for name in ("valkey-server", "bin/postgres -D", "gunicorn", "billing.simulator"):
        before = installation.named(name)
        kill(before[0], signal.SIGKILL)
        wait(lambda: ready_again(installation, name, before[0]), 60)  # noqa: B023 - called at once


def ready_again(installation, name, killed):
    try:
        now = installation.named(name)
        return now and killed not in now and ready(installation)[0] == 200
    except OSError:
        return False


def leaves_nothing_when_the_supervisor_is_killed(installation):
    children = installation.processes()
    kill(installation.process.pid, signal.SIGKILL)
    installation.process.wait()
    wait(lambda: not children & installation.processes(), 40)
    installation.start()


def starts_after_everything_was_killed(installation):
    installation.kill_everything()
    installation.process.wait()
    installation.start()
    assert ready(installation)[0] == 200


def secrets_are_private(installation):
    data = installation.folder / ".data"
    private = [data / "environment", *(data / "secrets").iterdir()]
    return all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in private)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_two_installations_run_side_by_side_as_root_and_as_an_ordinary_user(installation, short):
    nobody = pwd.getpwuid(65534)
    walks = "+dac_read_search"  # only to reach a Python that lies below root's closed home
    become = ("setpriv", "--reuid=65534", f"--regid={nobody.pw_gid}", "--clear-groups")
    other = Installation(short / "other", prefix=(*become, f"--inh-caps={walks}", f"--ambient-caps={walks}"))
    for path in (short, other.folder, *other.folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    installation.start()
    try:
        other.start()
        assert (ready(installation)[0], ready(other)[0]) == (200, 200)
        said, code = other.refused(PORT=str(installation.port), CRM_DATA=str(short / "third"))
        assert (said, code) == (said_of_a_taken_port(installation.port), 1)
        assert (other.interrupt(), installation.interrupt()) == (0, 0)
    finally:
        other.kill_everything()


def said_of_a_taken_port(port):
    return f"Port {port} is already in use. Choose another one: make run PORT={port + 1}\n"
