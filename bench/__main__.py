"""`make bench [ONLY=…]`: figures and budgets (docs/performance.md)."""

import argparse
import sys

from bench.report import Report
from bench.stage import Stage

PARTS = ("search", "list", "accounts", "page", "mixed", "memory", "callbacks", "imports", "dunning", "demo", "send")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("only", nargs="?", choices=PARTS, help="one part alone")
    options.add_argument("--customers", type=int, default=2_000_000)
    chosen = options.parse_args()
    report = Report()
    with Stage(chosen.customers) as stage:
        import django

        django.setup()
        print(f"{'':45} {'p50 ms':>8} {'p95 ms':>8} {'ratio':>7}")
        measure(stage, report, chosen.only)
    return report.end(f"{chosen.customers:,} customers{f', {chosen.only}' if chosen.only else ''}")


def measure(stage, report, only):
    from bench import callbacks, demo, dunning, imports, memory, pages, send

    if only not in ("memory", "callbacks", "imports", "dunning", "demo", "send"):
        pages.run(stage, report, only)
    if only in (None, "memory"):
        memory.run(stage, report)
    if only in (None, "callbacks"):
        callbacks.run(stage, report)
    if only in (None, "imports"):
        imports.run(stage, report)
    if only in (None, "dunning"):
        dunning.run(stage, report)
    if only in (None, "send"):
        send.run(stage, report)
    if only in (None, "demo"):
        demo.run(stage, report)


if __name__ == "__main__":
    sys.exit(main())
