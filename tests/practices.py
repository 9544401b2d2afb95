"""The catalogue of practices, and which of them the last recorded test run proved: `python -m tests.practices`."""

import csv
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "docs/practices.csv"
RECORD = ROOT / ".data/practices.json"


def titles() -> dict[str, str]:
    with CATALOGUE.open(newline="") as file:
        return {row["id"]: row["title"] for row in csv.DictReader(file)}


def lines(proofs: dict[str, list[str]], catalogue: dict[str, str]) -> list[str]:
    """One line a practice that a passing test proves, then the sum."""
    proven = sorted(set(proofs) & set(catalogue))
    shown = [f"{one}  {catalogue[one]}  [{', '.join(sorted(proofs[one]))}]" for one in proven]
    return [*shown, f"proven {len(proven)} of {len(catalogue)}"]


def main() -> int:
    if not RECORD.exists():
        print("No test run is recorded yet. `make test` records one.")
        return 1
    print("\n".join(lines(json.loads(RECORD.read_text()), titles())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
