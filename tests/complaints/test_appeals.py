"""Appeals to the regulator: clocks of their own, an answer, a settlement with proof, the evidence (2.1 nos. 1–4)."""

import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from complaints import attaching
from complaints.appeals import handling, reminding
from complaints.models import Complaint, RegulatorCase
from complaints.moving import hold
from tests import complaining, make
from tests.complaints.test_clocks import MONDAY
from tests.race import race
from work.models import Notice

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n0000"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def one():
    made = complaining.complaint(received_at=MONDAY, words="宽带经常掉线")
    made.head = make.user("branch_head", made.branch)
    return made


@pytest.fixture
def desk(one):
    return make.sign_in("complaint_desk", one.branch, language="en")


def opened(one, by, **changes):
    told = {"authority": "广东省通信管理局", "reference": "A-1", "received_at": MONDAY, "at": MONDAY} | changes
    return handling.open_appeal(one, by=by, **told)


def proof(content=PNG):
    return ContentFile(content, name="撤诉.png")


def test_it_has_the_regulators_clocks_and_the_complaint_becomes_major(one, desk):
    case = opened(one, desk.person)
    assert case.decide_by == datetime(2026, 3, 9, 16, tzinfo=UTC)  # five working days after a Monday
    assert case.answer_by == datetime(2026, 4, 1, 16, tzinfo=UTC)
    after = Complaint.objects.get(pk=one.pk)
    assert (after.level, after.escalated_at) == (3, MONDAY)
    assert Notice.objects.get(user=one.head, kind="complaint.appeal").urgency == "ring"


def test_opened_twice_it_is_one(one, desk):
    assert opened(one, desk.person) == opened(one, desk.person)
    assert Event.objects.filter(verb="appeal.opened").count() == 1


def test_one_still_to_come_is_refused(one, desk):
    with pytest.raises(ValidationError, match="still to come"):
        opened(one, desk.person, received_at=MONDAY + DAY)


def test_the_person_concerned_does_not_answer_for_it(one):
    person = make.user("complaint_desk", one.branch)
    Complaint.objects.filter(pk=one.pk).update(person=person)
    with pytest.raises(ValidationError):
        opened(one, person)


def test_it_is_answered_settled_with_a_proof_and_closed(one, desk):
    case = opened(one, desk.person)
    handling.answer(case, by=desk.person, at=MONDAY + DAY, text="已处理并道歉")
    handling.settle(case, by=desk.person, at=MONDAY + 2 * DAY, proof=proof())
    handling.close(case, by=desk.person, at=MONDAY + 3 * DAY)
    case.refresh_from_db()
    assert (case.state, case.proof.name, case.answer) == ("closed", "撤诉.png", "已处理并道歉")
    for again in (
        lambda: handling.close(case, by=desk.person, at=MONDAY + 4 * DAY),
        lambda: handling.open_appeal(
            one, by=desk.person, authority=case.authority, reference=case.reference, received_at=MONDAY, at=MONDAY
        ),
    ):
        assert again() == case
    assert one.attachments.count() == 1


def test_without_an_answer_it_is_not_closed(one, desk):
    case = opened(one, desk.person)
    with pytest.raises(ValidationError):
        handling.close(case, by=desk.person, at=MONDAY)
    with pytest.raises(ValidationError):
        handling.settle(case, by=desk.person, at=MONDAY, proof=proof(b"\0\1\2"))
    assert RegulatorCase.objects.get(pk=case.pk).state == "received"


@pytest.mark.django_db(transaction=True)
def test_settled_at_once_by_two_it_is_settled_once():
    one = complaining.complaint(received_at=MONDAY)
    by = make.user("complaint_desk", one.branch)
    case = opened(one, by)
    race(one, lambda: handling.settle(case, by=by, at=MONDAY, proof=proof()), 3)
    assert one.attachments.count() == 1
    assert Event.objects.filter(verb="regulatorcase.moved", subject_id=case.pk).count() == 1


def test_a_day_before_the_regulator_decides_it_is_heard_of_once(one, desk):
    case = opened(one, desk.person)
    for at in (case.decide_by - 2 * DAY, case.decide_by - DAY, case.decide_by):
        reminding.remind(0, at)
    assert Notice.objects.filter(user=one.head, kind="complaint.appeal_due").count() == 1
    handling.answer(case, by=desk.person, at=MONDAY, text="x")
    reminding.remind(0, case.answer_by)
    assert Notice.objects.filter(user=one.head, kind="complaint.appeal_due").count() == 2


def test_the_pages_lead_from_the_list_to_the_end(one, desk):
    said = {"authority": "工信部", "reference": "R1", "received_at": "2026-03-02T10:00"}
    moved = desk.post(reverse("appeal-new", args=[one.pk]), said)
    case = RegulatorCase.objects.get()
    assert moved.url == reverse("appeal", args=[case.pk])
    assert "R1" in desk.get(reverse("appeals")).content.decode()
    assert desk.post(reverse("appeal-close", args=[case.pk])).status_code == 422
    assert desk.post(reverse("appeal-answer", args=[case.pk]), {"text": ""}).status_code == 422
    assert desk.post(reverse("appeal-answer", args=[case.pk]), {"text": "已答复"}).status_code == 302
    assert desk.post(reverse("appeal-settle", args=[case.pk]), {"proof": proof()}).status_code == 302
    assert desk.post(reverse("appeal-close", args=[case.pk])).status_code == 302
    page = desk.get(reverse("appeal", args=[case.pk])).content.decode()
    assert "Closed" in page
    assert "R1" not in desk.get(reverse("appeals")).content.decode()
    assert "R1" in desk.get(reverse("appeals") + "?which=all").content.decode()


def test_what_is_missing_is_said_and_what_was_typed_stays(one, desk):
    answer = desk.post(
        reverse("appeal-new", args=[one.pk]), {"authority": "工信部", "reference": "", "received_at": ""}
    )
    assert answer.status_code == 422
    assert "工信部" in answer.content.decode()


def test_the_bundle_holds_everything_and_who_took_it_is_kept(one, desk):
    hold([one.pk])
    attaching.attach(one, attaching.checked([proof()]), by=one.owner, at=timezone.now())
    one.notes.create(text="已联系客户", key="n", by=one.owner)
    complaining.task(one, what="查信号")
    opened(one, desk.person)
    answer = desk.post(reverse("complaint-evidence", args=[one.pk]))
    bag = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert sorted(bag.namelist()) == ["attachments/01 撤诉.png", "complaint.html", "complaint.json", "complaint.pdf"]
    page, data = bag.read("complaint.html").decode(), json.loads(bag.read("complaint.json"))
    for words in ("宽带经常掉线", "已联系客户", "查信号", "广东省通信管理局"):
        assert words in page
    assert data["notes"][0]["text"] == "已联系客户"
    assert bag.read("complaint.pdf").startswith(b"%PDF-")
    assert bag.read("attachments/01 撤诉.png") == PNG
    assert Event.objects.get(verb="complaint.evidence_taken").actor == desk.person


def test_without_the_libraries_the_bundle_says_that_there_is_no_pdf(one, desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = desk.post(reverse("complaint-evidence", args=[one.pk]))
    bag = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert sorted(bag.namelist()) == ["complaint.html", "complaint.json", "no-pdf.txt"]
    assert json.loads(bag.read("complaint.json"))["pdf"] is False


def test_programs_open_answer_and_read_appeals_and_take_the_evidence(one, desk):
    asked = {"authority": "工信部", "reference": "N9", "received_at": "2026-03-02T10:00:00+08:00"}
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    made = desk.post(f"/api/v1/complaints/{one.pk}/appeals/", asked, **sent)
    assert made.status_code == 201
    told = {"text": "已退费并道歉"}
    answered = desk.post(f"{made['Location']}answer/", told, **sent | {"headers": {"Idempotency-Key": "b"}})
    assert (answered.json()["state"], answered.json()["answer"]) == ("answered", told["text"])
    [listed] = desk.get("/api/v1/appeals/?state=answered").json()["results"]
    assert listed["reference"] == "N9"
    assert set(Event.objects.filter(verb__startswith="appeal.").values_list("verb", flat=True)) == {
        "appeal.opened", "appeal.answered",
    }  # fmt: skip
    taken = desk.get(f"/api/v1/complaints/{one.pk}/evidence/", headers={"Accept": "application/zip"})
    assert zipfile.ZipFile(io.BytesIO(taken.content)).read("complaint.html")


def test_a_file_that_is_gone_is_named(one, desk):
    complaining.attachment(one, name="录音.mp3")
    bag = zipfile.ZipFile(
        io.BytesIO(b"".join(desk.post(reverse("complaint-evidence", args=[one.pk])).streaming_content))
    )
    assert json.loads(bag.read("complaint.json"))["missing"] == ["attachments/01 录音.mp3"]


def test_whoever_answers_for_another_branch_takes_nothing_here(one):
    stranger = make.sign_in("complaint_desk")
    assert stranger.post(reverse("complaint-evidence", args=[one.pk])).status_code == 404
    assert make.sign_in("clerk", one.unit).post(reverse("complaint-evidence", args=[one.pk])).status_code == 403
