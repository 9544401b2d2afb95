"""Every closed case is asked about by message, or it is written down why not; a bad answer is put right."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from audit.models import Event
from complaints import call_texts, survey_answers, surveying
from complaints.models import CallbackAnswer, ComplaintRules, Survey
from customers.masking import Shown
from outreach import consents
from outreach.models import Message
from tests import complaining, make
from tests.race import race
from work.models import FollowUp

pytestmark = pytest.mark.django_db
NOW = timezone.now()
GOOD, BAD = {"solved": True, "result": 9}, {"solved": False, "result": 2}


def closed(customer=None, **fields):
    customer = customer or make.reachable(make.unit("hall"))
    desk = make.user("complaint_desk", customer.branch)
    fields = {"resolved_by": desk, "satisfied": "unreached", "ended_at": NOW, "resolved_at": NOW} | fields
    return complaining.complaint(customer, desk, state="closed", answer="已处理", **fields)


def asked(one=None):
    """The survey of a closed complaint and its link's token."""
    one = one or closed()
    surveying.sweep(NOW)
    made = one.surveys.get()
    return made, made.message.text.rpartition("/s/")[2].split("/")[0]


def test_who_was_not_reached_is_asked_and_the_table_holds_no_link():
    one = closed()
    call_texts.ship(one.branch)
    made, token = asked(one)
    assert made.message.template.code == "complaint_survey"
    assert one.number in made.message.text
    assert token not in made.token_hash
    assert surveying.of_token(token) == made
    assert surveying.sweep(NOW) == 0


def test_every_case_is_a_row():
    first = closed()
    no_number = closed(make.customer(first.customer.unit))
    stranger = closed()
    type(stranger).objects.filter(pk=stranger.pk).update(customer=None, caller_number="13700000000")
    unwilling = closed()
    consents.say(unwilling.customer, "survey", "refused", how="call", by=None)
    again = closed(first.customer)
    reached = closed()
    CallbackAnswer.objects.create(complaint=reached, round=1, at=NOW, by=reached.owner, solved=True)
    assert surveying.sweep(NOW) == 6
    why = [one.surveys.get().not_asked for one in (first, no_number, stranger, unwilling, again, reached)]
    assert why == ["", "nowhere", "nobody", "refused", "recently", "reached"]


def test_by_rule_everybody_is_asked():
    one = closed()
    ComplaintRules.objects.create(branch=one.branch, survey_all=True)
    CallbackAnswer.objects.create(complaint=one, round=1, at=NOW, by=one.owner, solved=True)
    assert asked(one)[0].not_asked == ""


def test_a_bad_answer_reopens_the_complaint_once():
    made, _ = asked()
    for _ in range(2):
        survey_answers.answer(made, BAD, at=NOW, comment="还没好")
    made.complaint.refresh_from_db()
    assert (made.complaint.state, made.complaint.reopened, made.complaint.level) == ("reopened", 1, 2)


def test_a_bad_answer_makes_a_remedy_where_the_branch_wants_it_so():
    made, _ = asked()
    ComplaintRules.objects.create(branch=made.complaint.branch, when_dissatisfied="remedy")
    survey_answers.answer(made, BAD, at=NOW)
    made.complaint.refresh_from_db()
    assert made.complaint.state == "closed"
    assert FollowUp.objects.get().kind == "remedy"


def test_an_answer_may_be_changed_until_the_survey_is_over():
    made, _ = asked()
    survey_answers.answer(made, GOOD, at=NOW)
    survey_answers.answer(made, GOOD | {"result": 10}, at=made.expires_at - timedelta(seconds=1))
    made.refresh_from_db()
    assert made.result == 10
    with pytest.raises(ValidationError):
        survey_answers.answer(made, GOOD, at=made.expires_at)


def test_the_first_bad_answer_stays_what_figures_count_and_a_resend_is_nothing_new():
    made, token = asked()
    survey_answers.answer(made, BAD, at=NOW, comment="还没好")
    for _ in range(2):
        survey_answers.answer(made, GOOD, at=NOW, comment="好了")
    made.refresh_from_db()
    assert (made.result, made.solved, made.comment) == (2, False, "好了")
    assert (made.later["result"], made.later["solved"]) == (9, True)
    assert Event.objects.filter(verb="complaint.surveyed").count() == 2
    assert 'value="9"' in Client().get(f"/s/{token}/").content.decode()
    survey_answers.answer(made, BAD, at=NOW)
    made.complaint.refresh_from_db()
    assert made.complaint.reopened == 1


def test_whoever_is_signed_in_as_a_colleague_does_not_answer(client):
    made, token = asked()
    client.force_login(make.user("hotline", made.complaint.branch))
    assert client.get(f"/s/{token}/").status_code == 403
    assert client.post(f"/s/{token}/", {"solved": "1", "result": "10"}).status_code == 403
    made.refresh_from_db()
    assert made.answered_at is None


def test_a_bad_answer_is_kept_and_put_right_whoever_is_there_to_own_it():
    """What stands in the way inside is no business of the customer, and loses nothing."""
    made, token = asked()
    one = made.complaint
    one.owner.postings.all().delete()
    answer = Client().post(f"/s/{token}/", {"solved": "0", "result": "2"})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.state == "reopened"


def test_the_page_needs_nothing_but_the_link_and_says_nothing_personal():
    customer = make.reachable(make.unit("hall"), name="欧阳修文", language="en")
    made, token = asked(closed(customer))
    answer = Client().get(f"/s/{token}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "How did we do?" in page
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not [told for told in (customer.name, made.complaint.words, made.message.to) if told in page]
    assert Client().post(f"/s/{token}/", {"solved": "1"}).status_code == 422
    sent = Client().post(f"/s/{token}/", {"solved": "1", "result": "8", "comment": "谢谢小李"})
    assert sent.status_code == 302
    made.refresh_from_db()
    assert (made.result, made.comment) == (8, "谢谢小李")
    assert "谢谢小李" not in Client().get(f"/s/{token}/").content.decode()


def test_a_link_that_is_none_of_ours_leads_nowhere(django_assert_num_queries):
    _made, token = asked()
    assert Client().get(f"/s/{token[:-1]}x/").status_code == 404
    with django_assert_num_queries(0):
        assert surveying.of_token("guessed-and-not-signed") is None
    Survey.objects.update(expires_at=NOW)
    assert Client().get(f"/s/{token}/").status_code == 410


def test_one_address_asks_only_so_often(settings):
    settings.SURVEYS_PER_MINUTE = 2
    _made, token = asked()
    found = [Client().get(f"/s/{token}/", REMOTE_ADDR="10.9.8.7").status_code for _ in range(6)]
    assert found[0] == 200
    assert 429 in found


@pytest.mark.django_db(transaction=True)
def test_of_two_bad_answers_at_once_one_reopens():
    made, _token = asked()
    race(made.complaint, lambda: survey_answers.answer(made, BAD, at=NOW), runners=3)
    made.complaint.refresh_from_db()
    assert made.complaint.reopened == 1
    assert Message.objects.count() == 1


def test_nobody_reads_the_customers_own_link():
    customer = make.customer()
    shown = Shown(customer, make.user("branch_head", customer.branch))
    assert shown.text("请评价：https://crm.example/s/abc-DEF.1:x/ 谢谢") == "请评价：https://crm.example/s/…/ 谢谢"
