"""Real invoices of another company played through the shipped ladders, against an oracle written otherwise."""

import csv
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from io import StringIO
from itertools import groupby
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from billing.dunning import receivables, shipped
from billing.dunning.ladder import Rung

FILE = Path(__file__).parents[3] / "shared" / "data" / "accounts_receivable_2466.csv"
LADDERS = {code: [Rung(n=n, **step) for n, step in enumerate(steps, 1)] for code, *_w, steps in shipped.SCENARIOS}


@pytest.fixture
def file():
    if not FILE.exists():
        pytest.skip(f"{FILE} is not on this machine")
    return FILE


def replayed(path, scenario="mobile", until=None, journal=None):
    replay = receivables.Replay(receivables.read(path), LADDERS[scenario], journal=journal or receivables.Journal())
    return replay, list(replay.run(until))


def steps(happened):
    return {(name, one.day, one.rung.n, str(one.sum)) for name, one, _new in happened if not one.reason}


def day(text):
    month, of_month, year = map(int, text.split("/"))
    return datetime(year, month, of_month).date()


def oracle(path, rungs):
    """Invoice by invoice: each is in dunning from the day after it was due to the day before it was settled; where such
    stretches of one customer touch they are one case, and its steps are counted out from the due day of what is
    oldest then.
    """
    with open(path, newline="", encoding="utf-8-sig") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["customerID"])
    found = set()
    for customer, theirs in groupby(rows, key=lambda row: row["customerID"]):
        stretches = sorted(
            (day(row["DueDate"]) + timedelta(1), day(row["SettledDate"]) - timedelta(1), row["InvoiceAmount"])
            for row in theirs
            if row["Disputed"] == "No" and day(row["SettledDate"]) > day(row["DueDate"]) + timedelta(1)
        )
        while stretches:
            begin, end, _sum = stretches[0]
            case = [one for one in stretches if one[0] <= end + timedelta(1)]
            while (reach := max(one[1] for one in case)) > end:
                end = reach
                case = [one for one in stretches if one[0] <= end + timedelta(1)]
            stretches = [one for one in stretches if one not in case]
            for n, when in counted_out(rungs, begin, end, case):
                owed = sum(round(float(much) * 100) for first, last, much in case if first <= when <= last)
                found.add((customer, when, n, owed))
    return found


def counted_out(rungs, begin, end, case):
    """Day by day: the next step, or instead of a stop the message before it, as long as it said another oldest day."""
    to_come, done, said, stop, before = list(rungs), [], set(), None, None
    for when in (begin + timedelta(n) for n in range((end - begin).days + 1)):
        if not to_come:
            return
        rung, notice = to_come[0], next((one for one in reversed(done) if one.action == "message"), None)
        oldest = min(first for first, last, _sum in case if first <= when <= last)
        is_unsaid = rung.action not in ("message", "task") and (notice.n, oldest) not in said
        if is_unsaid:
            rung = notice
        is_close = before and (when - before[0]).days < (1 if is_unsaid else wanted(before[1], rung))
        if (
            is_close
            or (when - stop if rung.counts_from == "suspended" else when - oldest + timedelta(1)).days < rung.days
        ):
            continue
        if not is_unsaid:
            done.append(to_come.pop(0))
        if rung.action == "message":
            said.add((rung.n, oldest))
        if rung.action.startswith("suspend"):
            stop = stop or when
        before = when, rung
        yield rung.n, when


def wanted(before, rung):
    """Days between two steps."""
    return 2 if rung.gap < 2 and before.action == "message" and rung.action.startswith("suspend") else rung.gap


@pytest.mark.practice("A25")
@pytest.mark.parametrize("scenario", ["mobile", "fixed", "group"])
def test_every_reminder_is_the_one_an_independent_count_finds(file, scenario):
    replay, happened = replayed(file, scenario)
    cents = {(name, when, n, round(float(much) * 100)) for name, when, n, much in steps(happened)}
    assert cents == oracle(file, LADDERS[scenario])
    assert (len(replay.customers), replay.settled, replay.disputed) == (100, 0, 0)
    assert len(cents) == sum(replay.steps.values()) > 500


def test_the_same_file_gives_the_same_fingerprint_run_twice(file):
    first, second = replayed(file)[0], replayed(file)[0]
    assert first.hash.hexdigest() == second.hash.hexdigest()


def test_it_goes_on_where_it_stopped_even_within_a_line(file, tmp_path):
    whole, _happened = replayed(file)
    kept = tmp_path / "days"
    replayed(file, until=datetime(2012, 9, 1).date(), journal=receivables.Journal(str(kept)))
    with open(kept, "a") as lines:
        lines.write('["2012-09-02", [["0379')
    resumed, happened = replayed(file, journal=receivables.Journal(str(kept)))
    assert resumed.hash.hexdigest() == whole.hash.hexdigest()
    is_new = {one.day > datetime(2012, 9, 1).date() for _name, one, new in happened if new}
    assert is_new == {True}
    _again, happened = replayed(file, journal=receivables.Journal(str(kept)))
    assert not any(new for *_rest, new in happened)


def test_killed_at_any_moment_and_started_again_nothing_is_done_twice_or_missing(file, tmp_path):
    kept = tmp_path / "days"
    command = [sys.executable, "-c", KILLED.format(file=str(file), kept=str(kept))]
    for turn in range(4):
        process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
        until = time.monotonic() + 30
        grown = kept.stat().st_size if kept.exists() else 0
        while process.poll() is None and time.monotonic() < until:
            if kept.exists() and kept.stat().st_size > grown + 500 * (turn + 1):
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.001)
        process.wait()
    resumed, _happened = replayed(file, journal=receivables.Journal(str(kept)))
    assert resumed.hash.hexdigest() == replayed(file)[0].hash.hexdigest()
    lines = [line for line in kept.read_text().splitlines() if line]
    assert len(lines) == len(set(lines)) == len({line[:14] for line in lines})


KILLED = """
from billing.dunning import receivables, shipped
from billing.dunning.ladder import Rung
rungs = [Rung(n=n, **step) for n, step in enumerate(shipped.MOBILE, 1)]
replay = receivables.Replay(receivables.read({file!r}), rungs, journal=receivables.Journal({kept!r}))
for one in replay.run():
    pass
"""


def test_a_state_of_another_file_or_ladder_is_refused(file, tmp_path):
    kept = tmp_path / "days"
    replayed(file, "mobile", journal=receivables.Journal(str(kept)))
    with pytest.raises(receivables.Differs):
        replayed(file, "group", journal=receivables.Journal(str(kept)))


def test_what_is_settled_or_sent_later_changes_nothing_of_what_was_done(file, tmp_path):
    """`SettledDate` is the future: with every later day of it moved away the first days stay the same."""
    until = datetime(2012, 12, 1).date()
    cut = tmp_path / "cut.csv"
    with open(file, newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    with open(cut, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        for row in rows:
            if day(row["SettledDate"]) > until:
                row["SettledDate"] = "12/31/2099"
            if day(row["InvoiceDate"]) <= until:
                writer.writerow(row)
    assert steps(replayed(cut, until=until)[1]) == steps(replayed(file, until=until)[1])


def said(*arguments, **options):
    out = StringIO()
    call_command("replay_dunning", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_the_command_explains_every_reminder(file, tmp_path):
    lines = said(file, explain=True, state=tmp_path / "days").splitlines()
    replay, happened = replayed(file)
    assert len(lines) == len(happened) + 8 + len(replay.steps)
    assert replay.hash.hexdigest() in lines[-1]
    assert len(said(file, explain=True, state=tmp_path / "days").splitlines()) == 8 + len(replay.steps)


def test_a_file_of_something_else_is_refused(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError):
        said(other)
