import pytest

from tests import make
from tests.jobs import trial
from tests.jobs.at_once import DESK


@pytest.fixture
def trial_jobs(transactional_db):
    with trial.jobs():
        yield


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def desk(hall):
    """Somebody of the complaint desk, signed in."""
    return make.sign_in(DESK, make.unit("desk", parent=hall.branch), language="en")
