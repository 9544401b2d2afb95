"""The billing system's book: what it was asked, what it still owes the product, how it believes each line stands.

One SQLite file. Every method is one transaction; what it returns has been written down.
"""

import json
import sqlite3
import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

TABLES = """
    CREATE TABLE IF NOT EXISTS learned (
        id INTEGER PRIMARY KEY, branch TEXT NOT NULL, line INTEGER NOT NULL, number TEXT NOT NULL,
        action TEXT NOT NULL, asked_at REAL NOT NULL, behaviour TEXT NOT NULL, at REAL NOT NULL
    );
    CREATE INDEX IF NOT EXISTS learned_line ON learned (line, id);
    CREATE TABLE IF NOT EXISTS owed (
        n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, branch TEXT NOT NULL, what TEXT NOT NULL,
        request INTEGER REFERENCES learned, about TEXT NOT NULL, body TEXT NOT NULL, due REAL NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0, done REAL, status INTEGER, said TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX IF NOT EXISTS owed_due ON owed (due) WHERE done IS NULL;
    CREATE INDEX IF NOT EXISTS owed_request ON owed (request) WHERE done IS NULL;
    CREATE INDEX IF NOT EXISTS owed_done ON owed (branch, done) WHERE done IS NOT NULL;
    CREATE TABLE IF NOT EXISTS standing (
        line INTEGER PRIMARY KEY, branch TEXT NOT NULL, number TEXT NOT NULL, status TEXT NOT NULL,
        request INTEGER NOT NULL, decided REAL NOT NULL, at REAL NOT NULL
    );
"""
# Of one request the answers leave one after the other, and of one line what was asked first is done first, unless
# that is being dawdled over.
DUE = """
    SELECT owed.*, learned.line, learned.number, learned.action, learned.asked_at
    FROM owed LEFT JOIN learned ON learned.id = owed.request
    WHERE done IS NULL AND due <= ? AND NOT EXISTS (
        SELECT 1 FROM owed before WHERE before.request = owed.request AND before.n < owed.n AND before.done IS NULL
    ) AND NOT (owed.what = 'confirm' AND EXISTS (
        SELECT 1 FROM learned older JOIN owed before ON before.request = older.id AND before.done IS NULL
        WHERE older.line = learned.line AND older.id < learned.id AND older.behaviour NOT IN ('late', 'out_of_order')
    )) ORDER BY due, n LIMIT ?
"""
# `request`: the newest that was confirmed; an older one changes nothing any more. `decided`: when it last did something
# by itself; what was asked before that changes nothing, and nor does a deed older than what was confirmed.
STANDS = """
    INSERT INTO standing (line, branch, number, status, request, decided, at)
    VALUES (:line, :branch, :number, :status, :request, :decided, :at)
    ON CONFLICT (line) DO UPDATE SET status = excluded.status, request = max(excluded.request, request),
        decided = max(excluded.decided, decided), at = excluded.at
    WHERE CASE WHEN excluded.request THEN excluded.request > request AND :asked_at >= decided ELSE :at >= at END
"""
PAGE = 1000  # lines at once
SHOWN = 50  # deeds on the page
PAUSE, LONGEST_PAUSE = 0.5, 10  # seconds between two tries to tell the product


class Book:
    def __init__(self, path: Path | str):
        self.lock = threading.Lock()
        self.link = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.link.row_factory = sqlite3.Row
        self.link.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {TABLES}")

    def close(self):
        with self.lock:
            self.link.close()

    def knows(self, request: int) -> bool:
        return bool(self._rows("SELECT id FROM learned WHERE id = ?", request))

    def learn(self, asked: dict, behaviour: str, answers: list[tuple[str, dict, float]]) -> bool:
        """Keep a request, and what will be answered: (verb, body, seconds from now). Whether it was new.

        `asked`: {id, branch, line, number, action, asked_at (seconds since 1970)}.
        """
        now = time.time()
        row = [asked[name] for name in ("id", "branch", "line", "number", "action", "asked_at")]
        with self.lock, self.link:
            self.link.execute("BEGIN IMMEDIATE")
            keep = "INSERT OR IGNORE INTO learned VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            if not self.link.execute(keep, (*row, behaviour, now)).rowcount:
                return False
            for verb, body, after in answers:
                owed = {"key": uuid.uuid4().hex, "branch": asked["branch"], "what": verb, "request": asked["id"]}
                self._owe(owed | {"about": asked["number"], "body": body, "due": now + after})
        return True

    def owe(self, key: str, branch: str, what: str, about: str, body: dict) -> None:
        """Do something unasked: a payment, its reversal, something done to a line. The same `key` twice is once."""
        with self.lock, self.link:
            owed = {"key": key, "branch": branch, "what": what, "request": None, "about": about}
            self._owe(owed | {"body": body, "due": time.time()})

    def _owe(self, owed):
        self.link.execute(
            "INSERT OR IGNORE INTO owed (key, branch, what, request, about, body, due)"
            " VALUES (:key, :branch, :what, :request, :about, :body, :due)",
            owed | {"body": json.dumps(owed["body"])},
        )

    def due(self, most: int = 20) -> list[dict]:
        """What the product is to be told now."""
        return self._rows(DUE, time.time(), most)

    def begun(self, owed: dict) -> dict:
        """The row with the moment at which it is done; a second try says the same one."""
        body = {"at": moment(time.time())} | json.loads(owed["body"])
        with self.lock:
            self.link.execute("UPDATE owed SET body = ? WHERE n = ?", (json.dumps(body), owed["n"]))
        return owed | {"body": json.dumps(body)}

    def later(self, n: int, pause: float = 0) -> None:
        """The product did not take it: it is told again, no sooner than after `pause` seconds."""
        wait = "max(?, min(?, ? * (1 << min(tries, 10))))"
        statement = f"UPDATE owed SET tries = tries + 1, due = ? + {wait} WHERE n = ?"  # noqa: S608
        with self.lock:
            self.link.execute(statement, (time.time(), pause, LONGEST_PAUSE, PAUSE, n))

    def told(self, owed: dict, status: int, said: str = "", stands: dict | None = None) -> None:
        """The product has answered for good.

        `stands`: how a line stands from now on, as `calls.stands` has it. Whose acceptance it does not want (it was
        withdrawn) is told nothing more.
        """
        with self.lock, self.link:
            self.link.execute("BEGIN IMMEDIATE")
            done = "UPDATE owed SET tries = tries + 1, done = ?, status = ?, said = ? WHERE n = ?"
            self.link.execute(done, (time.time(), status, said, owed["n"]))
            if owed["what"] == "accept" and status >= 300:
                self.link.execute("DELETE FROM owed WHERE request = ? AND done IS NULL", (owed["request"],))
            if stands:
                self.link.execute(STANDS, stands | {"branch": owed["branch"]})

    def standing(self, branch: str, after: int = 0) -> list[dict]:
        """How it believes the lines stand, {line, number, status, at}, from line (id) `after` on; at most a page."""
        wanted = "SELECT line, number, status, at FROM standing WHERE branch = ? AND line > ? ORDER BY line LIMIT ?"
        return self._rows(wanted, branch, after, PAGE)

    def deeds(self, branch: str) -> list[dict]:
        """The last things it told the product, newest first: {what, about, action, behaviour, at, status, said}."""
        columns = "owed.what, owed.about, learned.action, learned.behaviour, owed.done AS at, owed.status, owed.said"
        rows = f"SELECT {columns} FROM owed LEFT JOIN learned ON learned.id = owed.request"  # noqa: S608
        last = "WHERE owed.branch = ? AND owed.done IS NOT NULL ORDER BY owed.done DESC, owed.n DESC LIMIT ?"
        return self._rows(f"{rows} {last}", branch, SHOWN)

    def waiting(self, branch: str) -> int:
        """How many answers are still to be given."""
        return self._rows("SELECT count(*) AS n FROM owed WHERE branch = ? AND done IS NULL", branch)[0]["n"]

    def _rows(self, statement, *values):
        with self.lock:
            return [dict(row) for row in self.link.execute(statement, values)]


def moment(seconds: float) -> str:
    """Seconds since 1970 as the API writes a moment."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
