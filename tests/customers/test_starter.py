import pytest

from customers import reasons
from customers.models import Reason, Tier
from customers.starter import plant
from tests import make

pytestmark = pytest.mark.django_db


def test_a_branch_gets_tiers_and_a_tree_of_three_levels():
    branch = make.branch()
    plant(branch)
    assert list(Tier.objects.values_list("code", flat=True)) == ["diamond", "gold", "silver", "ordinary"]
    one = Reason.objects.get(code="2301")
    assert (one.parent.code, one.parent.parent.code, one.parent.parent.parent) == ("23", "2", None)
    assert (str(one.name), one.initials, one.stage) == ("变更套餐", "bgtc", "in_sale")
    assert 40 <= Reason.objects.choosable(branch).count() <= 70


def test_planting_twice_changes_nothing_and_keeps_what_was_renamed():
    branch = make.branch()
    plant(branch)
    Reason.objects.filter(code="2301").update(name="换套餐")
    before = list(Reason.objects.order_by("pk").values())
    plant(branch)
    assert list(Reason.objects.order_by("pk").values()) == before


def test_every_reason_has_its_parent_and_both_names():
    rows = list(reasons.rows())
    codes = [code for code, _, _ in rows]
    assert len(set(codes)) == len(codes)
    assert all(reasons.parent_of(code) is None or reasons.parent_of(code) in codes for code in codes)
    assert all(name and name_en.isascii() for _, name, name_en in rows)


def test_a_reason_with_children_or_switched_off_is_not_chosen():
    branch = make.branch()
    parent = make.reason(branch, code="1")
    leaf, off = make.reason(branch, code="11", parent=parent), make.reason(branch, code="12", active=False)
    assert list(Reason.objects.choosable(branch)) == [leaf]
    off.parent = leaf
    off.save()
    assert list(Reason.objects.choosable(branch)) == [leaf]
