"""What the person who typed `make run` gets to read."""

from pathlib import Path


def line(text: str) -> None:
    print(text, flush=True)


def block(address: str, logins: list[list[str]], data: Path, logs: Path) -> None:
    """Where to go, as whom, where the data lives, how to stop."""
    rows = [("Open", address), ("Data", data), ("Logs", logs), ("Stop", "Ctrl-C")]
    text = ["", *(f"  {label}   {value}" for label, value in rows)]
    if logins:
        text += ["", "  Demo logins", *table([["role", "name", "password", "person"], *logins])]
    line("\n".join([*text, ""]))


def table(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return ["    " + "  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows]
