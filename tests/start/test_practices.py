"""`make practices` counts what passing tests prove, against the catalogue."""

import subprocess
import sys

import pytest

from tests import practices
from tests.start.installation import CLEAN, ROOT

SUITE = """
import pytest

@pytest.mark.practice("A11", "H25")
def test_proves():
    pass

@pytest.mark.practice("A12")
def test_fails():
    assert False

@pytest.mark.practice("Z99")
def test_claims_what_nobody_knows():
    pass
"""


def test_the_catalogue_is_whole():
    titles = practices.titles()
    assert len(titles) == 221
    assert {one[0] for one in titles} == set("ABCDEFGH")
    assert max(map(len, titles.values())) <= 60


def test_the_list_ends_with_the_sum():
    said = practices.lines({"A2": ["b", "a"], "Z9": ["c"]}, {"A1": "First", "A2": "Second"})
    assert said == ["A2  Second  [a, b]", "proven 1 of 2"]


@pytest.fixture
def recorded(tmp_path):
    """What a run of a small suite prints, and the record it leaves."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    keep = [
        "from pathlib import Path",
        "from tests import practices",
        f"practices.RECORD = Path({str(tmp_path)!r}, 'kept')",
    ]
    (tmp_path / "conftest.py").write_text("\n".join(keep))
    options = ["-p", "tests.record", "-c", "/dev/null", f"--rootdir={tmp_path}", "-p", "no:cacheprovider", "-q"]
    env = CLEAN | {"RECORD": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    return done.stdout, (tmp_path / "kept").read_text()


def test_only_passing_tests_prove_and_an_unknown_practice_fails(recorded):
    said, record = recorded
    assert "docs/practices.csv has no practice Z99" in said
    assert "A11" in record
    assert "H25" in record
    assert "A12" not in record
    assert "Z99" not in record
