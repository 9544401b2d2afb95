"""The pages of scenarios: looked at, the next version written, nothing typed is lost."""

import pytest
from django.urls import reverse

from billing.dunning import shipped
from billing.dunning.forms import written
from billing.dunning.soundness import Plan
from billing.models import Scenario
from tests import dunning, make, money

pytestmark = pytest.mark.django_db
CODES = ("overdue_notice", "overdue_notice_2", "suspension_notice", "cancellation_notice")


@pytest.fixture
def branch():
    made = make.unit("branch")
    shipped.ship(made)
    for code in CODES:
        make.template(made, code=code, name_en=f"Text {code}")
    return made


@pytest.fixture
def scenario(branch):
    return Scenario.objects.get(branch=branch, code="mobile")


@pytest.fixture
def head(branch):
    return make.sign_in("branch_head", branch, language="en")


def text(answer):
    return answer.content.decode()


def form(scenario, **changes):
    current = scenario.versions.get(current=True)
    data = written(Plan.of(current), current.n)
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return data


def edit(scenario):
    return reverse("scenario-edit", args=[scenario.pk])


def sent(browser, scenario, do, **changes):
    data = form(scenario, **changes)
    data["do"] = do
    return browser.post(edit(scenario), data.urlencode(), content_type="application/x-www-form-urlencoded")


def test_the_list_says_what_is_in_use_with_its_open_cases(head, branch):
    dunning.case(dunning.overdue(customer=make.customer(branch)))
    page = text(head.get(reverse("scenarios")))
    assert page.count("In use") == 6
    assert '<td class="num" data-label="Open cases">1</td>' in page


def test_a_version_shows_its_ladder_in_words(head, scenario):
    page = text(head.get(reverse("scenario", args=[scenario.pk])))
    for words in ("Message “Text overdue_notice”", "12 days overdue", "only once the credit is used up", "day 72"):
        assert words in page


def test_an_account_manager_sees_the_ladder_and_changes_nothing(branch, scenario):
    manager = make.sign_in("vip_manager", branch, language="en")
    page = manager.get(reverse("scenario", args=[scenario.pk]))
    assert (page.status_code, edit(scenario) in text(page)) == (200, False)
    assert manager.get(edit(scenario)).status_code == 403


def test_the_form_begins_with_what_is_in_use_and_says_so_when_nothing_differs(head, scenario, branch):
    money.account(make.customer(branch))
    dunning.overdue(customer=make.customer(branch), amount="40.00")
    assert 'name="s7-gap"' in text(head.get(edit(scenario)))
    page = text(sent(head, scenario, "look"))
    assert "Nothing differs" in page
    assert "Fits 2 accounts now, of which 1 are overdue with ¥40.00." in page


def test_what_differs_is_said_step_by_step(head, scenario):
    page = text(sent(head, scenario, "look", s2__days="9", from_amount="20.00"))
    assert "Step 2: days: 7 → 9" in page
    assert "overdue sum from: 0.00 → 20.00" in page


def test_steps_move_and_what_was_typed_stays(head, scenario):
    page = text(sent(head, scenario, "down-1", s1__days="what", s2__days="8"))
    assert '<input type="number" name="s2-days" value="what"' in page.replace("  ", " ")
    assert 'name="s1-days" value="8"' in page
    assert "data-errors" not in page
    assert 'name="s8-days"' in text(sent(head, scenario, "add"))
    assert 'name="s7-days"' not in text(sent(head, scenario, "remove-7"))


def test_what_is_not_sound_stands_beside_its_field(head, scenario):
    page = sent(head, scenario, "publish", s4__gap="0")
    assert page.status_code == 422
    assert "At least a day before a suspension comes a message to the customer." in text(page)
    assert scenario.versions.count() == 1


def test_put_to_use_it_is_the_version_in_use(head, scenario):
    answer = sent(head, scenario, "publish", s2__days="9")
    assert answer.status_code == 302
    assert scenario.versions.get(current=True).steps.get(n=2).days == 9


def test_whoever_saw_an_older_version_is_told_and_keeps_what_they_typed(head, scenario):
    late = form(scenario, s2__days="8")
    sent(head, scenario, "publish", s2__days="9")
    late["do"] = "publish"
    page = head.post(edit(scenario), late.urlencode(), content_type="application/x-www-form-urlencoded")
    assert page.status_code == 422
    assert "Somebody else published a version in the meantime." in text(page)
    assert 'name="s2-days" value="8"' in text(page)


def test_another_branch_sees_none_of_it(scenario):
    stranger = make.sign_in("branch_head", make.unit("branch"), language="en")
    assert stranger.get(reverse("scenario", args=[scenario.pk])).status_code == 404
    assert stranger.get(edit(scenario)).status_code == 404
    assert text(stranger.get(reverse("scenarios"))).count("In use") == 0
