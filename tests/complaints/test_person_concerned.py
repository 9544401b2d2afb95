"""Whom a complaint is about reads nothing of it, whatever else they may read (B15, 2.3)."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.trail import record
from billing.dunning.agreements import timeline as agreements
from billing.models import Adjustment, Hold
from complaints import compensating, delegating, handling, standing, timeline
from complaints.accepting import accept
from complaints.calling_back import owe_callback
from complaints.entry.beside import Beside
from complaints.entry.subject import Subject
from complaints.models import Attachment, Compensation, Complaint, Note, RegulatorCase, SubTask
from customers.masking import Shown
from outreach.models import Message
from staff import withheld
from staff.models import Absence
from tests import complaining, make, money
from tests.complaints.test_accepting import told
from work import arranging, due, leaders, merging, pools, remedies, ringing, stranded, taking_back
from work import timeline as calls
from work.forms import able
from work.models import FollowUp, Notice
from work.owing import owe

ABOUT, NOW = Complaint._meta.label_lower, timezone.now
DAY = timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.practice("B15")]


@pytest.fixture
def one():
    """About the head of its branch, with a task of the branch, a file, an appeal and a compensation."""
    customer = make.reachable()
    made = complaining.complaint(customer, person=make.user("branch_head", customer.branch), state="in_progress")
    complaining.task(made, made.branch)
    complaining.attachment(made)
    complaining.appeal(made)
    complaining.compensation(made)
    made.notes.create(text="x", key="n", by=made.owner)
    record(made, "complaint.accepted", by=None, customer=customer)
    return made


def test_no_list_of_theirs_holds_it(one):
    head = one.person
    other = make.user("branch_head", one.branch)
    lists = [model.objects.visible_to for model in (SubTask, Attachment, RegulatorCase, Compensation, Note)]
    lists += [Complaint.objects.visible_to, Complaint.objects.known_to]
    assert [bool(rows(other)) for rows in lists] == [True] * len(lists)
    assert [bool(rows(head)) for rows in lists] == [False] * len(lists)


def test_a_person_who_does_its_tasks_or_takes_part_is_kept_out_as_well(one):
    worker = make.user("department_head", one.branch)
    task = one.tasks.get()
    SubTask.objects.filter(pk=task.pk).update(taken_by=worker)
    assert SubTask.objects.done_by(worker).exists()
    Complaint.objects.filter(pk=one.pk).update(person=worker, first_owner=worker, coordinator=worker)
    assert not SubTask.objects.done_by(worker).exists()
    assert not SubTask.objects.visible_to(worker).exists()
    assert not Complaint.objects.visible_to(worker).exists()
    assert not Compensation.objects.visible_to(worker).exists()


def test_neither_the_customers_page_nor_the_form_beside_it_says_so(one):
    head, other = one.person, make.user("branch_head", one.branch)
    said = {}
    for person in (head, other):
        shown = Shown(one.customer, person)
        beside = Beside(person, Subject(customer=one.customer), one.category)
        found = [list(standing.marks(one.customer, person)), timeline.entries(one.customer, shown, "all", None, 9)]
        said[person] = [*map(len, found), len(beside.open), bool(beside.repeated)]
    assert said == {head: [0, 0, 0, False], other: [1, 1, 1, True]}


@pytest.fixture
def call(one):
    """Its callback, due in the unit of the person concerned, and the message with its number."""
    make.message(one.customer, text=one.number, about_type="complaints.complaint", about_id=one.pk)
    return owe_callback(one, by=one.owner, at=one.received_at)


def test_neither_its_callback_nor_its_messages_are_theirs_to_see(one, call, client):
    head, other, message = one.person, make.user("branch_head", one.branch), Message.objects.get()
    addresses = [reverse("follow-up", args=[call.pk]), reverse("message", args=[message.pk])]
    said = {}
    for person in (head, other):
        client.force_login(person)
        listed = [bool(rows.visible_to(person)) for rows in (FollowUp.objects, Message.objects)]
        listed += [bool(calls.entries(one.customer, Shown(one.customer, person), "all", None, 9))]
        said[person] = [*listed, *(client.get(address).status_code for address in addresses)]
    assert said == {head: [False] * 3 + [404] * 2, other: [True] * 3 + [200] * 2}


def test_no_ring_leads_them_to_its_callback(one, call):
    """Neither as one of the people of the unit, nor as who leads it or stands in for them."""
    assert withheld.people([call, make.follow_up(one.customer)])[call] == {one.person_id}
    make.post(one.person, "complaint_desk", call.unit)
    other = make.user("complaint_desk", call.unit)
    due.turn()
    assert set(Notice.objects.values_list("user", flat=True)) == {other.pk}
    assert leaders.leader_of(call) != one.person


@pytest.fixture
def remedy(one):
    """Due and owned by its owner; a colleague beside them is whom the complaint is about."""
    about = make.user("clerk", one.unit)
    Complaint.objects.filter(pk=one.pk).update(person=about)
    one.refresh_from_db()
    return serving(one, one.owner)


def serving(one, owner, **fields):
    return make.follow_up(one.customer, owner, kind="remedy", about_type=ABOUT, about_id=one.pk, **fields)


def test_what_serves_it_never_becomes_theirs(one, remedy):
    """Neither handed over, nor taken back, nor as a deputy, nor as part of a call of theirs."""
    about, owner, was = one.person, one.owner, taking_back.before(remedy)
    for give in (
        lambda: arranging.hand_over(remedy, about, by=owner, reason="x"),
        lambda: taking_back.owner(remedy, owner, was | {"owner_id": about.pk}),
        lambda: merging.merge([remedy, make.follow_up(one.customer, about, due_at=NOW())], by=about),
        lambda: arranging.take_over(serving(one, None), by=about),
    ):
        with pytest.raises(ValidationError, match="stays out"):
            give()
    assert about not in able(remedy)
    call = make.follow_up(one.customer, owner)
    FollowUp.objects.filter(pk=remedy.pk).update(merged_into=call)
    with pytest.raises(ValidationError, match="stays out"):
        arranging.hand_over(call, about, by=owner, reason="x")
    assert about not in able(call)


def test_what_puts_right_what_serves_it_is_kept_from_them_too(one):
    asked = serving(one, one.owner, state="done_dissatisfied", ended_at=NOW())
    remedies.begin(asked, by=one.owner, at=NOW())
    assert asked.remedies_made.exists()
    assert not FollowUp.objects.visible_to(one.person).filter(remedies=asked).exists()


def test_while_its_owner_is_away_it_is_not_lent_to_them(one, remedy):
    about, owner = one.person, one.owner
    other = make.follow_up(one.customer, owner)
    absence = Absence.enter(by=owner, user=owner, deputy=about, starts=NOW() - DAY, ends=NOW() + DAY, kind="leave")
    new = owe(one.customer, "remedy", "x", key="new", due_at=NOW(), by=None, owner=owner, about=one)
    given = serving(one, owner)  # at the moment they went
    stranded.put_right(owner.pk, NOW())
    for row in (remedy, other, new, given):
        row.refresh_from_db()
    assert [row.owner for row in (remedy, other, new, given)] == [None, about, None, None]
    Complaint.objects.filter(pk=one.pk).update(person=owner, owner=make.user("complaint_desk", one.branch))
    absence.end(by=owner)
    remedy.refresh_from_db()
    other.refresh_from_db()
    assert [(row.owner, row.for_owner) for row in (remedy, other)] == [(None, None), (owner, None)]


def test_what_became_theirs_before_rings_others_alone(one, remedy):
    FollowUp.objects.update(owner=one.person, due_at=NOW() - DAY, noted_at=NOW() - 9 * DAY, notified_at=NOW())
    rows = FollowUp.objects.all()
    for ring in (ringing.fell_due, ringing.broke, ringing.stalled):
        ring(rows)
    assert Notice.objects.exclude(user=one.person).count() == Notice.objects.count() == 1


def test_the_leader_above_them_hears_of_what_nobody_takes(one):
    """Also above whom they stand in for."""
    head, about = one.person, make.user("clerk", one.unit)
    hall = make.unit("hall", one.branch)
    first = serving(one, None, state="due", notified_at=NOW() - DAY, unit=hall)
    above = make.user("duty_manager", hall)
    Complaint.objects.filter(pk=one.pk).update(person=above)
    pools.tell_leaders()
    assert set(Notice.objects.values_list("user", flat=True)) == {head.pk}
    Complaint.objects.filter(pk=one.pk).update(person=about)
    make.absence(above, about, starts=NOW() - DAY)
    assert leaders.leader_of(first) == head


def test_its_addresses_lead_them_nowhere(one, client):
    client.force_login(one.person)
    appeal, file = one.appeals.get(), one.attachments.get()
    asked = [
        ("complaint", [one.pk], 404), ("complaint-file", [one.pk, file.pk], 404), ("appeal", [appeal.pk], 404),
        ("complaint-next", [one.pk], 404), ("appeal-new", [one.pk], 404), ("complaint-merge", [one.pk], 404),
    ]  # fmt: skip
    assert [client.get(reverse(name, args=args)).status_code for name, args, _ in asked] == [404] * len(asked)
    assert client.post(reverse("complaint-evidence", args=[one.pk])).status_code == 404
    for page in ("complaints", "appeals", "compensations"):
        answer = client.get(reverse(page))
        assert answer.status_code == 200
        assert one.number not in answer.content.decode()
    assert one.number not in client.get(reverse("customer", args=[one.customer_id])).content.decode()


def test_they_hear_nothing_when_it_is_reopened_again_or_a_department_is_asked(one):
    """Also where the table of roles would ring at them: the head of a branch, who leads the unit, who does tasks."""
    delegating.ask(one, one.branch, by=one.owner, what="查", due_at=one.received_at + DAY, key="t")
    told = complaining.complaint_with("closed") | {"state": "closed", "person": one.person, "reopened": 1}
    over = complaining.complaint(one.customer, one.owner, **told)
    handling.reopen(over, by=None, at=over.ended_at, reason="没好", owner=one.owner)
    assert not Notice.objects.filter(user=one.person).exists()


def test_who_accepts_one_about_themselves_gives_it_away_at_once():
    customer = make.reachable()
    clerk, desk = make.user("clerk", customer.unit), make.user("complaint_desk", customer.branch)
    made = accept(**told(customer, by=clerk, person=clerk))
    assert made.owner == desk
    assert not Complaint.objects.visible_to(clerk).exists()


@pytest.mark.parametrize("named", [True, False])
def test_the_pages_of_bills_say_nothing_of_one_about_somebody(client, named):
    """Neither why a bill is disputed, nor why it is less; as little of what was kept before."""
    customer = make.reachable(language="en")
    bill, category = money.bill(money.account(customer)), complaining.category(customer.branch, disputes=True)
    head, desk = make.user("branch_head", customer.branch), make.user("complaint_desk", customer.branch)
    about = {"person": head} if named else {}
    one = accept(**told(customer, bill=bill, category=category, by=desk, words="店长骂人", **about))
    compensating.ask(one, bill, Decimal(9), by=desk, reason="店长道歉", key="k")
    assert said(client, head, customer, one) == ([] if named else ["店长骂人", "店长道歉", one.number])
    with pgtrigger.ignore("billing.Adjustment:append_only"):
        Hold.objects.update(reason="店长骂人")
        Adjustment.objects.update(reason="店长道歉")
    migration = import_module("complaints.migrations.0015_bills_say_nothing_of_whom_it_is_about")
    with connection.cursor() as cursor:
        cursor.execute(migration.DISPUTES)
        cursor.execute(migration.COMPENSATIONS)
    assert said(client, head, customer, one) == ([] if named else ["店长骂人", "店长道歉", one.number])
    with pytest.raises(InternalError):  # kept again
        Adjustment.objects.update(reason="x")


def said(client, person, customer, one):
    """What of the complaint stands in the dispute, the adjustment and its timeline, or on the account's page."""
    rows = [Hold.objects.get().reason, Adjustment.objects.get().reason, Adjustment.objects.get().ref]
    shown = Shown(customer, person)
    begun = Event.objects.filter(verb="dispute.begun").annotate(**agreements.SAID_TODAY)
    rows += [step.words for step in agreements.steps(begun, shown).values()]
    client.force_login(person)
    page = " ".join(rows) + client.get(reverse("account", args=[Hold.objects.get().account_id])).content.decode()
    return [words for words in ("店长骂人", "店长道歉", one.number) if words in page]
