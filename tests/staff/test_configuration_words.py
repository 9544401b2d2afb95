"""Every label of the back office is in the person's language."""

import re
from html import unescape

import pytest
from django.contrib import admin

from customers.models import Community, ImportMapping
from tests import make

pytestmark = pytest.mark.django_db
LATIN = re.compile(r"[A-Za-z]{2,}")
# What is no label: values in text areas, and headings that Django's own catalogue lacks in Chinese and nobody sees.
LEFT_OUT = re.compile(r'<(script|style|textarea)\b.*?</\1>|<thead class="visually-hidden">.*?</thead>', re.DOTALL)
MODELS = sorted(model._meta.label_lower for model in admin.site._registry)


@pytest.fixture
def office():
    """An administrator whose branch has a row of every kind, in Chinese and digits."""
    branch = make.branch(code="1", name="分公司")
    make.tier(branch, code="2", name="金卡", name_en="")
    make.reason(branch, code="3", name="咨询", name_en="")
    make.price(make.plan(branch, code="4", name="套餐"))
    community = make.unit("community", make.unit(parent=branch, code="5"), code="6")
    Community.objects.create(unit=community, setting="urban", sort="large_estate")
    make.special_day(make.calendar(branch, name="日历"), "2027-01-04", name="元旦")
    ImportMapping.objects.create(branch=branch, name="客户表", header=["号码"], columns=["7"])
    return make.sign_in("admin", branch, language="zh-hans", username="8")


def latin(answer):
    """What a person would read on the page that is not Chinese."""
    assert answer.status_code == 200
    shown = re.findall(r">([^<>]+)<", LEFT_OUT.sub("", answer.content.decode()))
    return sorted({text for text in (unescape(one).strip() for one in shown) if LATIN.search(text)})


@pytest.mark.parametrize("model", MODELS)
def test_a_list_and_a_form_speak_chinese(office, model):
    page = f"/admin/{model.replace('.', '/')}/"
    assert latin(office.get(page)) == []
    form = office.get(f"{page}add/")
    assert form.status_code == 403 if model == "customers.importmapping" else latin(form) == []


def test_the_overview_speaks_chinese(office):
    assert latin(office.get("/admin/")) == []


def test_one_english_word_has_the_word_each_thing_calls_for(office):
    assert "客户类型" not in office.get("/admin/staff/unit/add/").content.decode()
    assert "姓名" not in office.get("/admin/staff/unit/").content.decode()
