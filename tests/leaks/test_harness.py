"""The leak test would notice: each deliberate mistake in the product makes it fail."""

import pytest
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from customers.models import Customer
from jobs.models import Run
from staff import access
from staff.models import User
from tests.leaks import test_leaks
from tests.leaks.rules import RULES
from tests.leaks.world import FACTORIES


def notices(stage, name, check=test_leaks.test_nothing_leaks):
    with pytest.raises(AssertionError) as noticed:
        check(stage, name)
    return str(noticed.value)


def test_a_list_that_forgets_its_scope(stage, monkeypatch):
    monkeypatch.setattr(Customer.objects._queryset_class, "visible_to", lambda self, user: self.all())
    assert "instead of {404}" in notices(stage, "customer")


def test_a_view_that_forgets_its_right(stage, monkeypatch):
    monkeypatch.setattr(access, "holds", lambda user, right: True)
    assert "instead of {403}" in notices(stage, "imports")


def test_a_page_that_names_what_it_refuses(stage, monkeypatch):
    def telling(self, user):
        raise PermissionDenied(f"Not yours: {Customer.objects.first().name}")

    monkeypatch.setattr(Customer.objects._queryset_class, "visible_to", telling)
    assert "instead of" in notices(stage, "customer")


def test_a_refusal_that_writes_first(stage, monkeypatch):
    seen = Run.objects._queryset_class.visible_to

    def writing(self, user):
        QuerySet.update(Run.objects.all(), error="touched")
        return seen(self, user)

    monkeypatch.setattr(Run.objects._queryset_class, "visible_to", writing)
    assert "wrote {'jobs_run'}" in notices(stage, "run-cancel")


def test_a_number_that_is_not_masked(stage, monkeypatch):
    monkeypatch.setattr("customers.masking.reaches", lambda user, right, customer: True)
    assert "leaked" in notices(stage, "customer")


def test_a_disabled_person_who_stays_signed_in(stage, monkeypatch):
    monkeypatch.setattr(
        "staff.login.Backend.get_user", lambda self, pk: User.objects.select_related("branch").get(pk=pk)
    )
    assert "by disabled" in notices(stage, "profile")


def test_a_refusal_that_tells_a_foreign_row_from_none(stage, monkeypatch):
    def telling(request, pk, right=None):
        if Customer.objects.filter(pk=pk).exists():
            messages.error(request, "Not yours.")
        raise Http404

    monkeypatch.setattr("customers.views.customer.customer_of", telling)
    check = test_leaks.test_what_is_out_of_reach_looks_like_what_does_not_exist
    assert "can tell a foreign row" in notices(stage, "customer", check)


def test_a_route_or_a_model_that_nobody_declared(monkeypatch):
    monkeypatch.setattr(test_leaks, "RULES", {name: rule for name, rule in RULES.items() if name != "customer"})
    with pytest.raises(AssertionError):
        test_leaks.test_every_route_has_a_rule_and_every_rule_a_route()
    known = {label: made for label, made in FACTORIES.items() if label != "customers.line"}
    monkeypatch.setattr(test_leaks, "FACTORIES", known)
    with pytest.raises(AssertionError):
        test_leaks.test_every_business_model_has_its_canaries()
