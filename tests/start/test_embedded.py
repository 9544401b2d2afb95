"""The embedded servers: whom they run as, what an interruption leaves, who may connect."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from crm.embedded import Busy, Home, Servers
from crm.embedded.child import Child
from crm.embedded.home import LONGEST_SOCKET, SOCKET_LIMIT
from crm.embedded.identity import can_walk, identity_for
from crm.embedded.postgres import APPLICATION, Postgres
from tests.start.installation import ROOT, kill, parents, wait

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="crm-home-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def home(folder):
    made = Home(folder / "data")
    yield made
    shutil.rmtree(made.sockets, ignore_errors=True)


def test_postgres_asks_everybody_for_a_password_and_survives_an_interrupted_beginning(home):
    (home.data / "pg18.new/base").mkdir(parents=True)  # an earlier initdb was cut off
    with Servers(home, valkey=False) as servers:
        link = psycopg2.connect(servers.environment()["DATABASE_URL"])
        with link.cursor() as cursor:
            cursor.execute("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (APPLICATION, False)
            cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
            assert cursor.fetchone() == ("C.UTF-8",)
        link.close()
        for role in (APPLICATION, "postgres"):
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(host=str(servers.postgres.socket), user=role, password="guess", dbname="crm")
        assert not list(servers.postgres.socket.glob("password*"))


def test_a_pid_file_that_names_a_stranger_is_removed_and_a_running_postgres_is_left_alone(home):
    with Servers(home, valkey=False, throw_away=True) as servers:
        running = servers.postgres.cluster / "postmaster.pid"
        with pytest.raises(SystemExit, match="already runs on"):
            Postgres(home, throw_away=True).forget_stale_pid()
        assert running.exists()
    running.write_text(f"{os.getpid()}\n")  # the number went to somebody else
    with Servers(home, valkey=False, throw_away=True) as servers:
        assert servers.postgres.answers()


@as_root
def test_root_below_a_closed_folder_runs_postgres_in_a_user_namespace(folder):
    folder.chmod(0o700)
    home = Home(folder / "data")
    with Servers(home, valkey=False, throw_away=True) as servers:
        assert servers.postgres.identity.namespace
        assert servers.postgres.answers()
    shutil.rmtree(home.sockets)


@as_root
def test_an_existing_cluster_is_run_by_its_owner(folder):
    cluster = folder / "pg"
    cluster.mkdir()
    os.chown(cluster, 65534, 65534)
    assert identity_for(Path("/bin/sh"), folder, cluster).uid == 65534


@as_root
def test_an_account_must_be_able_to_enter_every_folder(folder):
    nobody = pwd.getpwuid(65534)
    inner = folder / "a/b"
    inner.mkdir(parents=True)
    assert can_walk(nobody, inner)
    (folder / "a").chmod(0o750)
    assert not can_walk(nobody, inner)


def test_one_installation_is_claimed_once(home):
    home.claim()
    with pytest.raises(Busy, match="already running"):
        Home(home.data).claim()
    home.release()
    Home(home.data).claim().release()


def test_sockets_stay_short_however_long_the_path_of_the_data(folder):
    deep = Home(folder / ("long" * 40) / ("path" * 40))
    assert len(os.fsencode(deep.sockets)) + len(LONGEST_SOCKET) <= SOCKET_LIMIT
    shutil.rmtree(deep.sockets)


def test_a_folder_of_sockets_that_belongs_to_somebody_else_is_refused(home):
    trap = home.sockets
    shutil.rmtree(trap)
    trap.symlink_to("/etc")
    with pytest.raises(SystemExit, match="belongs to somebody else"):
        Home(home.data)
    trap.unlink()


def test_sockets_whose_data_is_gone_are_swept_and_no_others(folder, home):
    gone, stopped = Home(folder / "gone"), Home(folder / "stopped")
    foreign = home.sockets.with_name(f"crm-{os.geteuid()}-foreign")
    (gone.sockets / "pg").mkdir()
    shutil.rmtree(gone.data)
    foreign.mkdir()
    home.claim().release()
    assert [one.exists() for one in (gone.sockets, stopped.sockets, foreign)] == [False, True, True]
    shutil.rmtree(stopped.sockets)
    foreign.rmdir()


def test_a_secret_is_made_once(home):
    assert home.secret("one") == home.secret("one") != home.secret("two")
    assert (home.secrets / "one").stat().st_mode & 0o777 == 0o600


START = """
import pathlib, sys
from crm.embedded.child import Child
stubborn = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
Child("sleeper", stubborn, folder=pathlib.Path(sys.argv[1])).start()
print("started", flush=True)
sys.stdin.read()
"""


def test_leftovers_of_a_killed_supervisor_are_ended_before_the_next_start(folder):
    """This one ignores the signal that its parent's death sends."""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", START, folder], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert supervisor.stdout.readline() == b"started\n"
    wait(lambda: (folder / "sleeper.lock").exists() and (folder / "sleeper.lock").read_text())
    left = int((folder / "sleeper.lock").read_text())
    kill(supervisor.pid, signal.SIGKILL)
    supervisor.communicate()
    sleeper = Child("sleeper", ["/bin/sleep", "60"], folder=folder, grace=0.5).start()
    assert sleeper.alive
    assert left not in parents()
    sleeper.stop()
    assert not sleeper.alive
