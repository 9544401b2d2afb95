"""The environment of our own processes: what is given, and where nothing is given what this installation keeps."""

import hashlib
import os
from pathlib import Path

from crm.embedded import Home, Servers
from crm.embedded.home import write_private

ROOT = Path(__file__).parent.parent.parent
OWNERS = "DATABASE_OWNER_URL"
NOT_WRITTEN = {OWNERS, "CRM_DATA"}  # the owner's password; and where the file lies says where the data lies


def data_folder() -> Path:
    return Path(os.environ.get("CRM_DATA") or ROOT / ".data").absolute()


def given(name: str) -> bool:
    return bool(os.environ.get(name))


def needed_servers(home: Home) -> Servers:
    return Servers(home, postgres=not given("DATABASE_URL"), valkey=not given("REDIS_URL"))


def kept(home: Home, servers: Servers) -> dict[str, str]:
    """What the person did not set: keys made once, our own servers, plain HTTP on this machine."""
    ours = {
        "CRM_DATA": str(home.data),
        "SECRET_KEY": home.secret("secret_key"),
        "SEARCH_HASH_KEY": home.secret("search_hash_key"),
        "WEBHOOK_KEY": home.secret("webhook_key"),
        "GATEWAY_KEY": home.secret("gateway_key"),
        "HTTPS": "0",
        # Browsers share cookies between the ports of one host: two installations must not share a session.
        "COOKIE_PREFIX": hashlib.sha256(bytes(home.data)).hexdigest()[:8] + "-",
        **servers.environment(),
    }
    return {name: value for name, value in ours.items() if not given(name)}


def write(home: Home, ours: dict[str, str]) -> None:
    """`.data/environment`, from which `manage.py` finds the running servers."""
    lines = [f"{name}={value}" for name, value in ours.items() if name not in NOT_WRITTEN]
    write_private(home.data / "environment", "\n".join(["# Written at each start.", *lines, ""]))


def of_the_owner(env: dict[str, str]) -> dict[str, str]:
    """For migrations: the database's owner where one is named, else the one role there is."""
    return env | {"DATABASE_URL": env.get(OWNERS) or env["DATABASE_URL"]}


def of_the_application(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name != OWNERS}
