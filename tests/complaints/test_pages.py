"""The complaint's page, what is done there, and the pages of departments and approvers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from complaints import acts, handling, reach
from complaints.acts import ACTS
from complaints.models import Complaint
from complaints.models.complaints import HANDLE, LEAD
from staff.rights import RIGHTS
from tests import complaining, make, money
from tests.complaints.test_handling import at_work

pytestmark = pytest.mark.django_db


def signed_in(one, role="complaint_desk"):
    return make.sign_in(role, one.branch)


def form(one, **fields):
    one.refresh_from_db()
    return {"edition": one.edition, "key": uuid4()} | fields


def send(browser, one, act, **fields):
    return browser.post(f"/complaints/{one.pk}/do/{act}/", form(one, **fields))


def test_the_page_tells_who_what_and_what_next():
    one = at_work(wanted="退费", is_repeat=True, level=2)
    page = signed_in(one).get(f"/complaints/{one.pk}/").content.decode()
    for said in (one.number, one.words, "退费", one.owner.name, one.category.name):
        assert said in page
    first = page.index('data-key="r"')
    assert first < page.index('data-key="n"')


def test_from_acceptance_to_the_answer_on_one_page():
    one = at_work("accepted")
    browser = signed_in(one)
    assert send(browser, one, "contact", kind="spoke", way="phone", text="已联系").status_code == 302
    cause = complaining.cause(one.branch)
    told = {"cause": cause.pk, "liability": "ours", "measure": "换板", "answer": "已恢复", "answered_by": "phone"}
    assert send(browser, one, "resolve", **told).status_code == 302
    one.refresh_from_db()
    assert one.state == "callback_due"
    page = browser.get(f"/complaints/{one.pk}/").content.decode()
    assert "已恢复" in page
    assert "已联系" in page


def test_forms_come_when_they_are_opened_and_only_those_that_fit():
    one = at_work()
    browser = signed_in(one)
    page = browser.get(f"/complaints/{one.pk}/").content.decode()
    assert page.count("<textarea") == 2  # of the result alone
    form = browser.get(f"/complaints/{one.pk}/do/note/")
    assert f'value="{one.edition}"' in form.content.decode()
    assert browser.get(f"/complaints/{one.pk}/do/reopen/").status_code == 404
    assert browser.get(f"/complaints/{one.pk}/do/nonsense/").status_code == 404


def test_the_page_asks_few_questions_however_much_there_is(django_assert_max_num_queries):
    one = at_work()
    browser = signed_in(one)
    for n in range(3):
        handling.note(one, by=make.user("complaint_desk", one.branch), text=f"{n}", key=f"{n}")
        complaining.task(one)
        complaining.cause(one.branch)
    browser.get(f"/complaints/{one.pk}/")  # notes when the person was seen
    with django_assert_max_num_queries(26):
        browser.get(f"/complaints/{one.pk}/")


@pytest.mark.parametrize("role", sorted({*RIGHTS[HANDLE], *RIGHTS[LEAD], "quality", "data_steward"}))
def test_what_may_be_done_with_one_at_hand_is_what_the_rows_say(role):
    branch = make.branch()
    hall, other = (make.unit("hall", parent=branch) for _ in range(2))
    person, customers = make.user(role, hall), [make.customer(hall), make.customer(other), make.customer(other)]
    customers[2].manager = person
    customers[2].save()
    told = [{"owner": person}, {"unit": hall}, {"accepted_unit": hall}, {}]
    told += [{"category": None}, {"category": None, "imported": True}]
    made = [
        complaining.complaint(one, **{"unit": other, "accepted_unit": other} | each)
        for one in customers
        for each in told
    ]
    made.append(complaining.complaint(make.customer(make.unit("hall")), owner=person))
    rows = Complaint.objects.filter(pk__in=[one.pk for one in made])
    assert {one for one in made if reach.handles(person, one)} == set(rows.handled_by(person))
    assert {one for one in made if reach.leads(person, one)} == set(rows.led_by(person))
    assert {one for one in made if reach.classes(person, one)} == set(acts.classes(rows, person))


def test_what_is_missing_stands_by_its_field_and_nothing_typed_is_lost():
    one = at_work()
    answer = send(signed_in(one), one, "resolve", measure="换了主板", liability="ours")
    assert answer.status_code == 422
    assert "换了主板" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "in_progress"


def test_a_stale_page_is_told_and_keeps_what_was_typed():
    one = at_work()
    browser, old = signed_in(one), one.edition
    handling.note(one, by=one.owner, text="别人的备注", key="n")
    sent = {"edition": old, "what": "身份证复印件"}
    answer = browser.post(f"/complaints/{one.pk}/do/wait/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "身份证复印件" in page
    assert "别人的备注" in page
    one.refresh_from_db()
    assert f'value="{one.edition}"' in page
    assert browser.post(f"/complaints/{one.pk}/do/wait/", sent | {"edition": one.edition}).status_code == 302


def test_a_form_sent_twice_is_one_note():
    one = at_work()
    browser, sent = signed_in(one), form(one, text="查")
    for _ in range(2):
        assert browser.post(f"/complaints/{one.pk}/do/note/", sent).status_code == 302
    assert one.notes.count() == 1


def test_whom_it_is_about_neither_sees_nor_handles_it():
    one = at_work()
    browser = signed_in(one)
    type(one).objects.filter(pk=one.pk).update(person=browser.person)
    assert browser.get(f"/complaints/{one.pk}/").status_code == 404
    assert send(browser, one, "note", text="我没有").status_code == 404


def test_what_only_leaders_do_is_not_there_for_others():
    one = at_work()
    browser = make.sign_in("hotline", one.branch)
    page = browser.get(f"/complaints/{one.pk}/").content.decode()
    assert "/do/reject/" not in page
    assert send(browser, one, "reject", reason="x", direction="y", answered_by="phone").status_code == 404
    assert send(browser, one, "nothing").status_code == 404


@pytest.mark.parametrize("act", [act.name for act in ACTS])
def test_every_act_asks_for_what_it_needs(act):
    """An empty form changes nothing where something is asked, and none is a fault of the server."""
    one = at_work(
        {"reopen": "closed", "settle": "accepted", "assign": "accepted", "unmerge": "in_progress"}.get(
            act, "in_progress"
        )
    )
    browser = make.sign_in("complaint_desk", one.branch)
    answer = browser.post(f"/complaints/{one.pk}/do/{act}/", {})
    assert answer.status_code == 422


def test_money_is_asked_for_on_the_page_and_approved_by_the_head():
    one = at_work()
    bill = money.bill(money.account(one.customer), "500.00")
    asked = send(signed_in(one), one, "compensate", bill=bill.pk, amount="300", reason="断网三天")
    assert asked.status_code == 302
    head = make.sign_in("branch_head", one.branch)
    assert "断网三天" in head.get("/complaints/compensations/").content.decode()
    made = one.compensations.get()
    assert head.post(f"/complaints/compensations/{made.pk}/refuse/", {}).status_code == 422
    assert head.post(f"/complaints/compensations/{made.pk}/approve/").status_code == 302
    bill.refresh_from_db()
    assert bill.adjusted == -300
    assert "300.00" in head.get(f"/complaints/{one.pk}/").content.decode()


def test_a_department_sees_its_tasks_and_not_the_customer():
    one = at_work()
    unit = make.unit(parent=one.branch)
    due = timezone.localtime(timezone.now() + timedelta(hours=5))
    sent = {"unit": unit.pk, "what": "查基站告警", "due_at": f"{due:%Y-%m-%dT%H:%M}"}
    assert send(signed_in(one), one, "task", **sent).status_code == 302
    task = one.tasks.get()
    worker = make.sign_in("channel_support", unit)
    page = worker.get("/complaints/tasks/").content.decode()
    assert "查基站告警" in page
    assert one.words in page
    assert one.customer.name not in page
    assert worker.get(f"/complaints/{one.pk}/").status_code in (403, 404)
    assert worker.post(f"/complaints/tasks/{task.pk}/accept/").status_code == 302
    assert worker.post(f"/complaints/tasks/{task.pk}/done/", {}).status_code == 422
    assert worker.post(f"/complaints/tasks/{task.pk}/done/", {"result": "已处理"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "in_progress"


def test_the_handler_cancels_a_task():
    one = at_work("waiting_department")
    task = complaining.task(one)
    assert signed_in(one).post(f"/complaints/tasks/{task.pk}/cancel/").status_code == 302
    one.refresh_from_db()
    assert one.state == "in_progress"


def test_merged_on_its_page_and_taken_apart_again():
    one = at_work()
    before = timezone.now() - timedelta(hours=1)
    survivor = complaining.complaint(one.customer, one.owner, received_at=before)
    other = complaining.complaint(make.customer(one.unit), one.owner, received_at=before)
    browser = signed_in(one)
    page = browser.get(f"/complaints/{one.pk}/merge/").content.decode()
    assert survivor.number in page
    assert other.number not in page
    assert browser.post(f"/complaints/{one.pk}/merge/", form(one, into=other.pk)).status_code == 422
    assert browser.post(f"/complaints/{one.pk}/merge/", form(one, into=survivor.pk)).status_code == 302
    assert survivor.number in browser.get(f"/complaints/{one.pk}/").content.decode()
    assert send(browser, one, "unmerge", reason="两件事").status_code == 302
    one.refresh_from_db()
    assert one.state == "in_progress"


def test_a_caller_who_is_no_customer_has_a_page_too():
    one = at_work()
    type(one).objects.filter(pk=one.pk).update(customer=None, caller_name="李四", caller_number="13800138000")
    page = signed_in(one).get(f"/complaints/{one.pk}/").content.decode()
    assert "李四" in page
    masked = make.sign_in("quality", one.branch).get(f"/complaints/{one.pk}/").content.decode()
    assert "13800138000" not in masked
    assert "李四" not in masked
