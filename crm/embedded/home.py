"""Where an installation keeps its data, its sockets and its secrets."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

SOCKET_LIMIT = 107  # bytes of a Unix socket's path
LONGEST_SOCKET = "/pg/.s.PGSQL.5432"
OWNER = "data"  # the file in a folder of sockets that names the data folder it belongs to


class Busy(SystemExit):
    """Another process already runs this installation."""


class Home:
    """The data folder and, beside it in a short place, the folder of sockets that only this account may enter."""

    def __init__(self, data: Path):
        self.data = writable(make(Path(data).absolute(), 0o711))  # PostgreSQL's account walks through to its own
        self.log = make(self.data / "log")
        self.secrets = make(self.data / "secrets")
        self.sockets = self._sockets()
        self._lock = None

    def claim(self) -> "Home":
        """Hold the installation until this process ends, however it ends."""
        self._lock = os.open(self.data / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"This installation is already running (data in {self.data}).") from None
        sweep(self.sockets.parent)
        return self

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def secret(self, name: str) -> str:
        """Made on first use and kept, readable by this account alone."""
        path = self.secrets / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path.read_text()

    def _sockets(self):
        name = f"crm-{os.geteuid()}-{hashlib.sha256(bytes(self.data)).hexdigest()[:10]}"
        for place in _runtime_places():
            if len(os.fsencode(place / name)) + len(LONGEST_SOCKET) <= SOCKET_LIMIT:
                folder = _own(make(place / name, 0o711))
                write_private(folder / OWNER, str(self.data))
                return folder
        raise SystemExit("No folder has a path short enough for sockets. Set TMPDIR to a short one, e.g. /tmp.")


def _runtime_places():
    """Root's runtime folder is closed to the account PostgreSQL runs as, so root uses the temporary one."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and os.geteuid() and os.access(given, os.W_OK):
        yield Path(given)
    yield Path(tempfile.gettempdir())
    yield Path("/tmp")  # noqa: S108 - the folder made in it is checked and closed


def sweep(place: Path) -> None:
    """Remove our folders of sockets whose data is gone: most are of test runs that were killed."""
    for folder in place.glob(f"crm-{os.geteuid()}-*"):
        with contextlib.suppress(OSError):  # not one of ours, or gone this moment
            if folder.lstat().st_uid == os.geteuid() and not Path((folder / OWNER).read_text()).exists():
                shutil.rmtree(folder, ignore_errors=True)


def make(folder: Path, mode: int = 0o700) -> Path:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    return folder


def writable(folder: Path) -> Path:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SystemExit(f"The data folder {folder} is not yours to write. Set CRM_DATA to another one.")
    return folder


def _own(folder):
    found = folder.lstat()
    if found.st_uid != os.geteuid() or folder.is_symlink():
        raise SystemExit(f"{folder} belongs to somebody else. Remove it, or set TMPDIR to another folder.")
    folder.chmod(0o711)
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step; nobody else may read it at any moment."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    aside.replace(path)
