"""Whom PostgreSQL runs as: it refuses root, so root lends it another identity."""

import grp
import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LAUNCH = Path(__file__).with_name("launch.py")
NOBODY = 65534


@dataclass(frozen=True)
class Identity:
    """Nothing set: ourselves. `uid`, `gid`: that account. `namespace`: root, who is somebody else inside."""

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False

    def options(self) -> list[str]:
        if self.namespace:
            return ["--namespace", str(NOBODY)]
        return [] if self.uid is None else ["--uid", str(self.uid), "--gid", str(self.gid)]

    def own(self, *paths: Path) -> None:
        for path in paths:
            if self.uid is not None:
                os.chown(path, self.uid, self.gid)

    def run(self, command: list, **options) -> subprocess.CompletedProcess:
        """Run to the end as this identity; output is captured."""
        full = [sys.executable, "-IS", LAUNCH, *self.options(), "--", *command]
        return subprocess.run(full, check=False, capture_output=True, text=True, **options)


OURSELVES = Identity()


def identity_for(program: Path, data: Path, cluster: Path) -> Identity:
    """Who may run `program` on `data`; an existing `cluster` is always run by its owner."""
    if os.geteuid() != 0:
        return _ourselves(cluster)
    if cluster.exists():
        return _owner(cluster)
    for name in filter(None, (os.environ.get("CRM_PG_USER"), "postgres", "nobody")):
        account = _account(name)
        if account and can_walk(account, program) and can_walk(account, data):
            return Identity(account.pw_uid, account.pw_gid)
    return _namespace(data)


def _ourselves(cluster):
    if cluster.exists() and cluster.stat().st_uid != os.geteuid():
        owner = _name(cluster.stat().st_uid)
        raise SystemExit(
            f"The data in {cluster} belongs to {owner}. Start as {owner}, or set CRM_DATA to another folder."
        )
    return OURSELVES


def _owner(cluster):
    owner = cluster.stat()
    return Identity(owner.st_uid, owner.st_gid) if owner.st_uid else _namespace(cluster.parent)


def _namespace(data):
    identity = Identity(namespace=True)
    if identity.run(["/bin/sh", "-c", ":"]).returncode:
        raise SystemExit(
            f"PostgreSQL does not run as root, and no other account reaches {data}. "
            "Start as an ordinary user, or set CRM_PG_USER to an account that may enter that folder."
        )
    return identity


def can_walk(account: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account may enter every folder down to `path`, and `path` itself."""
    groups = {account.pw_gid} | {group.gr_gid for group in grp.getgrall() if account.pw_name in group.gr_mem}
    path = path.resolve()
    return all(_enters(account.pw_uid, groups, step.stat()) for step in (path, *path.parents))


def _enters(uid, groups, at):
    if at.st_uid == uid:
        return bool(at.st_mode & 0o100)
    if at.st_gid in groups:
        return bool(at.st_mode & 0o010)
    return bool(at.st_mode & 0o001)


def _account(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the account {uid}"
