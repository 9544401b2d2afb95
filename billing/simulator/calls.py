"""What is called at the product for what the book owes it, and what follows from the answer."""

import json
import time
from datetime import datetime

REFUSED_FOR = "Refused by the simulated billing system"
MEANS = {
    "suspend_one_way": "suspended_one_way", "suspend_two_way": "suspended_two_way", "restore": "active",
    "reclaim": "active", "cancel": "off_net", "hold": "voluntary_hold",
}  # fmt: skip
LONGEST = 300  # characters of a reason that are kept


def body_of(verb: str) -> dict:
    """What is said with an answer besides its time."""
    return {"reason": REFUSED_FOR} if verb == "refuse" else {}


def call(owed: dict) -> tuple[str, dict]:
    """(path below /api/v1/, body) of a row of the book."""
    what, body = owed["what"], json.loads(owed["body"])
    if what == "payment":
        return "payments/", {"payments": [body]}
    if what == "reversal":
        return "payment-reversals/", {"reversals": [body]}
    if what == "line":
        return f"lines/{body['line']}/status/", {name: body[name] for name in ("ref", "status", "at", "reason")}
    return f"service-requests/{owed['request']}/{what}/", body


def stands(owed: dict) -> dict | None:
    """How a line stands after the product took it, None where nothing follows; times in seconds since 1970.

    {line, number, status, at; request, asked_at: of what was confirmed, 0 of a deed of its own; decided: of the deed}.
    """
    body, what = json.loads(owed["body"]), owed["what"]
    if what == "confirm" and owed["action"] in MEANS:
        known = {name: owed[name] for name in ("line", "number", "request", "asked_at")} | {"decided": 0}
        return known | {"status": MEANS[owed["action"]], "at": seconds(body["at"])}
    if what == "line":
        known = {"line": int(body["line"]), "number": body["number"], "status": body["status"]}
        return known | {"request": 0, "asked_at": 0, "decided": time.time(), "at": seconds(body["at"])}
    return None


def seconds(moment: str) -> float:
    """Of a moment as the API writes it, since 1970."""
    return datetime.fromisoformat(moment).timestamp()


def why(said: dict) -> str:
    """What the product found wrong, in its words; "" where nothing was."""
    errors = [error.get("message", "") for error in said.get("errors", [])]
    return " ".join([said.get("title", ""), *errors]).strip()[:LONGEST]
