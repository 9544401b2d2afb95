import pytest
from django.utils.translation import override


@pytest.fixture
def in_english():
    """For tests that read the words of a refusal."""
    with override("en"):
        yield
