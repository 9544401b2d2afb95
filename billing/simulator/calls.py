"""What is called at the product for what the book owes it, and what follows from the answer."""

import json

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
        said = {name: body[name] for name in ("ref", "status", "at", "reason")}
        return f"lines/{body['line']}/status/", said
    return f"service-requests/{owed['request']}/{what}/", body


def stands(owed: dict, said: dict) -> dict | None:
    """How the line stands after the product took it, as the book keeps it; None where nothing follows."""
    body = json.loads(owed["body"])
    if owed["what"] == "confirm" and owed["action"] in MEANS:
        known = {"line": owed["line"], "number": owed["number"], "status": MEANS[owed["action"]]}
        return known | {"request": owed["request"], "at": body["at"], "asked": True}
    if owed["what"] == "line":
        known = {"line": int(body["line"]), "number": body["number"], "status": body["status"]}
        return known | {"request": said["id"], "at": body["at"], "asked": False}
    return None


def why(said: dict) -> str:
    """What the product found wrong, in its words; "" where nothing was."""
    errors = [error.get("message", "") for error in said.get("errors", [])]
    return " ".join([said.get("title", ""), *errors]).strip()[:LONGEST]
