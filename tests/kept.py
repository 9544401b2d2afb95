"""The migrated database of an earlier run, as long as no migration differs: whoever runs one test file waits less."""

import getpass
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from crm.embedded.binaries import postgres_programs, postgres_version
from crm.embedded.postgres import DATABASE, PORT, SUPERUSER

ROOT = Path(__file__).parent.parent
MOST = 8  # dumps that are kept
MAKES_IT = ["*/migrations/*.py", "crm/management/commands/*.py", "crm/new_database.py", "staff/public_holidays.py"]
MAKES_IT += ["requirements.txt"]


def restore(socket: Path, password: str = "") -> bool:
    """Fill the empty database from the dump of this very state of the migrations; False where there is none.

    `password`: the superuser's, where the server asks for one.
    """
    kept = path()
    if not kept.exists() or kept.stat().st_uid != os.getuid():  # another's dump is nothing we would run
        return False
    run("pg_restore", socket, "--exit-on-error", kept, password=password)
    os.utime(kept)
    return True


def keep(socket: Path, password: str = ""):
    """Dump the migrated database for the next run, and let the oldest dumps go."""
    kept = path()
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    aside = kept.with_suffix(f".{os.getpid()}")
    run("pg_dump", socket, "-Fc", "-Z1", "-f", aside, password=password)
    aside.rename(kept)
    by_age = sorted(kept.parent.glob("*.dump"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in by_age[MOST:]:
        old.unlink(missing_ok=True)


def path() -> Path:
    """Named for everything that the migrated database is made of."""
    digest = hashlib.sha256(f"PostgreSQL {postgres_version()}".encode())
    for pattern in MAKES_IT:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return Path(tempfile.gettempdir()) / f"crm-migrated-{getpass.getuser()}" / f"{digest.hexdigest()}.dump"


def run(program, socket, *words, password):
    where = ["-h", socket, "-p", str(PORT), "-U", SUPERUSER, "-d", DATABASE]
    env = dict(os.environ, PGPASSWORD=password)
    subprocess.run([postgres_programs() / program, *where, *words], check=True, env=env)
