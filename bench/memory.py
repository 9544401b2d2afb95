"""Memory of web, worker and beat while nobody asks anything: the proportional share (PSS) of every process."""

import time
from pathlib import Path

from bench.browser import Browser
from bench.pages import PEOPLE, sample

MOST = 600  # MB, without PostgreSQL
SETTLED = 10  # seconds after the last request
WARM_UP = 30  # requests of each kind, so that every process has loaded what it needs


def run(stage, report):
    with stage.processes() as (children, address):
        drawn = sample(next(iter(PEOPLE)))
        browser = Browser(address, drawn.username)
        for row in drawn.customers[:WARM_UP]:
            browser.get(f"/customers/{row.pk}/")
            browser.get("/")
        time.sleep(SETTLED)
        sizes = {child.name: sum(map(share, family(child.process.pid))) for child in children}
    said = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    report.most(f"memory: {said}", sum(sizes.values()), MOST, "MB")


def family(pid):
    """The process and all its offspring."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def share(pid) -> float:
    """MB of memory, what is shared divided among those who share it."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
