"""A complaint is accepted at once (A11, A23, A24, D13, domain 4.1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from billing.models import Hold
from complaints import starter
from complaints.accepting import accept
from complaints.drafts import keep_draft
from complaints.models import Complaint, StateChange
from outreach.models import Message, Template
from tests import complaining, make, money
from tests.race import together

pytestmark = pytest.mark.django_db


def a_clerk(customer):
    return make.user("clerk", customer.unit)


def told(customer, key="form 1", **fields):
    """What a clerk says to `accept`."""
    said = {"branch": customer.branch, "customer": customer, "key": key, "channel": "hall", "words": "上网太慢"}
    said["by"] = fields.pop("by", None) or a_clerk(customer)
    said["category"] = fields.pop("category", None) or complaining.category(customer.branch)
    return said | fields


def over(customer, category, days):
    """A complaint that was closed so many days ago."""
    now = timezone.now()
    gone = {"ended_at": now - timedelta(days=days), "resolved_at": now - timedelta(days=days), "answer": "已处理"}
    received = now - timedelta(days=days + 30)
    return complaining.complaint(customer, category=category, state="closed", received_at=received, **gone)


@pytest.mark.practice("A23", "A11")
def test_it_has_a_number_an_owner_and_the_first_row_of_its_log():
    customer = make.reachable()
    said = told(customer)
    made = accept(**said)
    assert (made.state, made.first_owner, made.owner) == ("accepted", said["by"], said["by"])
    assert made.number.endswith("-000001")
    assert made.accepted_unit == customer.unit
    [change] = StateChange.objects.filter(complaint=made)
    assert (change.n, change.was, change.then, change.owner) == (1, "", "accepted", said["by"])
    assert Event.objects.filter(verb="complaint.accepted", subject_id=made.pk, customer_id=customer.pk).exists()


def test_the_customer_is_sent_the_number_at_once():
    customer = make.reachable()
    starter.plant(customer.branch)
    made = accept(**told(customer))
    message = Message.objects.get(customer=customer)
    assert made.number in message.text
    assert (message.about_type, message.about_id) == ("complaints.complaint", made.pk)
    assert message.any_time or message.template.any_time


def test_a_branch_without_the_text_accepts_all_the_same():
    made = accept(**told(make.reachable()))
    assert made.state == "accepted"
    assert not Message.objects.exists()


def test_the_same_form_twice_is_one_complaint():
    customer = make.reachable()
    starter.plant(customer.branch)
    said = told(customer)
    assert accept(**said) == accept(**said)
    assert (Complaint.objects.count(), Message.objects.count()) == (1, 1)


def test_a_form_that_another_person_used_is_refused():
    customer = make.reachable()
    accept(**told(customer))
    with pytest.raises(ValidationError, match="already used"):
        accept(**told(customer))


@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_the_same_moment_is_one_complaint():
    customer = make.reachable()
    starter.plant(customer.branch)
    said = told(customer)
    made = together(lambda: accept(**said))
    assert len({one.pk for one in made}) == 1
    assert (Complaint.objects.get().number[-6:], Message.objects.count()) == ("000001", 1)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_has_its_own_number_and_none_is_left_out():
    branch = make.branch()
    customers = [make.reachable(branch) for _ in range(4)]
    said = [told(customer, f"form {n}") for n, customer in enumerate(customers)]
    made = together([lambda each=each: accept(**each) for each in said])
    assert sorted(one.number[-6:] for one in made) == ["000001", "000002", "000003", "000004"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_repeats_the_other():
    customer = make.reachable()
    category, by = complaining.category(customer.branch), a_clerk(customer)
    forms = [told(customer, f"form {n}", category=category, by=by) for n in range(2)]
    first, second = sorted(together([lambda each=each: accept(**each) for each in forms]), key=lambda one: one.number)
    assert (first.is_repeat, second.is_repeat, second.repeats_id) == (False, True, first.pk)


def test_a_second_one_of_the_class_within_thirty_days_of_the_end_is_a_repeat():
    customer = make.reachable()
    category = complaining.category(customer.branch)
    first = over(customer, category, days=29)
    made = accept(**told(customer, category=category))
    assert (made.is_repeat, made.repeats, made.level) == (True, first, 2)


def test_also_what_was_taken_back_was_told_before():
    customer = make.reachable()
    category = complaining.category(customer.branch)
    first = complaining.complaint(customer, category=category, state="withdrawn", ended_at=timezone.now())
    made = accept(**told(customer, category=category))
    assert (made.is_repeat, made.repeats, made.level) == (True, first, 2)


@pytest.mark.parametrize("what", ["over long ago", "another class", "another customer"])
def test_these_are_no_repeats(what):
    customer = make.reachable()
    category = complaining.category(customer.branch)
    other = make.reachable(customer.unit) if what == "another customer" else customer
    if what == "over long ago":
        over(other, category, days=31)
    else:
        complaining.complaint(other, category=category)
    chosen = complaining.category(customer.branch) if what == "another class" else category
    made = accept(**told(customer, category=chosen))
    assert (made.is_repeat, made.level) == (False, 1)


@pytest.mark.parametrize(
    ("weighs", "level"),
    [
        ("nothing", 1),
        ("class", 2),
        ("vip", 2),
        ("group", 2),
        ("locked", 2),
        ("major", 3),
        ("regulator", 3),
    ],
)
def test_its_level_is_the_highest_that_applies(weighs, level):
    customer = make.reachable(locked_high_value=weighs == "locked", kind="group" if weighs == "group" else "personal")
    if weighs == "vip":
        customer.tier = make.tier(customer.branch, code="gold", mark="gold")
        customer.save()
    category = complaining.category(customer.branch, level=2 if weighs == "class" else 1)
    more = {"major": weighs == "major", "channel": "regulator" if weighs == "regulator" else "hall"}
    assert accept(**told(customer, category=category, **more)).level == level


def test_a_person_may_raise_the_level_but_not_lower_it():
    customer = make.reachable(kind="group")
    category = complaining.category(customer.branch)
    levels = [accept(**told(customer, f"{n}", category=category, by=a_clerk(customer), level=n)).level for n in (1, 3)]
    assert levels == [2, 3]


@pytest.mark.practice("B15")
def test_whom_it_concerns_does_not_own_it():
    customer = make.reachable()
    leader, clerk = make.user("duty_manager", customer.unit), a_clerk(customer)
    made = accept(**told(customer, by=clerk, person=clerk))
    assert (made.first_owner, made.owner) == (clerk, leader)


def test_it_is_refused_where_nobody_else_could_own_it():
    customer = make.reachable()
    clerk = a_clerk(customer)
    with pytest.raises(ValidationError, match="name another owner"):
        accept(**told(customer, by=clerk, person=clerk))


def test_whoever_stands_in_for_the_leader_owns_it_only_where_they_handle_complaints():
    customer = make.reachable()
    clerk, leader = a_clerk(customer), make.user("department_head", customer.unit)
    make.absence(leader, make.user("finance", customer.unit))
    desk = make.user("complaint_desk", customer.branch)
    assert accept(**told(customer, by=clerk, person=clerk)).owner == desk


def test_a_text_that_cannot_be_filled_in_stops_no_acceptance():
    customer = make.reachable()
    starter.plant(customer.branch)
    Template.objects.filter(code="complaint_accepted").update(text_zh="{ticket}，{plan}", text_en="{ticket}, {plan}")
    made = accept(**told(customer))
    assert made.number in Message.objects.get(customer=customer).text


def test_a_contested_bill_leaves_dunning():
    customer = make.reachable()
    bill = money.bill(money.account(customer))
    made = accept(**told(customer, bill=bill, category=complaining.category(customer.branch, disputes=True)))
    hold = Hold.objects.get(bill=bill)
    assert (made.hold, hold.kind, hold.ended_at) == (hold, "dispute", None)


def test_a_bill_that_is_disputed_already_stays_with_that_dispute():
    customer = make.reachable()
    bill = money.bill(money.account(customer))
    category, by = complaining.category(customer.branch, disputes=True), a_clerk(customer)
    first = accept(**told(customer, "1", bill=bill, category=category, by=by))
    second = accept(**told(customer, "2", bill=bill, category=category, by=by))
    assert first.hold == second.hold == Hold.objects.get()


def test_a_bill_that_is_only_named_stays_where_it_is():
    customer = make.reachable()
    bill = money.bill(money.account(customer))
    assert accept(**told(customer, bill=bill)).hold is None
    assert not Hold.objects.exists()


def test_a_caller_who_is_no_customer_is_heard_as_well():
    branch = make.branch()
    by = make.user("hotline", make.unit(parent=branch))
    said = {"category": complaining.category(branch), "channel": "hotline", "words": "骚扰电话"}
    made = accept(by=by, branch=branch, key="1", caller_number="13800001111", caller_name="李女士", **said)
    assert (made.customer, made.state) == (None, "accepted")
    with pytest.raises(ValidationError) as refused:
        accept(by=by, branch=branch, key="2", **said)
    assert "caller_number" in refused.value.message_dict


@pytest.mark.parametrize("field", ["category", "words", "channel"])
def test_what_is_missing_is_said_and_nothing_is_kept(field):
    customer = make.reachable()
    with pytest.raises(ValidationError) as refused:
        accept(**told(customer) | {field: None})
    assert field in refused.value.message_dict
    assert not Complaint.objects.exists()


def test_only_the_finest_classes_are_chosen():
    customer = make.reachable()
    with pytest.raises(ValidationError, match="finest"):
        accept(**told(customer, category=complaining.category(customer.branch).parent))


def test_what_is_of_others_is_refused():
    customer = make.reachable()
    others = make.reachable(customer.unit)
    with pytest.raises(ValidationError) as refused:
        accept(**told(customer, line=make.line(others), category=complaining.category(make.branch())))
    assert {"line", "category"} == set(refused.value.message_dict)


def test_full_id_numbers_are_kept_nowhere():
    customer = make.reachable()
    made = accept(**told(customer, words="我的身份证440202199001011234被冒用"))
    assert "440202199001011234" not in made.words


def test_product_plan_and_community_follow_from_line_and_customer():
    customer = make.reachable()
    line = make.line(customer, plan=make.plan(customer.branch))
    made = accept(**told(customer, line=line))
    assert (made.product, made.plan, made.tier) == (line.kind, line.plan, customer.tier)


def test_an_imported_one_makes_no_message_and_keeps_its_first_receipt():
    customer = make.reachable()
    starter.plant(customer.branch)
    received = timezone.now() - timedelta(days=400)
    made = accept(**told(customer), imported=True, received_at=received, ref="2224")
    assert (made.received_at, made.imported, made.ref) == (received, True, "2224")
    assert not Message.objects.exists()


def test_what_is_still_to_come_was_not_received():
    with pytest.raises(ValidationError) as refused:
        accept(**told(make.reachable()), received_at=timezone.now() + timedelta(days=1))
    assert "received_at" in refused.value.message_dict


def test_a_draft_is_kept_as_far_as_it_was_told_and_completed_later():
    customer = make.reachable()
    said = told(customer)
    at = timezone.now() - timedelta(hours=2)
    draft = keep_draft(by=said["by"], branch=customer.branch, key="form 1", customer=customer, words="上网", at=at)
    assert (draft.state, draft.category) == ("draft", None)
    made = accept(**said)
    assert (made.pk, made.number, made.state, made.received_at) == (draft.pk, draft.number, "accepted", at)
    assert list(made.changes.values_list("was", "then")) == [("", "draft"), ("draft", "accepted")]


def test_a_draft_may_be_written_again_and_what_was_struck_out_is_gone():
    customer = make.reachable()
    first = {"by": a_clerk(customer), "branch": customer.branch, "key": "1", "customer": customer}
    keep_draft(**first, words="上网", place="北门")
    draft = keep_draft(**first, words="上网慢")
    draft.refresh_from_db()
    assert (draft.words, draft.place, Complaint.objects.count()) == ("上网慢", "", 1)


def test_a_draft_that_somebody_changed_meanwhile_is_not_written_over():
    customer = make.reachable()
    first = {"by": a_clerk(customer), "branch": customer.branch, "key": "1", "customer": customer}
    draft = keep_draft(**first, words="上网")
    keep_draft(**first, words="上网慢")
    with pytest.raises(ValidationError) as refused:
        keep_draft(**first, words="打不了", edition=draft.edition)
    assert refused.value.code == "outdated"


def test_a_receipt_of_another_age_is_a_slip_of_the_pen():
    with pytest.raises(ValidationError) as refusal:
        accept(**told(make.reachable(), received_at=datetime(82, 8, 28, tzinfo=UTC)))
    assert "received_at" in refusal.value.message_dict
