"""Incidents: named, told of, and over for all complaints under them at once (batch; peers E 8; 4.1)."""

from datetime import timedelta

import pytest
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import merging, moving
from complaints.accepting import accept
from complaints.drafts import keep_draft
from complaints.incidents import answering, belonging, running
from complaints.incidents.answering import answer_batch
from complaints.models import Clock, Complaint, Incident, IncidentUpdate, SubTask
from complaints.models.states import IN_HAND
from jobs import runs
from jobs.models import Run
from outreach.models import Message
from staff.rights import Role
from tests import complaining, make
from tests.race import race, together
from work.models import FollowUp, Notice

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def desk(hall):
    return make.sign_in(Role.COMPLAINT_DESK, make.unit("desk", parent=hall.branch), language="en")


@pytest.fixture
def incident(hall, desk):
    return complaining.incident(hall.branch, by=desk.person)


def child(hall, incident, **fields):
    """Of a customer with a number, under the incident."""
    return complaining.complaint(make.reachable(hall, **fields.pop("who", {})), incident=incident, **fields)


def ending(branch, **told):
    told = {"measure": "光缆已修复", "answer": "故障已排除", "answer_en": "It is repaired", "liability": "ours"} | told
    return {"cause": complaining.cause(branch)} | told


def worked_off():
    runs.work_off(only=list(Run.objects.filter(job=running.ANSWER).values_list("pk", flat=True)))


def over(incident, by, **told):
    running.end(incident, by=by, **ending(incident.branch, **told))
    worked_off()
    incident.refresh_from_db()


def states(*complaints):
    return [Complaint.objects.get(pk=one.pk).state for one in complaints]


# Named and told of


def begin_form(hall, **told):
    said = {"key": "00000000-0000-4000-8000-0000000000aa", "title": "光缆中断", "say": "正在抢修", "product": ""}
    kind = complaining.category(hall.branch)
    return said | {"area": hall.branch_id, "category": kind.pk} | told


def test_the_desk_names_an_incident_and_clerks_are_shown_it_at_once(hall, desk):
    form = begin_form(hall)
    answers = [desk.post("/complaints/incidents/new/", form) for _ in range(2)]
    one = Incident.objects.get()
    assert {answer.url for answer in answers} == {f"/complaints/incidents/{one.pk}/"}
    assert [update.text for update in one.updates.all()] == ["正在抢修"]
    clerk = make.sign_in(Role.CLERK, hall, language="en")
    asks = f"/customers/{make.customer(hall).pk}/complaint/"
    assert "正在抢修" in clerk.get(asks).content.decode()
    told = {"say": "预计今晚恢复", "say_en": "Tonight", "expected_at": ""}
    assert desk.post(f"/complaints/incidents/{one.pk}/tell/", told).status_code == 302
    assert "Tonight" in clerk.get(asks).content.decode()
    page = desk.get(f"/complaints/incidents/{one.pk}/").content.decode()
    assert "正在抢修" in page  # what was told before stays known
    assert [update.n for update in IncidentUpdate.objects.order_by("n")] == [1, 2]


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("say", ""), ("area", "0"), ("category", "0"), ("expected_at", "2020-01-01T10:00")],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(hall, desk, field, value):
    answer = desk.post("/complaints/incidents/new/", begin_form(hall, **{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Incident.objects.exists()


def test_many_complaints_of_one_place_and_product_look_like_an_incident(hall, desk):
    place = make.unit("community", parent=hall.branch)
    kind, customer = complaining.category(hall.branch), make.customer(hall)
    told = {"area_unit": place, "product": "broadband", "category": kind}
    for n in range(5):
        assert not belonging.suggested(desk.person, timezone.now())
        complaining.complaint(make.customer(hall), received_at=timezone.now() - n * HOUR, **told)
    complaining.complaint(customer, **told | {"product": "mobile"})
    complaining.complaint(customer, received_at=timezone.now() - 30 * HOUR, **told)
    [found] = desk.get("/complaints/incidents/").context["suggested"]
    assert (found.area, found.product, found.category, found.n, found.going_on) == (place, "broadband", kind, 5, None)
    address = f"/complaints/incidents/new/?area={place.pk}&product=broadband&category={kind.pk}"
    assert desk.get(address).context["form"].initial["area"] == place
    one = complaining.incident(hall.branch, product="broadband")
    assert belonging.suggested(desk.person, timezone.now())[0].going_on == one
    assert belonging.link(one, Complaint.objects.filter(**told), by=desk.person) == 6
    assert not belonging.suggested(desk.person, timezone.now())


def test_a_clerk_is_told_that_it_looks_like_an_incident(hall):
    place = make.unit("community", parent=hall.branch)
    clerk, customer = make.sign_in(Role.CLERK, hall, language="en"), make.customer(hall, community=place)
    for _ in range(5):
        assert ("looks like an incident" in clerk.get(f"/customers/{customer.pk}/complaint/").content.decode()) is False
        complaining.complaint(make.customer(hall), area_unit=place)
    assert "looks like an incident" in clerk.get(f"/customers/{customer.pk}/complaint/").content.decode()


# What stands under it


def test_a_complaint_is_accepted_under_an_incident(hall, incident):
    clerk, customer = make.sign_in(Role.CLERK, hall, language="en"), make.reachable(hall)
    told = {"key": "00000000-0000-4000-8000-0000000000ab", "words": "断网", "channel": "hall", "answer_by": "phone"}
    told |= {"category": complaining.category(hall.branch).pk, "incident": incident.pk}
    page = clerk.post(f"/customers/{customer.pk}/complaint/beside/", told).content.decode()
    assert f'name="incident" value="{incident.pk}" checked' in page
    assert clerk.post(f"/customers/{customer.pk}/complaint/", told).status_code == 302
    assert Complaint.objects.get().incident == incident


def test_one_that_ends_while_the_form_is_sent_is_refused_beside_its_box(hall, desk, incident):
    """Read as going on, over when the complaint is written: accepted, kept as a draft, the draft kept and completed."""
    told = {"by": desk.person, "branch": hall.branch, "caller_number": "13812345678", "words": "断网"}
    whole = told | {"channel": "hall", "category": incident.category}
    keep_draft(**told, key="begun")
    running.end(Incident.objects.get(pk=incident.pk), by=desk.person, **ending(hall.branch))
    for operate, said, key in (
        (accept, whole, "new"), (keep_draft, told, "new"), (keep_draft, told, "begun"), (accept, whole, "begun"),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            operate(**said, key=key, incident=incident)
        assert refused.value.error_dict.keys() == {"incident"}
    assert states(*Complaint.objects.all()) == ["draft"]


def test_complaints_come_under_it_by_number_or_ticked_and_leave_again(hall, desk, incident):
    one, two, three = (complaining.complaint(make.customer(hall), category=incident.category) for _ in range(3))
    address = f"/complaints/incidents/{incident.pk}"
    assert len(desk.get(f"{address}/").context["candidates"]) == 3
    assert desk.post(f"{address}/link/", {"number": one.number}).status_code == 302
    assert desk.post(f"{address}/link/", {"complaint": [two.pk, three.pk]}).status_code == 302
    assert [line.complaint for line in desk.get(f"{address}/").context["lines"]] == [three, two, one]
    assert desk.post(f"{address}/unlink/{two.pk}/").status_code == 302
    assert set(Complaint.objects.filter(incident=incident)) == {one, three}
    for wrong in ({"number": "nothing"}, {}, {"complaint": [10**9]}):
        assert desk.post(f"{address}/link/", wrong).status_code == 422


def test_its_complaints_are_paged_and_cost_the_same(hall, desk, incident, django_assert_max_num_queries):
    for _ in range(27):
        child(hall, incident, category=incident.category, by=desk.person)
    with django_assert_max_num_queries(40):
        page = desk.get(f"/complaints/incidents/{incident.pk}/")
    assert (len(page.context["lines"]), page.context["numbers"].n) == (25, 27)
    assert len(desk.get(f"/complaints/incidents/{incident.pk}/{page.context['following']}").context["lines"]) == 2


def test_what_does_not_belong_under_it_is_refused_whole(hall, desk, incident):
    fits, ended = complaining.complaint(make.customer(hall)), complaining.complaint_in("closed")
    about_me = complaining.complaint(make.customer(hall), person=desk.person)
    closed = complaining.complaint(make.customer(hall), state="withdrawn", ended_at=timezone.now())
    for wrong in (ended, about_me, closed):
        with pytest.raises(ValidationError):
            belonging.link(incident, [fits, wrong], by=desk.person)
    assert not Complaint.objects.exclude(incident=None).exists()


def refused_by_the_database(one, **fields):
    with pytest.raises(IntegrityError, match="this incident is over"), transaction.atomic():
        Complaint.objects.filter(pk=one.pk).update(**fields)


def test_no_path_leads_to_a_circle_or_under_what_is_over_or_foreign(hall, desk, incident):
    """Incidents stand under nothing, complaints under one that goes on: here, and in the database itself."""
    for name in ("parent", "incident", "merged_into"):
        with pytest.raises(FieldDoesNotExist):
            Incident._meta.get_field(name)
    one, foreign = complaining.complaint(make.customer(hall)), complaining.incident()
    gone = complaining.incident(hall.branch, state="over", ended_at=timezone.now())
    for wrong in (foreign, gone):
        refused_by_the_database(one, incident=wrong)
        with pytest.raises(IntegrityError, match="this incident is over"), transaction.atomic():
            child(hall, wrong)
        with pytest.raises(ValidationError):
            belonging.link(wrong, [one], by=desk.person)
        told = {"channel": "hall", "words": "断网", "category": one.category, "incident": wrong}
        with pytest.raises(ValidationError) as refused:
            accept(by=desk.person, branch=hall.branch, key="k", caller_number="1", **told)
        assert refused.value.error_dict.keys() == {"incident"}
    two = child(hall, incident, who={}, category=one.category)
    three = complaining.complaint(two.customer, category=one.category, received_at=timezone.now() - HOUR)
    merging.merge(two, three, by=desk.person)
    with pytest.raises(ValidationError):
        belonging.link(complaining.incident(hall.branch), [two], by=desk.person)


# Over


def test_when_it_is_over_all_in_hand_are_answered_and_called_back_by_somebody_else(hall, desk, incident):
    """Whatever they waited for; none is closed by it."""
    waits = {"state": "waiting_customer", "waits_for": "证件", "waits_until": timezone.now() + HOUR}
    told = [{}, {"state": "assigned"}, {"state": "in_progress"}, waits, {"state": "reopened", "reopened": 1}]
    rows = [child(hall, incident, **fields) for fields in told]
    asked = child(hall, incident, state="waiting_department")
    task = complaining.task(asked)
    english = child(hall, incident, who={"language": "en"})
    beside = complaining.complaint(make.reachable(hall))
    done = child(hall, incident, state="withdrawn", ended_at=timezone.now())
    over(incident, desk.person)
    assert states(*rows, asked, english) == ["callback_due"] * 7
    assert states(beside, done) == ["accepted", "withdrawn"]
    assert SubTask.objects.get(pk=task.pk).state == "cancelled"
    assert Message.objects.filter(about_id=rows[0].pk).get().text == "故障已排除"
    assert Message.objects.filter(about_id=english.pk).get().text == "It is repaired"
    one = Complaint.objects.get(pk=rows[3].pk)
    assert (one.answer, one.measure, one.resolved_by, one.waits_for) == ("故障已排除", "光缆已修复", desk.person, "")
    calls = FollowUp.objects.filter(about_id__in=[one.pk for one in rows])
    assert {call.handled_by for call in calls} == {desk.person}
    run = Run.objects.get(job=running.ANSWER)
    assert (run.state, run.done, run.total, run.counts) == ("done", 7, 7, {"answered": 7, "left": 0})
    assert "7" in desk.get(f"/complaints/incidents/{incident.pk}/").content.decode()
    incident.refresh_from_db()
    with pytest.raises(ValidationError):
        running.end(incident, by=desk.person, **ending(hall.branch))


def test_what_must_not_be_answered_so_stays_with_its_owner_who_hears_of_it(hall, desk, incident):
    fine, undecided = child(hall, incident, state="in_progress"), child(hall, incident, state="in_progress")
    about_me = child(hall, incident, person=desk.person)
    complaining.compensation(undecided)
    over(incident, desk.person)
    assert states(fine, undecided, about_me) == ["callback_due", "in_progress", "accepted"]
    told = Notice.objects.filter(kind="complaint.incident_left")
    assert {notice.subject_id for notice in told} == {undecided.pk, about_me.pk}


def test_a_caller_without_a_customer_is_answered_by_phone(hall, desk, incident):
    clerk = make.user(Role.CLERK, hall)
    told = {"channel": "hall", "words": "断网", "category": incident.category, "incident": incident}
    one = accept(by=clerk, branch=hall.branch, key="k", caller_number="13812345678", **told)
    over(incident, desk.person)
    one.refresh_from_db()
    assert (one.state, one.answered_by) == ("callback_due", "phone")


def test_the_form_ends_it_and_shows_how_far_the_answering_is(hall, desk, incident):
    child(hall, incident)
    address, told = f"/complaints/incidents/{incident.pk}", ending(hall.branch)
    wrong = desk.post(f"{address}/end/", told | {"cause": "", "answer": ""})
    assert (wrong.status_code, wrong.context["end_form"].errors.keys()) == (422, {"cause", "answer"})
    assert "光缆已修复" in wrong.content.decode()
    assert desk.post(f"{address}/end/", told | {"cause": told["cause"].pk}).status_code == 302
    assert "run-" in desk.get(f"{address}/").content.decode()
    assert desk.post(f"{address}/tell/", {"say": "x"}).status_code == 422
    assert desk.post(f"{address}/end/", told | {"cause": told["cause"].pk}).status_code == 422


def test_what_a_cancelled_run_left_over_is_answered_when_asked(hall, desk, incident, monkeypatch):
    """It goes on where the run stopped: who was answered, and was not content, is not answered the same again."""
    monkeypatch.setattr(answering, "BATCH", 1)
    rows, address = [child(hall, incident) for _ in range(3)], f"/complaints/incidents/{incident.pk}"
    running.end(incident, by=desk.person, **ending(hall.branch))
    run = Run.objects.get(job=running.ANSWER)
    runs.work_off(only=[run.pk], stop=lambda: Run.objects.filter(pk=run.pk, done=1).exists())
    Complaint.objects.filter(pk=rows[0].pk).update(state="reopened", reopened=1)
    assert not desk.get(f"{address}/").context["rest"]
    run.refresh_from_db()
    run.cancel(by=desk.person)
    worked_off()
    assert states(*rows) == ["reopened", "accepted", "accepted"]
    assert f"{address}/rest/" in desk.get(f"{address}/").content.decode()
    for _ in range(2):
        assert desk.post(f"{address}/rest/").status_code == 302
    assert Run.objects.filter(job=running.ANSWER, params__incident=incident.pk).count() == 2
    worked_off()
    assert states(*rows) == ["reopened", "callback_due", "callback_due"]
    page = desk.get(f"{address}/")
    assert (page.context["rest"], page.context["run"].done, page.context["run"].total) == (0, 2, 2)
    with pytest.raises(ValidationError):
        running.answer_rest(incident, by=desk.person)


def test_the_rest_is_asked_for_by_a_program_too(hall, desk, incident):
    row, program = child(hall, incident), make.Program(desk.person)
    path = f"incidents/{incident.pk}/rest/"
    running.end(incident, by=desk.person, **ending(hall.branch))
    Run.objects.get(job=running.ANSWER).cancel(by=desk.person)
    clerk = make.Program(make.user(Role.CLERK, hall))
    elsewhere = make.Program(make.user(Role.COMPLAINT_DESK, make.branch()))
    reader = make.Program(desk.person, "complaints:read")
    assert [one.post(path).status_code for one in (clerk, reader, elsewhere)] == [403, 403, 404]
    answers = [program.post(path, key="once") for _n in range(2)]
    assert [(one.status_code, one.json()["in_hand"]) for one in answers] == [(200, 1)] * 2
    worked_off()
    assert states(row) == ["callback_due"]
    assert (program.get(f"incidents/{incident.pk}/").json()["in_hand"], program.post(path).status_code) == (0, 422)


@pytest.mark.django_db(transaction=True)
def test_the_rest_asked_for_by_two_at_once_is_one_run():
    head = make.user(Role.COMPLAINT_DESK, make.branch())
    incident = complaining.incident(head.branch, by=head)
    child(make.unit("hall", parent=head.branch), incident, category=incident.category)
    running.end(incident, by=head, **ending(head.branch))
    Run.objects.get(job=running.ANSWER).cancel(by=head)
    asked = together(lambda: running.answer_rest(Incident.objects.get(pk=incident.pk), by=head), 3)
    assert len({run.pk for run in asked}) == 1


def test_the_clocks_agree_with_the_log_after_it(hall, desk, incident):
    clerk, customer = make.user(Role.CLERK, hall), make.reachable(hall)
    told = {"channel": "hall", "words": "断网", "category": incident.category, "incident": incident}
    one = accept(by=clerk, branch=hall.branch, key="k", customer=customer, **told)
    over(incident, desk.person)
    assert not Clock.objects.filter(complaint=one, kind="result", met_at=None, stopped_at=None).exists()
    changes = [(row.was, row.then) for row in one.changes.order_by("n")]
    path = [("", "accepted"), ("accepted", "assigned"), ("assigned", "in_progress"), ("in_progress", "resolved")]
    assert changes == [*path, ("resolved", "callback_due")]


@pytest.mark.django_db(transaction=True)
def test_ended_while_complaints_come_and_others_work_none_is_left_behind():
    hall = make.unit("hall", parent=make.branch())
    head, clerk = make.user(Role.COMPLAINT_DESK, hall.branch), make.user(Role.CLERK, hall)
    incident = complaining.incident(hall.branch, by=head)
    loose = complaining.complaint(make.reachable(hall), category=incident.category)
    child(hall, incident, category=incident.category)
    customers, told = [make.reachable(hall) for _ in range(2)], ending(hall.branch)

    def take_in(n):
        said = {"channel": "hall", "words": "断网", "category": incident.category, "incident": incident}
        return lambda: accept(by=clerk, branch=hall.branch, key=f"k{n}", customer=customers[n], **said)

    def end():
        return running.end(Incident.objects.get(pk=incident.pk), by=head, **told)

    def link():
        return belonging.link(Incident.objects.get(pk=incident.pk), [loose], by=head)

    race(incident, [end, link, take_in(0), take_in(1), end])
    worked_off()
    assert Run.objects.filter(job=running.ANSWER).count() == 1
    assert not Complaint.objects.filter(incident=incident, state__in=IN_HAND).exists()


@pytest.mark.django_db(transaction=True)
def test_answered_by_two_at_once_each_complaint_has_one_answer():
    hall = make.unit("hall", parent=make.branch())
    head = make.user(Role.COMPLAINT_DESK, hall.branch)
    incident = complaining.incident(hall.branch, by=head)
    kind = incident.category
    rows = [child(hall, incident, category=kind) for _ in range(3)]
    running.end(incident, by=head, **ending(hall.branch))

    def answer():
        with transaction.atomic():
            return answer_batch(Incident.objects.get(pk=incident.pk), 0, timezone.now())[1]

    assert sum(together(answer, 2)) == 3
    assert states(*rows) == ["callback_due"] * 3
    assert Message.objects.filter(about_type="complaints.complaint").count() == 3
    with transaction.atomic():
        assert moving.held(rows[0]).changes.count() == 5
