"""Which practices the passing tests prove. RECORD=1 (as `make test` sets it) keeps the answer for `make practices`."""

import json
import os
from collections import defaultdict

import pytest

from tests import practices

proofs = defaultdict(set)


def claimed(item) -> set[str]:
    return {one for mark in item.iter_markers("practice") for one in mark.args}


def pytest_runtest_setup(item):
    """A practice that the catalogue does not know is a mistake in the test."""
    unknown = claimed(item) - set(practices.titles())
    if unknown:
        pytest.fail(f"docs/practices.csv has no practice {', '.join(sorted(unknown))}", pytrace=False)
    item.user_properties += [("practice", one) for one in sorted(claimed(item))]


def pytest_runtest_logreport(report):
    """In the first process, which also hears of what xdist's workers ran."""
    if report.when == "call" and report.passed:
        for name, value in report.user_properties:
            if name == "practice":
                proofs[value].add(report.nodeid.split("[")[0])


def pytest_sessionfinish(session):
    if os.environ.get("RECORD") == "1" and not hasattr(session.config, "workerinput"):
        practices.RECORD.parent.mkdir(mode=0o711, exist_ok=True)
        practices.RECORD.write_text(json.dumps({one: sorted(tests) for one, tests in sorted(proofs.items())}, indent=1))
