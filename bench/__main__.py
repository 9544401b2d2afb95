"""`make bench [ONLY=…]`: figures and budgets (docs/performance.md)."""

import argparse
import sys
from importlib import import_module

from bench.report import Report
from bench.stage import Stage

JOBS = ("memory", "callbacks", "imports", "dunning", "complaints", "send", "demo")
ALONE = ("imports", "dunning", "complaints")  # in databases of their own, of a size of their own
PARTS = ("search", "list", "accounts", "page", "mixed", *JOBS)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("only", nargs="?", choices=PARTS, help="one part alone")
    options.add_argument("--customers", type=int, default=2_000_000)
    options.add_argument("--size", type=int, help=f"records of a part that has its own ({', '.join(ALONE)})")
    chosen = options.parse_args()
    report = Report()
    with Stage(chosen.customers, filled=chosen.only not in ALONE) as stage:
        import django

        django.setup()
        print(f"{'':45} {'p50 ms':>8} {'p95 ms':>8} {'ratio':>7}")
        measure(stage, report, chosen.only, {"size": chosen.size} if chosen.size else {})
    sizes = [] if chosen.only in ALONE else [f"{chosen.customers:,} customers"]
    return report.end(", ".join([*sizes, *filter(None, [chosen.only])]))


def measure(stage, report, only, size):
    from bench import pages

    if only not in JOBS:
        pages.run(stage, report, only)
    for name in JOBS:
        if only in (None, name):
            import_module(f"bench.{name}").run(stage, report, **(size if name in ALONE else {}))


if __name__ == "__main__":
    sys.exit(main())
