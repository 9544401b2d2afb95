"""The client of docs/api.md, pasted as it stands and run against a server of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from customers.models import Customer, Interaction, LinePlan
from staff.token_scopes import SCOPES
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT = (Path(__file__).parents[2] / "docs/api.md").read_text()
CLIENT = re.search(r"```python\n(.*?)```", DOCUMENT, re.S)[1]


@pytest.fixture
def clerk(settings):
    hall = make.unit("hall", make.branch(time_zone="Asia/Shanghai"))
    make.tier(hall.branch)
    make.reason(hall.branch, name_en="Ask about a bill")
    return make.user("clerk", hall, name="Billing")


def pasted(folder, url, token):
    script = folder / "client.py"
    text = CLIENT.replace("https://crm.example.com/api/v1/", f"{url}/api/v1/").replace("crm_…", token)
    script.write_text(text)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_opens_changes_and_records(clerk, live_server, tmp_path):
    said = pasted(tmp_path, live_server.url, make.token(clerk))
    customer = Customer.objects.get()
    assert said.splitlines()[0] == "Asking as Billing"
    assert f"Customer {customer.number} 李小芳" in said
    assert customer.address == "中山路 1 号"
    assert Interaction.objects.get().items.get().detail == "Bill explained"


def test_run_again_it_finds_the_customer_and_orders_the_plan_once(clerk, live_server, tmp_path):
    customer = make.customer(clerk.postings.get().unit)
    make.identifier(customer, "13812345678")
    make.line(customer)
    make.plan(customer.branch, name_en="Free 59")
    for _ in range(2):
        said = pasted(tmp_path, live_server.url, make.token(clerk))
    assert Customer.objects.get() == customer
    assert "Line 1380000" in said
    assert LinePlan.objects.count() == 1


def test_the_document_names_every_scope_and_limit(settings):
    assert [scope for scope in SCOPES if f"`{scope}`" not in DOCUMENT] == []
    assert f"{settings.API_TOKEN_PER_MINUTE} requests a minute for a token" in DOCUMENT
    assert f"{settings.API_PERSON_PER_MINUTE} for a person" in DOCUMENT
