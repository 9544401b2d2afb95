"""Under CI, beside others' work, a test that fails is tried once more; how it failed is printed in full.

A run in which more than `MOST` tests failed at first is red all the same: that is no longer the machine's doing.
"""

import os

import pytest

MOST = 3


def pytest_collection_modifyitems(items):
    if os.environ.get("CI") == "true":
        for item in items:
            item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=2))


def failed_at_first(config) -> list:
    """The reports of first tries that failed, in the first process; an empty list in xdist's workers."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("rerun", []) if reporter else []


def pytest_terminal_summary(terminalreporter, config):
    for report in failed_at_first(config):
        terminalreporter.write_sep("_", f"at first: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if len(failed_at_first(session.config)) > MOST and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
