import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import Event
from billing.models import Scenario, ScenarioStep
from customers.models import Customer, Reason
from outreach.models import Template
from staff.models import Unit, User
from tests import make
from tests.race import together

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("FIRST_PASSWORD", PASSWORD)


def first(username="wang.fang", **options):
    call_command("first_person", username, **{"branch": "韶关分公司"} | options)


@pytest.mark.django_db
def test_an_empty_installation_gets_a_branch_and_its_administrator():
    first(name="王芳", branch_en="Shaoguan")
    person, branch = User.objects.get(), Unit.objects.get()
    assert (person.branch, branch.path, branch.name) == (branch, f"{branch.pk}/", "韶关分公司")
    assert person.has_perm("staff.configure")
    assert not person.has_perm("customers.view")
    browser = Client()
    browser.post("/login/", {"username": "wang.fang", "password": PASSWORD, "next": "/admin/"})
    assert browser.get("/admin/").status_code == 200
    assert set(Event.objects.values_list("verb", flat=True)) == {
        "unit.opened",
        "person.hired",
        "person.posted",
        "person.signed_in",
        "template.composed",
    }


@pytest.mark.django_db
def test_its_branch_is_ready_for_the_first_customer():
    first()
    branch = Unit.objects.get()
    customer = Customer.open(by=make.user("clerk", branch), unit=branch, name="张伟")
    assert customer.tier.code == "ordinary"
    assert Reason.objects.choosable(branch).exists()
    assert Scenario.objects.filter(branch=branch, versions__current=True, active=True).exists()
    used = ScenarioStep.objects.exclude(template="").values_list("template", flat=True)
    assert set(used) <= set(Template.objects.filter(branch=branch, active=True).values_list("code", flat=True))


@pytest.mark.django_db
def test_it_is_refused_where_people_are(capsys):
    make.user()
    with pytest.raises(CommandError, match="people already"):
        first()


@pytest.mark.django_db
def test_a_weak_password_leaves_nothing_behind(monkeypatch):
    monkeypatch.setenv("FIRST_PASSWORD", "password123")
    with pytest.raises(CommandError):
        first()
    assert not User.objects.exists()
    assert not Unit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_people_at_once_are_one():
    def make_one():
        try:
            first()
        except CommandError:
            return False
        return True

    assert sorted(together(make_one, runners=2)) == [False, True]
    assert User.objects.count() == 1
