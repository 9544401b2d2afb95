"""Between the servers' start and the first request: migrations, rights, translations, static files, demo data."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

from crm.embedded.child import Died
from crm.up import say
from crm.up.environment import ROOT, of_the_application, of_the_owner

MANAGE = [sys.executable, str(ROOT / "manage.py")]


def start(command: list[str], env: dict, **options) -> subprocess.Popen:
    """In a session of its own: Ctrl-C is for the supervisor, which ends what it started."""
    return subprocess.Popen([*MANAGE, *command], env=env, cwd=ROOT, start_new_session=True, **options)


def finish(process: subprocess.Popen, what: str) -> None:
    try:
        if process.wait():
            raise Died(f"{what} failed; the reason stands above.")
    finally:
        process.terminate()


def prepare(env: dict) -> None:
    """Bring database and files to this version of the product. The two parts do not wait for each other."""
    assets = start(["assets"], of_the_application(env))
    try:
        upgrade = start(["upgrade", role(env["DATABASE_URL"])], of_the_owner(env))
        finish(upgrade, "Bringing the database to this version")
    finally:
        finish(assets, "Compiling translations and gathering static files")


def role(url: str) -> str:
    """The role the application signs in as; a URL that leaves it out means the system account's name."""
    return urlsplit(url).username or os.environ.get("PGUSER") or os.environ.get("USER") or "postgres"


def load_demo(env: dict) -> None:
    say.line("First start: making the demo branch…")
    finish(start(["demo"], of_the_application(env)), "Making the demo branch")


def logins(asked: subprocess.Popen) -> list[list[str]]:
    """Role, sign-in name, password and person of the demo, one row a role; empty without demo data."""
    said, _ = asked.communicate()
    rows = [line.split(None, 3) for line in said.splitlines()]
    return [row for row in rows if len(row) == 4] if asked.returncode == 0 else []
