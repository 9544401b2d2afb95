"""The pages of dunning: the list of cases, one case, the dry run, dunning at once, recovery, comparison."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import ledger, starter
from billing.dunning import at_once, comparing, foreseeing
from billing.dunning.recovering import recovery
from billing.models import CaseStep, DunningCase, Hold, Reminder
from jobs import runs
from jobs.models import Run
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    made = make.branch()
    starter.plant(made)
    return made


@pytest.fixture
def clerk(branch):
    return make.sign_in("dunning_clerk", branch, language="en")


@pytest.fixture
def head(branch):
    return make.sign_in("branch_head", branch, language="en")


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def owing(unit, days=1, amount="59.00", **fields):
    return dunning.overdue(days, amount, customer=make.reachable(unit, **fields))


def page(browser, name, *args, **asked):
    return text(browser.get(reverse(name, args=args), asked))


def test_the_list_shows_who_has_owed_longest_first_and_is_narrowed(clerk, branch):
    hall = make.unit("hall", make.unit("department", branch))
    long, short = owing(hall, 40, name="李明珠"), owing(branch, 2, "9.00", name="王建国")
    old = dunning.case(long, since=branch.today() - timedelta(days=40), state="notice_2")
    dunning.case(short, since=branch.today() - timedelta(days=2))
    shown = page(clerk, "dunning")
    assert shown.index("李明珠") < shown.index("王建国")
    for asked in ({"state": "notice_2"}, {"days": "31"}, {"sum_from": "20"}, {"unit": hall.pk}):
        narrowed = page(clerk, "dunning", **asked)
        assert ("李明珠" in narrowed, "王建国" in narrowed) == (True, False), asked
    assert "王建国" in page(clerk, "dunning", sort="sum").split("李明珠")[1]
    assert reverse("dunning-case", args=[old.pk]) in shown


def test_the_list_says_what_a_step_waits_for(clerk, branch):
    case = dunning.case(owing(branch))
    dunning.step(case, 4, waits_for="credit")
    assert "The credit is not used up yet." in page(clerk, "dunning")
    assert reverse("dunning-case", args=[case.pk]) in page(clerk, "dunning", waits="credit")
    assert reverse("dunning-case", args=[case.pk]) not in page(clerk, "dunning", waits="stopped")


@pytest.mark.parametrize("reason", ["promise", "stopped"])
def test_the_list_finds_whose_ladder_rests_although_no_step_is_planned(clerk, branch, reason):
    account, other = owing(branch, name="李明珠"), owing(branch, name="王建国")
    for one in (account, other):
        dunning.case(one)
    by = make.user("dunning_clerk", branch)
    if reason == "promise":  # made before the night opened the case
        account.payment_promises.create(branch=branch, key="p", made_by=by)
    else:
        account.holds.create(branch=branch, kind="manual", key="h", reason="x", by=by, until=branch.today())
    shown = page(clerk, "dunning", waits=reason)
    assert ("李明珠" in shown, "王建国" in shown) == (True, False)


def test_figures_are_counted_within_reach(clerk, branch):
    hall = make.unit("hall", make.unit("department", branch))
    dunning.case(owing(branch))
    dunning.case(owing(hall, amount="10.00"))
    dunning.case()  # of another branch
    shown = page(clerk, "dunning-figures")
    assert '<span class="stat-value ">2</span>' in shown
    assert "¥69.00" in shown
    manager = make.sign_in("duty_manager", hall, language="en")
    assert "¥10.00" in page(manager, "dunning-figures")


@pytest.mark.practice("A25")
def test_suspensions_without_reminder_are_counted_and_explained(clerk, branch):
    case = dunning.case(owing(branch))
    dunning.stop(case)
    shown = page(clerk, "dunning-proof")
    assert '<span class="stat-value ">0</span>' in shown
    assert "The database itself refuses any other" in shown


def test_a_case_tells_its_ladder_with_proof_requests_and_holds(clerk, branch):
    account = owing(branch, name="李明珠")
    case = dunning.case(account)
    dunning.stop(case, reminder=dunning.reminder(case))
    dunning.step(case, 2, state="left_out", reason="disputed")
    said = {"kind": "dispute", "key": "d", "reason": "not mine", "bill": account.bills.get()}
    Hold.objects.create(branch=branch, account=account, **said)
    shown = page(clerk, "dunning-case", case.pk)
    for words in ("李明珠", "Reminder on record", "Suspend one-way", "Only disputed sums are left.", "not mine"):
        assert words in shown, words
    stranger = make.sign_in("dunning_clerk", make.branch(), language="en")
    assert stranger.get(reverse("dunning-case", args=[case.pk])).status_code == 404


def test_the_dry_run_names_steps_sums_and_people(clerk, branch):
    owing(branch, name="李明珠")
    assert "Compute anew" in page(clerk, "dunning-dry-run")
    foreseen(clerk, branch.today())
    shown = page(clerk, "dunning-dry-run")
    assert "¥59.00" in shown
    assert "Run today now" in shown
    step = branch_step(branch)
    named = page(clerk, "dunning-people", day=branch.today(), step=step.pk)
    assert "李明珠" in named
    foreseen(clerk, branch.today() + timedelta(days=1))
    later = page(clerk, "dunning-dry-run", day=branch.today() + timedelta(days=1))
    assert "no payment comes in" in later
    assert "Their next step comes on another day." in later


def foreseen(browser, day):
    """The day is computed, as the page asks for by itself."""
    answer = browser.post(reverse("dunning-foresee"), {"day": str(day)})
    assert answer["Location"].endswith(f"?day={day}")
    assert "Asking what each account would meet" in text(browser.get(answer["Location"]))
    runs.work_off(only=[Run.objects.filter(job=foreseeing.JOB).latest("pk").pk])


def test_a_dry_run_that_failed_is_not_asked_for_again_by_itself(clerk, branch):
    run = foreseeing.ask(branch, branch.today(), by=None)
    assert 'hx-trigger="load, submit"' not in page(clerk, "dunning-dry-run")
    Run.objects.filter(pk=run.pk).update(state="cancelled")
    shown = page(clerk, "dunning-dry-run")
    assert "did not come to its end" in shown
    assert 'hx-trigger="load, submit"' not in shown
    assert foreseeing.ask(branch, branch.today(), by=None) != run


def test_names_that_nobody_has_computed_lead_back_to_the_figures(clerk, branch):
    answer = clerk.get(reverse("dunning-people"), {"day": str(branch.today())})
    assert answer["Location"] == reverse("dunning-dry-run")


def branch_step(branch):
    return dunning.version(branch).steps.get(n=1)


def test_a_day_beyond_reach_is_refused_beside_its_field(clerk, branch):
    answer = clerk.get(reverse("dunning-dry-run"), {"day": str(branch.today() - timedelta(days=1))})
    assert answer.status_code == 422
    assert "Choose a day from" in answer.content.decode()


def test_whoever_only_looks_cannot_run(branch):
    manager = make.sign_in("vip_manager", branch, language="en")
    assert "Run today now" not in page(manager, "dunning-dry-run")
    assert manager.post(reverse("dunning-run")).status_code == 403


def test_a_key_that_no_page_made_runs_it_all_the_same(clerk):
    assert clerk.post(reverse("dunning-run"), {"key": "x"}).status_code == 302
    assert Run.objects.filter(job=at_once.JOB).count() == 1


def test_the_lists_of_dunning_stand_together_on_each_of_them(clerk, head):
    shown = clerk.get(reverse("dunning-recovery")).context
    assert [one["url"] for one in shown["page_tabs"]() if one["current"]] == [reverse("dunning-recovery")]
    assert [one["url"] for one in shown["navigation"]() if one["current"]] == [reverse("dunning")]
    lists = [{one["url"] for one in who.get(reverse("exemptions")).context["page_tabs"]()} for who in (clerk, head)]
    assert lists[1] - lists[0] == {reverse("dunning-compare")}
    assert len(lists[1]) == 9


def test_run_now_pressed_twice_runs_once_and_tells_what_it_did(clerk, branch):
    owing(branch)
    key = "00000000-0000-4000-8000-000000000001"
    answers = [clerk.post(reverse("dunning-run"), {"key": key}) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    run = Run.objects.get(job=at_once.JOB)
    runs.work_off(only=[run.pk])
    shown = page(clerk, "dunning-ran", run.pk)
    assert "Messages written" in shown
    assert CaseStep.objects.get().state == "done"
    assert make.sign_in("dunning_clerk", branch).get(reverse("dunning-ran", args=[run.pk])).status_code == 404


def reminded(branch, days_ago=3, amount="59.00"):
    """A case whose first step was done so many days ago, its reminder on record."""
    account = owing(branch, days_ago + 1, amount)
    at = timezone.now() - timedelta(days=days_ago)
    case = dunning.case(account, opened_at=at, overdue_then=Decimal(amount))
    message = make.message(account.customer)
    done = dunning.step(case, message=message, state="done", done_at=at, sum=Decimal(amount), recorded=True)
    dunning.taken(message)
    Reminder.objects.create(account=account, step=done, how="accepted", message=message, at=at)
    return case


def last_days(branch):
    return branch.today() - timedelta(days=30), branch.today()


@pytest.mark.practice("A26")
def test_recovery_counts_what_came_within_the_days_and_before_the_next_step(branch):
    user = make.user("dunning_clerk", branch)
    paid, late, second, silent = (reminded(branch, 10) for _ in range(4))
    for case, days in ((paid, 8), (late, 1), (second, 3)):
        money.payment(case.account, "59.00", at=timezone.now() - timedelta(days=days))
    message = make.message(second.account.customer)
    at = timezone.now() - timedelta(days=5)
    dunning.step(second, 2, message=message, state="done", done_at=at, sum=Decimal("59.00"))
    found = recovery(user, paid.version, *last_days(branch), 7)
    rows = [(one.reached, one.paid, one.recovered, one.share, one.is_few) for one in found.steps[:3]]
    assert rows == [
        (4, 1, {"CNY": Decimal("59.00")}, 25, True),
        (1, 1, {"CNY": Decimal("59.00")}, 100, True),
        (0, 0, {}, 0, True),
    ]
    assert found.steps[0].cost == Decimal("0.20")
    assert found.steps[0].per_cost == Decimal("295.0")
    assert (found.reminded, found.suspended) == (4, 0)
    assert found.paid_before == DunningCase.objects.filter(ended_for="paid").count() == 3
    assert sum(one.reached for one in found.months) == 5
    assert silent.ended_at is None


def test_recovery_never_counts_more_than_was_asked_for_nor_what_was_reversed(branch):
    user, now = make.user("dunning_clerk", branch), timezone.now()
    much, back = reminded(branch), reminded(branch)
    money.payment(much.account, "500.00", at=now - timedelta(days=1))
    reversed_one = money.payment(back.account, "59.00", at=now - timedelta(days=1))
    ledger.reverse(reversed_one, by=user, reason="wrong account")
    [first, *_rest] = recovery(user, much.version, *last_days(branch), 7).steps
    assert (first.reached, first.paid, first.recovered) == (2, 1, {"CNY": Decimal("59.00")})


def test_recovery_is_read_down_to_the_cases(clerk, branch):
    case = reminded(branch)
    money.payment(case.account, "59.00", at=timezone.now() - timedelta(days=1))
    shown = page(clerk, "dunning-recovery", version=case.version_id)
    assert "(100 %)" in shown  # few
    step = case.version.steps.get(n=1)
    asked = {"version": case.version_id, "step": step.pk}
    assert reverse("dunning-case", args=[case.pk]) in page(clerk, "dunning-recovered", **asked)


def test_recovery_is_refused_for_days_that_no_report_is_made_of(clerk, branch):
    version = {"version": dunning.version(branch).pk, "step": 1}
    for days in ({"first": "0001-01-01"}, {"last": "9999-12-31"}):
        refused = clerk.get(reverse("dunning-recovery"), version | days)
        assert (refused.status_code, "from 2000-01-01 to 2100-12-31" in refused.content.decode()) == (422, True)
        assert "No case fits" in page(clerk, "dunning-recovered", **version, **days)


def test_two_versions_are_compared_over_the_branchs_own_history(head, branch):
    for days, paid in ((40, 10), (40, None), (20, 12)):
        account = owing(branch, days)
        if paid is not None:
            money.payment(account, "59.00", at=timezone.now() - timedelta(days=paid))
    one, other = dunning.version(branch, "mobile"), dunning.version(branch, "fixed")
    key = "00000000-0000-4000-8000-000000000002"
    form = {"one": one.pk, "other": other.pk, "months": "3", "key": key}
    address = head.post(reverse("dunning-compare"), form)["Location"]
    assert head.post(reverse("dunning-compare"), form)["Location"] == address
    run = Run.objects.get(job=comparing.JOB)
    runs.work_off(only=[run.pk])
    run.refresh_from_db()
    mobile, fixed = comparing.columns(run)
    assert (mobile.cases, mobile.paid, mobile.messages, mobile.stops) == (3, 2, 8, 4)
    assert (fixed.cases, fixed.paid, fixed.messages, fixed.stops) == (3, 2, 8, 1)
    assert (mobile.days, fixed.days) == (Decimal("19.0"), Decimal("19.0"))
    assert "¥236.00" in text(head.get(address))
    same = head.post(reverse("dunning-compare"), form | {"other": one.pk})
    assert (same.status_code, "Choose two different versions." in same.content.decode()) == (422, True)
