"""A run of the bench against a server that is up: measure, print, judge."""

import sys

import django

django.setup()

from bench import operations  # noqa: E402
from bench.cast import people  # noqa: E402


def run(port, only=(), customers=0, out=sys.stdout):
    """Print a line for each figure, then one line of all; 1 where a budget was missed."""
    unknown = set(only) - set(operations.ALL)
    if unknown:
        raise SystemExit(f"There is no measurement {', '.join(unknown)}; there are {', '.join(operations.ALL)}.")
    asked = [name for name in operations.ALL if not only or name in only]
    cast, results = people(), []
    print(HEAD, file=out)
    for name in asked:
        for result in operations.ALL[name](port, cast):
            results.append(result)
            print(line(result), file=out, flush=True)
    missed = [result for result in results if not result.kept]
    print(
        f"bench: {customers:,} customers, {len(results)} figures, {len(missed)} over budget;"
        f" worst {max(results, key=lambda result: result.ratio / result.budget.ratio).summary}",
        file=out,
    )
    return 1 if missed else 0


HEAD = f"{'operation':26} {'as':11} {'p50':>8} {'p95':>8}  {'floor':>6} {'ratio':>6} {'budget':>6}"


def line(result):
    mark = "" if result.kept else "  over budget"
    floor = f"{result.floor:6.2f} {result.ratio:6.2f} {result.budget.ratio:6.2f}"
    return f"{result.name:26} {result.reach:11} {result.p50:8.2f} {result.p95:8.2f}  {floor}{mark}"
