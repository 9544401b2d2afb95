import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from crm.demo import load
from staff.models import Unit
from tests import make


@pytest.mark.django_db
def test_the_demo_stays_out_of_a_database_with_a_real_branch():
    make.branch(code="REAL", name="真实分公司")
    with pytest.raises(ValidationError, match="真实分公司"):
        load.load(1_000)
    with pytest.raises(CommandError, match="真实分公司"):
        call_command("demo")
    assert Unit.objects.count() == 1
