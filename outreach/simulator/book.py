"""The centre's book: what it took, what each phone received, what it still owes the product. One SQLite file."""

import json
import sqlite3
import threading
import time
import uuid
from pathlib import Path

TABLES = """
    CREATE TABLE IF NOT EXISTS taken (
        id TEXT PRIMARY KEY, ref TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL
    );
    CREATE INDEX IF NOT EXISTS taken_ref ON taken (ref);
    CREATE TABLE IF NOT EXISTS received (
        n INTEGER PRIMARY KEY, id TEXT NOT NULL, ref TEXT NOT NULL, channel TEXT NOT NULL, phone TEXT NOT NULL,
        subject TEXT NOT NULL, text TEXT NOT NULL, at REAL NOT NULL
    );
    CREATE INDEX IF NOT EXISTS received_phone ON received (phone, n);
    CREATE TABLE IF NOT EXISTS replied (
        id TEXT PRIMARY KEY, phone TEXT NOT NULL, text TEXT NOT NULL, at REAL NOT NULL
    );
    CREATE INDEX IF NOT EXISTS replied_phone ON replied (phone, at);
    CREATE TABLE IF NOT EXISTS owed (
        n INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, due REAL NOT NULL, tries INTEGER DEFAULT 0,
        done REAL
    );
    CREATE INDEX IF NOT EXISTS owed_due ON owed (due) WHERE done IS NULL;
"""
PAGE = 1000  # rows of the log at once
PAUSE, LONGEST_PAUSE = 1, 60  # seconds between two tries to tell the product


class Book:
    """Every method is one transaction; what it returns has been written down."""

    def __init__(self, path: Path | str):
        self.lock = threading.Lock()
        self.link = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.link.row_factory = sqlite3.Row
        self.link.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {TABLES}")

    def close(self):
        with self.lock:
            self.link.close()

    def take(self, said: dict, *, once: bool, arrives: bool, report: tuple[str, float] | None) -> str:
        """Take a message and let it arrive; its id. With `once` a known ref changes nothing.

        `report`: the status to tell and after how many seconds.
        """
        with self.lock, self.link:
            self.link.execute("BEGIN IMMEDIATE")
            known = self._known(said["ref"]) if once else None
            if known:
                return known["id"]
            return self._taken(said, arrives, report)

    def _taken(self, said, arrives, report):
        made, now = uuid.uuid4().hex, time.time()
        self.link.execute("INSERT INTO taken VALUES (?, ?, 'accepted', ?)", (made, said["ref"], now))
        if arrives:
            row = (made, said["ref"], said["channel"], said["to"], said.get("subject", ""), said["text"], now)
            columns = "id, ref, channel, phone, subject, text, at"
            self.link.execute(f"INSERT INTO received ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
        if report:
            status, after = report
            self._owe("reports", {"id": made, "ref": said["ref"], "status": status}, now + after)
        return made

    def _known(self, ref):
        return self.link.execute("SELECT * FROM taken WHERE ref = ? ORDER BY at LIMIT 1", (ref,)).fetchone()

    def _owe(self, kind, body, due):
        self.link.execute("INSERT INTO owed (kind, body, due) VALUES (?, ?, ?)", (kind, json.dumps(body), due))

    def known(self, ref: str) -> dict | None:
        """{id, ref, status} of the first message taken under this ref."""
        with self.lock:
            row = self._known(ref)
        return row and {name: row[name] for name in ("id", "ref", "status")}

    def reply(self, phone: str, text: str) -> str:
        """A person answers from their phone; the id."""
        made, now = uuid.uuid4().hex, time.time()
        with self.lock, self.link:
            self.link.execute("BEGIN IMMEDIATE")
            self.link.execute("INSERT INTO replied VALUES (?, ?, ?, ?)", (made, phone, text, now))
            self._owe("inbound", {"id": made, "from": phone, "text": text}, now)
        return made

    def log(self, after: int = 0) -> list[dict]:
        """What phones received, oldest first, from number `after` on; at most a page."""
        return self._rows("SELECT * FROM received WHERE n > ? ORDER BY n LIMIT ?", after, PAGE)

    def phone(self, number: str, most: int = 50) -> dict:
        """The last messages and replies of one phone, newest first."""
        received = "SELECT * FROM received WHERE phone = ? ORDER BY n DESC LIMIT ?"
        replied = "SELECT * FROM replied WHERE phone = ? ORDER BY at DESC LIMIT ?"
        return {"received": self._rows(received, number, most), "replied": self._rows(replied, number, most)}

    def due(self, most: int = 20) -> list[dict]:
        """What the product is to be told now."""
        return self._rows("SELECT * FROM owed WHERE done IS NULL AND due <= ? ORDER BY due LIMIT ?", time.time(), most)

    def told(self, n: int, taken: bool) -> None:
        """The product took it, or is told again later; a report taken shows in the message's status."""
        with self.lock, self.link:
            self.link.execute("BEGIN IMMEDIATE")
            if not taken:
                pause = "min(?, ? * (1 << min(tries, 10)))"
                later = f"UPDATE owed SET tries = tries + 1, due = ? + {pause} WHERE n = ?"  # noqa: S608
                self.link.execute(later, (time.time(), LONGEST_PAUSE, PAUSE, n))
                return
            self.link.execute("UPDATE owed SET done = ? WHERE n = ?", (time.time(), n))
            kind, body = self.link.execute("SELECT kind, body FROM owed WHERE n = ?", (n,)).fetchone()
            if kind == "reports":
                said = json.loads(body)
                self.link.execute("UPDATE taken SET status = ? WHERE id = ?", (said["status"], said["id"]))

    def _rows(self, statement, *values):
        with self.lock:
            return [dict(row) for row in self.link.execute(statement, values)]
