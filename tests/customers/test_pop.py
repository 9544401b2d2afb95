"""The telephone rings: one opens, several choose, none is written down; the number leaves no trace."""

import re
from datetime import date

import pytest

from staff.rights import Role
from tests import make

pytestmark = pytest.mark.django_db
NUMBER = "13812345678"
WRITTEN = [
    "13812345678",
    "+86 138-1234 5678",
    "0086138 1234 5678",
    "１３８１２３４５６７８",
    "013812345678",
    "(138)12345678",
]


@pytest.fixture
def clerk():
    return make.sign_in("clerk", make.unit("hall"), language="en")


def has(unit, written=NUMBER, name="张伟明", **fields):
    customer = make.customer(unit, name=name)
    make.identifier(customer, written, **fields)
    return customer


def pop(browser, number=NUMBER, **options):
    return browser.get("/pop", {"number": number}, **options)


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("number", WRITTEN)
@pytest.mark.parametrize("how", ["get", "post"])
def test_one_who_has_the_number_is_opened(clerk, number, how):
    customer = has(clerk.person.branch)
    answer = getattr(clerk, how)("/pop", {"number": number})
    assert (answer.status_code, answer.url) == (302, f"/customers/{customer.pk}/")


def test_a_fixed_number_is_found_with_its_country_code(clerk):
    customer = has(clerk.person.branch, "075588881234", kind="service")
    assert pop(clerk, "+86 755 8888 1234").url == f"/customers/{customer.pk}/"


def test_several_are_chosen_from_without_the_number_in_the_address(clerk):
    first, second = has(clerk.person.branch, name="张伟明"), has(clerk.person.branch, name="李小红")
    has(clerk.person.branch, "13812345679", name="王五")
    answer = pop(clerk)
    assert re.fullmatch(r"/pop/[0-9a-f-]{36}/", answer.url)
    page = text(clerk.get(answer.url))
    assert f"/customers/{first.pk}/" in page
    assert f"/customers/{second.pk}/" in page
    assert "李小红" in page
    assert "王五" not in page
    assert NUMBER in page  # for the person to see, not in an address
    assert not re.search(rf'(href|action)="[^"]*{NUMBER}', page)


def test_two_numbers_of_one_customer_are_one(clerk):
    customer = has(clerk.person.branch)
    make.identifier(customer, NUMBER, kind="service")
    assert pop(clerk).url == f"/customers/{customer.pk}/"


def test_a_phone_number_counts_before_a_customer_number_of_the_same_digits(clerk):
    customer = has(clerk.person.branch)
    has(clerk.person.branch, kind="customer")
    assert pop(clerk).url == f"/customers/{customer.pk}/"


def test_nobody_leads_to_a_new_customer_with_the_number_filled_in(clerk):
    answer = pop(clerk, "+86 138-1234 5678")
    assert re.fullmatch(r"/customers/new/\?call=[0-9a-f-]{36}", answer.url)
    page = text(clerk.get(answer.url))
    assert 'value="+86 138-1234 5678"' in page


def test_who_may_not_open_customers_is_told_plainly():
    browser = make.sign_in(Role.BRANCH_HEAD, language="en")
    answer = pop(browser)
    page = text(browser.get(answer.url))
    assert "Nobody within your reach has this number" in page
    assert "/customers/new/" not in page


def test_an_old_number_is_never_opened_by_itself(clerk):
    customer = has(clerk.person.branch, valid_to=date(2025, 1, 1))
    page = text(clerk.get(pop(clerk).url))
    assert f"/customers/{customer.pk}/" in page
    assert "Old number" in page
    today = has(clerk.person.branch)
    assert pop(clerk).url == f"/customers/{today.pk}/"


def test_an_id_document_is_not_called_by(clerk):
    has(clerk.person.branch, kind="id_document")
    assert "call=" in pop(clerk).url


def shape(answer):
    """Everything one can tell from it but the token."""
    return answer.status_code, re.sub(r"[0-9a-f-]{36}", "-", answer.url), sorted(answer.headers), answer.content


@pytest.mark.parametrize("role", ["clerk", "community_manager", "vip_manager", "branch_head"])
def test_whoever_is_out_of_reach_is_nobody(role):
    branch = make.branch()
    mine, theirs = make.unit("community", branch), make.unit("community", branch)
    browser = make.sign_in(role, mine)
    none = shape(pop(browser))
    has(make.branch())
    if role in ("community_manager", "vip_manager"):
        has(theirs)
    assert shape(pop(browser)) == none


def test_reach_unit_and_own_find_their_own():
    branch = make.branch()
    mine, theirs = make.unit("community", branch), make.unit("community", branch)
    has(theirs)
    manager, vip = make.sign_in("community_manager", mine), make.sign_in("vip_manager", theirs)
    inside = has(mine, name="李小红")
    assert pop(manager).url == f"/customers/{inside.pk}/"
    type(inside).objects.filter(pk=inside.pk).update(manager=vip.person)
    assert pop(vip).url == f"/customers/{inside.pk}/"


def test_a_guide_chooses_among_masked_names():
    browser = make.sign_in("guide", make.unit("hall"))
    has(browser.person.branch, name="张伟明")
    has(browser.person.branch, name="李小红")
    page = text(browser.get(pop(browser).url))
    assert "张**" in page
    assert "张伟明" not in page


@pytest.mark.parametrize("number", ["", "  ", "+", "---"])
def test_what_is_no_number_is_asked_for_again(clerk, number):
    answer = pop(clerk, number)
    assert answer.status_code == 422
    assert "This is not a number." in text(answer)
    assert clerk.get("/pop").status_code == 200


def test_a_number_waits_only_in_the_session_that_asked(clerk):
    has(clerk.person.branch), has(clerk.person.branch)
    url = pop(clerk).url
    assert clerk.get(url).status_code == 200
    assert make.sign_in("clerk", clerk.person.branch).get(url).status_code == 404


def test_few_numbers_wait(clerk):
    urls = [pop(clerk, f"1381234567{n}").url for n in range(8)]
    assert len(clerk.session["calls"]) == 5
    assert 'value="13812345677"' in text(clerk.get(urls[-1]))
    assert 'value="1381234567' not in text(clerk.get(urls[0]))


def test_the_number_leaves_no_trace_in_the_log_or_in_what_other_pages_hear(clerk, caplog, capsys):
    has(clerk.person.branch)
    for answer in (pop(clerk), pop(clerk, "13900001111"), pop(clerk, "")):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
    heard = caplog.text + "".join(capsys.readouterr())
    assert "'/pop'" in heard
    assert NUMBER not in heard
    assert "13900001111" not in heard


def test_a_stranger_signs_in_without_the_number(client):
    answer = pop(client)
    assert (answer.status_code, answer.url) == (302, "/login/")


def test_the_right_is_asked_for():
    assert pop(make.sign_in("admin")).status_code == 403
