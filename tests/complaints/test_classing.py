"""Keyword rules, and what they leave to people: words find classes, one by one or all that hold a word."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from complaints import reweighing, starter
from complaints.classing import reviewing, rules, shipped, tasks
from complaints.models import Category, Complaint, KeywordRule, StateChange
from jobs import runs
from jobs.models import Run
from staff.models import Posting
from tests import complaining, make
from tests.race import race

LIST, RULES = "/complaints/to-class/", "/complaints/rules/"


@pytest.fixture
def branch(db):
    return make.branch()


@pytest.fixture
def steward(branch):
    return make.sign_in("data_steward", branch, language="en")


def from_file(branch, words, customer=None, **fields):
    """One that a file brought and no rule knew."""
    made = complaining.complaint(customer or make.reachable(branch), words=words, imported=True, **fields)
    Complaint.objects.filter(pk=made.pk).update(category=None)
    return made


def a_rule(branch, *words, order=1, category=None):
    category = category or complaining.category(branch)
    return KeywordRule.objects.create(branch=branch, order=order, words=list(words), category=category)


def class_of(one):
    one.refresh_from_db()
    return one.category


@pytest.mark.parametrize(
    ("text", "word", "holds"),
    [
        ("Unfair BILLING practices", "bill", True),
        ("A handbill", "bill", False),
        ("300GB cap", "300gb", True),
        ("宽带网速太慢了", "网速", True),
        ("用wifi上网", "WiFi", True),
        ("what? (a.b) [c]", "(a.b) [", True),
        ("what axb", "a.b", False),
        ("net-work  of", "net-work ", True),
    ],
)
def test_page_and_file_find_words_alike(branch, text, word, holds):
    one, rule = from_file(branch, text), a_rule(branch, word)
    assert (rules.class_of(rules.rules_of(branch), text) == rule.category.code) is holds
    assert rules.holding(Complaint.objects.filter(pk=one.pk), [word]).exists() is holds


def test_the_first_rule_decides_and_rules_of_classes_out_of_use_are_passed_over(branch):
    gone = a_rule(branch, "slow")
    Category.objects.filter(pk=gone.category_id).update(active=False)
    first, _second = a_rule(branch, "speed", order=2), a_rule(branch, "slow", order=3)
    assert rules.class_of(rules.rules_of(branch), "slow speed") == first.category.code


def test_shipped_rules_name_classes_that_are_shipped_in_both_languages(branch):
    starter.plant(branch)
    starter.plant(branch)
    made = KeywordRule.objects.filter(branch=branch)
    assert made.count() == len(list(shipped.rows()))
    known = rules.rules_of(branch)
    assert len(known) == made.count(), "each names one of the finest classes"
    for text, code in (
        ("宽带网速慢", "2202"),
        ("slow internet speeds", "2202"),
        ("不明扣费", "3203"),
        ("data cap", "3204"),
    ):
        assert rules.class_of(known, text) == code


def test_rules_keep_one_order_wherever_one_is_put_or_taken_away(branch):
    by, made = make.user("data_steward", branch), [a_rule(branch, str(n), order=n) for n in (1, 2, 3)]
    fresh = KeywordRule(branch=branch, order=2, words=["new"], category=made[0].category)
    rules.keep(fresh, by=by)
    made[0].order = 4
    rules.keep(made[0], by=by)
    rules.drop(made[1], by=by)
    found = KeywordRule.objects.filter(branch=branch).values_list("order", "words")
    assert list(found) == [(1, ["new"]), (2, ["3"]), (3, ["1"])]
    made[1].pk = 0
    with pytest.raises(ValidationError):
        rules.keep(KeywordRule(pk=10**6, branch=branch, order=1, words=["x"], category=fresh.category), by=by)


def test_all_that_hold_a_word_get_their_class_and_it_becomes_a_rule(branch, steward):
    held = [from_file(branch, f"Comcast 账号问题 {n}") for n in range(3)]
    other, category = from_file(branch, "Comcast"), complaining.category(branch)
    page = steward.get(LIST, {"words": "账号"}).content.decode()
    assert "4 complaints wait to be classed." in page
    assert "3 hold “账号”." in page
    said = {"do": "rule", "words": "账号", "category": category.pk, "key": uuid4()}
    for _twice in range(2):
        answer = steward.post(LIST, said)
    assert answer.status_code == 302
    assert "Class complaints that hold a word" in steward.get(answer["Location"]).content.decode()
    runs.work_off()
    run = Run.objects.get()
    assert (run.total, run.done, run.counts) == (3, 3, {"classed": 3})
    assert {class_of(one) for one in held} == {category}
    assert class_of(other) is None
    assert KeywordRule.objects.get().words == ["账号"]
    assert Event.objects.filter(verb="complaint.classed").count() == 3


def test_the_chosen_get_their_class_and_nothing_else_does(branch, steward):
    one, other = from_file(branch, "Comcast"), from_file(branch, "Comcast")
    classed, category = complaining.complaint(make.reachable(branch), imported=True), complaining.category(branch)
    was = classed.category
    steward.post(LIST, {"do": "chosen", "chosen": [one.pk, classed.pk], "category": category.pk})
    assert (class_of(one), class_of(other), class_of(classed)) == (category, None, was)
    for wrong in ({"do": "chosen", "category": category.pk}, {"do": "all", "category": category.pk}, {"do": "all"}):
        assert steward.post(LIST, wrong).status_code == 422
    above = category.parent
    with pytest.raises(ValidationError):
        reviewing.classify(reviewing.waiting(steward.person), above, by=steward.person)


def test_a_heavier_class_raises_what_is_open_with_a_row_of_the_log_and_finds_repeats(branch):
    customer, by = make.reachable(branch), make.user("data_steward", branch)
    category = complaining.category(branch, level=3)
    ended = timezone.now() - timedelta(days=3)
    over = from_file(branch, "安全", customer, state="closed", ended_at=ended, received_at=ended)
    one = from_file(branch, "安全", customer)
    assert reviewing.classify_next(["安全"], category, by=by) == (2, None)
    for each in (one, over):
        each.refresh_from_db()
    assert (one.level, one.is_repeat, one.repeats_id) == (3, True, over.pk)
    assert (over.level, over.is_repeat) == (1, False)
    last = StateChange.objects.filter(complaint=one).last()
    assert (last.was, last.then, last.level, last.by) == (one.state, one.state, 3, by)
    assert StateChange.objects.filter(complaint=over).count() == 1


def test_the_rules_of_now_class_what_waits_in_their_order(branch, steward):
    first, second = a_rule(branch, "慢"), a_rule(branch, "网", order=2)
    both, one, none = (from_file(branch, words) for words in ("网慢", "网断", "其他"))
    assert steward.post(f"{LIST}by-rules/").status_code == 302
    runs.work_off()
    assert (class_of(both), class_of(one), class_of(none)) == (first.category, second.category, None)


def test_however_many_wait_a_job_classes_them_in_small_transactions(branch, steward, monkeypatch):
    monkeypatch.setattr(reviewing, "MOST", 2)
    first, second = a_rule(branch, "慢"), a_rule(branch, "网", order=2)
    rows = [from_file(branch, words) for words in ("网断", "其他", "网慢", "网", "事", "事", "事")]
    steward.post(f"{LIST}by-rules/")
    runs.work_off()
    assert [class_of(one) for one in rows[:4]] == [second.category, None, first.category, second.category]
    category = complaining.category(branch)
    steward.post(LIST, {"do": "rule", "words": "事", "category": category.pk})
    Posting.objects.filter(user=steward.person).update(valid_to=timezone.localdate())
    runs.work_off()
    assert class_of(rows[4]) is None, "whoever may not bring complaints in any more classes none"
    steward = make.sign_in("data_steward", branch)
    steward.post(LIST, {"do": "rule", "words": "事", "category": category.pk})
    runs.work_off()
    assert [class_of(one) for one in rows[4:]] == [category] * 3
    assert KeywordRule.objects.filter(words=["事"]).count() == 1
    assert Event.objects.filter(verb="complaint.classed").count() == 6


def test_the_page_of_one_lets_who_handles_or_leads_it_class_it(branch):
    """Also one that is over; what has a class is judged anew by who leads."""
    over = from_file(branch, "网断", state="closed", ended_at=timezone.now())
    lead, category = make.sign_in("complaint_desk", branch, language="en"), complaining.category(branch)
    clerk = make.sign_in("clerk", over.unit, language="en")
    told = {"category": category.pk, "edition": over.edition}
    for browser, who in ((clerk, over), (lead, from_file(branch, "慢"))):
        Complaint.objects.filter(pk=who.pk).update(owner=browser.person)
        assert browser.post(f"/complaints/{who.pk}/do/class/", told).status_code == 302
        assert class_of(who) == category
    other = complaining.category(branch)
    again = told | {"category": other.pk, "edition": class_of(over) and over.edition}
    assert clerk.post(f"/complaints/{over.pk}/do/class/", again).status_code == 404
    assert lead.post(f"/complaints/{over.pk}/do/class/", again).status_code == 422
    assert class_of(over) == category


def test_a_rule_says_how_many_it_matches_before_it_is_kept(branch, steward):
    from_file(branch, "网速慢")
    complaining.complaint(make.reachable(branch), words="网速慢", imported=True)
    complaining.complaint(make.reachable(branch), words="网速慢")
    answer = steward.post(f"{RULES}count/", {"words": "网速，卡顿"}).content.decode()
    assert "Matches 2 complaints of files now." in answer
    assert "1 of them waits to be classed." in answer
    assert steward.post(f"{RULES}count/", {"words": "x" * 61}).status_code == 422
    category = complaining.category(branch)
    told = {"order": 1, "words": "网速，卡顿、慢\n慢", "category": category.pk}
    assert steward.post(f"{RULES}new/", told).status_code == 302
    rule = KeywordRule.objects.get()
    assert (rule.words, rule.category) == (["网速", "卡顿", "慢"], category)
    assert "网速, 卡顿, 慢" in steward.get(RULES).content.decode()
    bad = steward.post(f"{RULES}{rule.pk}/", told | {"words": " ，"})
    assert bad.status_code == 422
    assert steward.post(f"{RULES}{rule.pk}/", {"do": "drop"}).status_code == 302
    assert not KeywordRule.objects.exists()


def test_a_rule_that_a_colleague_took_away_at_the_same_moment_is_said_to_be_gone(branch, steward, monkeypatch):
    rule, drop = a_rule(branch, "慢"), rules.drop

    def both(one, *, by):
        drop(KeywordRule.objects.get(pk=one.pk), by=make.user("data_steward", branch))
        drop(one, by=by)

    monkeypatch.setattr(rules, "drop", both)
    page = steward.post(f"{RULES}{rule.pk}/", {"do": "drop"}, follow=True)
    assert "Somebody took this rule away in the meantime." in page.content.decode()
    assert page.redirect_chain == [(RULES, 302)]


def test_what_belongs_to_another_branch_is_neither_seen_nor_classed(branch, steward):
    strange = make.branch()
    one, rule = from_file(strange, "别人的事"), a_rule(strange, "别人")
    assert "别人的事" not in steward.get(LIST).content.decode()
    assert steward.get(f"{RULES}{rule.pk}/").status_code == 404
    foreign = {"do": "chosen", "chosen": [one.pk], "category": rule.category_id}
    assert steward.post(LIST, foreign).status_code == 422
    steward.post(f"{LIST}by-rules/")
    runs.work_off()
    assert class_of(one) is None


def test_the_list_asks_no_more_the_longer_it_is(branch, steward, django_assert_max_num_queries):
    for n in range(12):
        from_file(branch, f"事{n}")
    with django_assert_max_num_queries(16):
        assert steward.get(LIST).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_classed_by_two_jobs_and_a_person_at_once_each_has_one_class(monkeypatch):
    monkeypatch.setattr(reviewing, "MOST", 3)
    place = make.branch()
    rows, by = [from_file(place, "慢") for _n in range(8)], make.user("data_steward", place)
    lead = make.user("complaint_desk", place)
    classes = [complaining.category(place) for _ in range(3)]
    asked = [tasks.ask_all(["慢"], each, by=by, key=str(n)).pk for n, each in enumerate(classes[:2])]
    done = race(rows[0], [
        *(lambda pk=pk: runs.work_off(only=[pk]) for pk in asked),
        lambda: reweighing.reclassify(rows[0], classes[2], by=lead, edition=1),
    ])  # fmt: skip
    assert {class_of(one) for one in rows} <= set(classes)
    verbs = Event.objects.filter(verb__in=("complaint.classed", "complaint.reclassified"))
    assert verbs.count() == 8 + (not isinstance(done[2], Exception) and class_of(rows[0]) != classes[2])
    assert (
        sum(Run.objects.get(pk=pk).counts.get("classed", 0) for pk in asked)
        == verbs.filter(verb="complaint.classed").count()
    )
