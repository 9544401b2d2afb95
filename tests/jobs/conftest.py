import pytest

from tests.jobs import trial


@pytest.fixture
def trial_jobs(transactional_db):
    with trial.jobs():
        yield
