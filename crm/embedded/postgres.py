"""A PostgreSQL cluster: made, started, and given its two roles."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from crm.embedded.binaries import postgres_programs, postgres_version
from crm.embedded.child import Child, wait_until
from crm.embedded.home import Home, make, write_private
from crm.embedded.identity import identity_for

SUPERUSER, OWNER, APPLICATION, DATABASE = "postgres", "crm_owner", "crm", "crm"
PORT = 5432  # of the socket's name; nothing listens on the network
CLEAN = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # never the caller's locale
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": 100,
    "random_page_cost": 1.1,
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "UTC",
    # Statements and the details of an error hold personal data: the log names the error alone.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "log_min_messages": "fatal",
}


class Postgres:
    """One cluster in the data folder, named by its major version, on a socket that only we may enter."""

    def __init__(self, home: Home, *, throw_away: bool = False, settings: dict | None = None):
        self.home, self.throw_away = home, throw_away
        self.cluster = home.data / f"pg{postgres_version()}"
        self.socket = make(home.sockets / "pg")
        self.identity = identity_for(postgres_programs() / "postgres", home.data, self.cluster)
        self.identity.own(self.socket)
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | CLEAN
        chosen = SETTINGS | (FORGETFUL if throw_away else {}) | (settings or {})
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        self.child = Child(
            "postgres",
            [postgres_programs() / "postgres", "-D", self.cluster, "-k", self.socket, "-p", PORT, *options],
            folder=home.log,
            stop_signal=signal.SIGINT,
            grace=60,
            identity=self.identity,
            env=self.env,
        )

    def start(self) -> None:
        if not (self.cluster / "PG_VERSION").exists():
            self.make_cluster()
        self.child.end_leftovers()
        self.forget_stale_pid()
        self.child.start()
        wait_until(self.answers, self.child)

    def make_cluster(self) -> None:
        """Made aside and renamed, so that an interruption leaves no half cluster."""
        aside = self.cluster.with_suffix(".new")
        shutil.rmtree(aside, ignore_errors=True)
        self.identity.own(make(aside))
        done = self.identity.run([postgres_programs() / "initdb", "-D", aside, *self.initdb_options()], env=self.env)
        (self.socket / "password").unlink(missing_ok=True)
        if done.returncode:
            raise SystemExit(f"PostgreSQL could not make its data folder:\n{done.stdout}{done.stderr}")
        aside.rename(self.cluster)

    def initdb_options(self):
        """The locale is given whole: under a plain C locale every Chinese trigram search finds nothing."""
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
        if postgres_version() >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.throw_away:
            return [*locale, "-U", SUPERUSER, "--auth=trust", "--no-sync"]
        return [*locale, "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={self.password_file()}"]

    def password_file(self):
        path = self.socket / "password"
        write_private(path, self.home.secret(SUPERUSER))
        self.identity.own(path)
        return path

    def forget_stale_pid(self) -> None:
        """Ours are gone, their lock is free: a pid file is stale unless a stranger runs the cluster.

        Left in place it would stop the server whenever its number has gone to another process.
        """
        pid_file = self.cluster / "postmaster.pid"
        pid = pid_file.read_text().split("\n", 1)[0] if pid_file.exists() else "none"
        if runs_postgres(pid, self.cluster):
            raise SystemExit(f"Another PostgreSQL (process {pid}) already runs on {self.cluster}. Stop it first.")
        for stale in (pid_file, *self.socket.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def answers(self) -> bool:
        where = ["-h", self.socket, "-p", str(PORT), "-U", SUPERUSER, "-d", "postgres"]
        asked = subprocess.run([postgres_programs() / "pg_isready", "-q", *where], check=False, env=self.env)
        return asked.returncode == 0

    def ensure_roles(self) -> None:
        """The owner migrates; the application's role owns nothing and gets its rights by `manage.py grants`."""
        with contextlib.closing(self.connect()) as link, link.cursor() as cursor:
            link.autocommit = True
            for role in (OWNER, APPLICATION):
                self._ensure_role(cursor, role)
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
                cursor.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
                cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}")

    def _ensure_role(self, cursor, role):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD %s").format(sql.Identifier(role))
        cursor.execute(statement, [self.home.secret(role)])

    def connect(self, database: str = "postgres"):
        password = None if self.throw_away else self.home.secret(SUPERUSER)
        return psycopg2.connect(host=str(self.socket), port=PORT, user=SUPERUSER, password=password, dbname=database)

    def url(self, role: str, database: str = DATABASE) -> str:
        """For DATABASE_URL."""
        who = role if self.throw_away else f"{role}:{self.home.secret(role)}"
        return f"postgres://{who}@:{PORT}/{database}?host={quote(str(self.socket))}"


def runs_postgres(pid: str, cluster: Path) -> bool:
    """Whether that process is a PostgreSQL on this very folder, and not a stranger that got the same number."""
    process = Path("/proc") / pid
    try:
        program = os.readlink(process / "exe")
        words = (process / "cmdline").read_text().split("\0")
    except OSError:
        return False
    return "postgres" in program and str(cluster) in words
