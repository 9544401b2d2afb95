"""The page on which a complaint is accepted (A23, H20)."""

import io
import zipfile
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints import owners, starter
from complaints.attaching import kind_of
from complaints.forms.acts import able
from complaints.models import AnswerCard, Attachment, Category, Cause, Complaint
from complaints.weighing import earlier
from customers.models import Interaction
from tests import complaining, make

pytestmark = pytest.mark.django_db
NEW = "/complaints/new/"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def customer():
    found = make.reachable(make.unit(parent=make.branch()))
    starter.plant(found.branch)
    return found


@pytest.fixture
def clerk(customer):
    return make.sign_in("clerk", customer.unit, language="en")


def form(customer=None, code="2102", **fields):
    said = {"key": uuid4(), "words": "上网太慢", "channel": "hall", "answer_by": "phone"}
    if customer:
        said |= {"category": Category.objects.get(branch=customer.branch, code=code).pk}
    return said | fields


def page_of(customer):
    return f"/customers/{customer.pk}/complaint/"


def body(answer):
    return answer.content.decode()


@pytest.mark.practice("A23", "A24")
def test_class_and_words_are_enough(customer, clerk):
    answer = clerk.post(page_of(customer), form(customer))
    made = Complaint.objects.get()
    assert answer.headers["Location"] == reverse("complaint-accepted", args=[made.pk])
    assert made.number in body(clerk.get(answer.headers["Location"]))
    assert (made.state, made.customer, made.owner) == ("accepted", customer, clerk.person)


def test_the_same_form_sent_twice_leads_to_the_same_complaint(customer, clerk):
    said = form(customer)
    first, second = clerk.post(page_of(customer), said), clerk.post(page_of(customer), said)
    assert first.headers["Location"] == second.headers["Location"]
    assert Complaint.objects.count() == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(customer, clerk):
    answer = clerk.post(page_of(customer), form(customer, category="", words="网速很慢"))
    assert answer.status_code == 422
    assert "Choose what the complaint is about." in body(answer)
    assert "网速很慢" in body(answer)


def test_the_page_is_filled_in_from_the_customer(customer, clerk):
    page = body(clerk.get(page_of(customer)))
    assert f'action="{page_of(customer)}"' in page
    assert "2102" in page


def test_a_customer_out_of_reach_is_nobody(clerk):
    other = make.reachable(make.branch())
    assert clerk.get(page_of(other)).status_code == 404
    assert clerk.post(page_of(other), form()).status_code == 404
    assert clerk.get(f"{NEW}?draft=x").status_code == 404


@pytest.mark.practice("H20")
def test_from_a_contact_it_knows_what_was_said(customer, clerk):
    visit = make.interaction(customer, clerk.person, note="宽带三天没修好", channel="hall")
    assert "宽带三天没修好" in body(clerk.get(f"{page_of(customer)}?visit={visit.pk}"))
    clerk.post(page_of(customer), form(customer) | {"visit": visit.pk})
    assert Complaint.objects.get().interaction == visit


def test_a_recorded_contact_leads_to_a_complaint(customer, clerk):
    reason = make.reason(customer.branch)
    said = {"key": uuid4(), "stage": "after_sale", "channel": "hall", "direction": "in", "next_step": "none"}
    answer = clerk.post(
        f"/customers/{customer.pk}/visit/",
        said | {"reason": reason.pk, "result": "settled"},
        headers={"HX-Request": "true"},
    )
    assert f"{page_of(customer)}?visit={Interaction.objects.get().pk}" in body(answer)


def test_an_unknown_caller_is_taken_with_the_number(customer, clerk):
    answer = clerk.get("/pop?number=13800009999", follow=True)
    address = f"{NEW}?call={answer.request['QUERY_STRING'].removeprefix('call=')}"
    assert address in body(answer)
    assert 'value="13800009999"' in body(clerk.get(address))
    category = Category.objects.get(branch=customer.branch, code="2102").pk
    clerk.post(NEW, form(category=category, caller_number="13800009999"))
    assert Complaint.objects.get().caller_number == "13800009999"


def test_a_call_that_is_cut_off_is_kept_and_completed_later(customer, clerk):
    clerk.post(page_of(customer), form(customer, category="", words="宽带", draft_only="1"))
    draft = Complaint.objects.get()
    assert (draft.state, draft.category) == ("draft", None)
    listed = f'<a href="{NEW}?draft={draft.pk}"'
    assert listed in body(clerk.get(NEW))
    page = body(clerk.get(f"{NEW}?draft={draft.pk}"))
    assert draft.key in page
    assert listed not in page
    clerk.post(page_of(customer), form(customer, key=draft.key, edition=draft.edition))
    draft.refresh_from_db()
    assert draft.state == "accepted"
    assert clerk.get(f"{NEW}?draft={draft.pk}").status_code == 404


def test_a_colleague_completes_no_draft_of_others(customer, clerk):
    clerk.post(page_of(customer), form(customer, draft_only="1"))
    other = make.sign_in("clerk", customer.unit)
    assert other.get(f"{NEW}?draft={Complaint.objects.get().pk}").status_code == 404
    assert "?draft=" not in body(other.get(NEW))


@pytest.mark.practice("A11")
@pytest.mark.parametrize(("confirmed", "state"), [("on", "closed"), ("", "callback_due")])
def test_it_is_settled_on_the_spot(customer, clerk, confirmed, state):
    cause = Cause.objects.filter(branch=customer.branch).first()
    settled = {"settled": "on", "cause": cause.pk, "answer": "已退订并核退", "confirmed": confirmed}
    assert clerk.post(page_of(customer), form(customer, **settled)).status_code == 302
    made = Complaint.objects.get()
    assert (made.state, made.on_spot, made.liability, made.measure) == (state, True, cause.liability, "已退订并核退")


def test_settled_wants_cause_and_answer_and_nothing_is_kept_without(customer, clerk):
    answer = clerk.post(page_of(customer), form(customer, settled="on"))
    assert answer.status_code == 422
    assert body(answer).count("Needed where it is settled on the spot.") >= 2
    assert not Complaint.objects.exists()


def test_files_go_with_it_and_are_handed_out_to_be_kept(customer, clerk):
    file = SimpleUploadedFile("../网速 截图.html", PNG, content_type="text/html")
    clerk.post(page_of(customer), form(customer, files=[file]))
    kept = Attachment.objects.get()
    assert (kept.name, kept.kind, kept.size) == ("网速 截图.html", "image/png", len(PNG))
    answer = clerk.get(reverse("complaint-file", args=[kept.complaint_id, kept.pk]))
    assert b"".join(answer.streaming_content) == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_of_other_kinds_are_refused_with_the_complaint(customer, clerk):
    answer = clerk.post(page_of(customer), form(customer, files=[SimpleUploadedFile("a.png", b"MZ\x90\0\0")]))
    assert answer.status_code == 422
    assert not Complaint.objects.exists()


def test_a_form_that_is_refused_leaves_no_file_behind(customer, clerk, tmp_path):
    """The complaint is about its own first owner: settled at the counter it is refused as a whole."""
    make.user("branch_head", customer.branch)
    cause = Cause.objects.filter(branch=customer.branch).first()
    settled = {"settled": "on", "cause": cause.pk, "answer": "已道歉", "person": clerk.person.pk}
    said = form(customer, "1101", files=[SimpleUploadedFile("a.png", PNG)], **settled)
    assert clerk.post(page_of(customer), said).status_code == 422
    assert not Complaint.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_six_files_are_too_many(customer, clerk):
    files = [SimpleUploadedFile(f"{n}.png", PNG) for n in range(6)]
    assert "At most 5 files" in body(clerk.post(page_of(customer), form(customer, files=files)))


def office(part, *more):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in (part, *more):
            archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"#!AMR\n", "audio/amr"),
        (b"RIFF....WAVEfmt ", "audio/wav"),
        ("网速慢".encode("gb18030"), "text/plain"),
        (office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("word/document.xml", "word/vbaProject.bin"), None),
        (office("evil.exe"), None),
        (b"PK\x03\x04broken", None),
        (b"\x7fELF\0\0", None),
        (b"", None),
    ],
)
def test_a_file_is_what_it_begins_with(content, kind):
    assert kind_of(content) == kind


def test_repeats_and_open_complaints_are_said_while_one_types(customer, clerk):
    category = Category.objects.get(branch=customer.branch, code="2102")
    first = complaining.complaint(customer, clerk.person, category=category)
    page = body(clerk.post(f"{page_of(customer)}beside/", form(customer)))
    assert f"Repeats {first.number}" in page
    assert earlier(customer, category, first.received_at) == first
    assert "Repeats" not in body(clerk.post(f"{page_of(customer)}beside/", form(customer, code="3202")))


def test_what_goes_on_where_the_customer_is_is_said_before_they_complain(customer, clerk):
    here = complaining.incident(customer.unit, title_en="Fibre cut")
    complaining.incident(make.unit(parent=customer.branch), title_en="Elsewhere")
    page = body(clerk.post(f"{page_of(customer)}beside/", form(customer)))
    assert str(here.title_en) in page
    assert "Elsewhere" not in page


def test_answer_cards_come_with_the_class_and_by_searching(customer, clerk):
    assert "Broadband: three steps first" in body(
        clerk.post(f"{page_of(customer)}beside/", form(customer, code="2202"))
    )
    assert "Broadband: three steps first" not in body(
        clerk.post(f"{page_of(customer)}beside/", form(customer, code="3202"))
    )
    assert "Stop marketing" in body(clerk.post(f"{page_of(customer)}beside/", form(customer, ask="marketing")))


def test_a_card_keeps_what_it_said_before(customer):
    office = make.sign_in("admin", customer.branch, language="en")
    card = AnswerCard.objects.filter(branch=customer.branch).first()
    told = {"title": card.title, "title_en": card.title_en, "text": "新的说法", "text_en": card.text_en, "active": "on"}
    answer = office.post(f"/admin/complaints/answercard/{card.pk}/change/", told | {"category": card.category_id})
    assert answer.status_code == 302
    assert list(card.versions.values_list("n", "text")) == [(1, card.text), (2, "新的说法")]


def test_the_customers_page_says_what_is_open_and_offers_another(customer, clerk):
    made = complaining.complaint(customer, clerk.person)
    page = body(clerk.get(f"/customers/{customer.pk}/"))
    assert made.number in page
    assert page_of(customer) in page


def test_the_timeline_tells_of_it_without_its_words(customer, clerk):
    clerk.post(page_of(customer), form(customer, words="很生气的原话"))
    page = body(clerk.get(f"/customers/{customer.pk}/timeline/"))
    assert Complaint.objects.get().number in page
    assert "很生气的原话" not in page


def test_nothing_is_given_to_a_program_that_is_posted_as_somebody_of_the_desk(customer):
    desk = make.unit("desk", parent=customer.branch)
    make.Program(make.user("complaint_desk", desk))
    assert owners.of_desk(customer.branch) is None
    person = make.user("complaint_desk", desk)
    assert owners.of_desk(customer.branch) == (person, desk)
    assert owners.leader(desk) == person
    one = complaining.complaint(customer, person)
    assert [*able(one)] == [person]


def test_a_program_accepts_and_reads(customer):
    program = make.Program(make.user("clerk", customer.unit), "complaints:read", "complaints:write")
    said = {"customer": customer.pk, "category": "2102", "channel": "app", "words": "上网慢"}
    answer = program.post("complaints/", said, key="one")
    assert answer.status_code == 201
    assert program.post("complaints/", said, key="one").json() == answer.json()
    made = Complaint.objects.get()
    assert answer.json()["number"] == made.number
    read = program.get(f"complaints/{made.pk}/")
    assert read.json()["words"] == "上网慢"
    assert read["ETag"].isascii()
    assert program.get(f"complaints/{made.pk}/", **{"If-None-Match": read["ETag"]}).status_code == 304
    assert [row["id"] for row in program.get("complaints/", {"category": "2102"}).json()["results"]] == [made.pk]
    assert program.get("complaints/", {"category": "3202"}).json()["results"] == []


def test_what_a_program_says_wrongly_is_refused(customer):
    program = make.Program(make.user("clerk", customer.unit), "complaints:write")
    other = make.reachable(make.branch())
    said = {"customer": other.pk, "category": "21", "channel": "app", "words": "上网慢"}
    assert program.post("complaints/", said, key="one").status_code == 422
    assert not Complaint.objects.exists()


def test_a_number_of_a_known_customer_leads_to_their_form(customer, clerk):
    customer.identifiers.filter(kind="contact").update(value="13812345678", written="138 1234 5678")
    beside = f"{NEW}beside/"
    assert page_of(customer) not in body(clerk.post(beside, {"caller_number": "1381234"}))
    assert page_of(customer) in body(clerk.post(beside, {"caller_number": "138-1234-5678"}))
    assert page_of(customer) not in body(clerk.post(f"{page_of(customer)}beside/", {"caller_number": "13812345678"}))


def test_a_number_of_a_customer_out_of_reach_says_nothing(customer, clerk):
    other = make.reachable(make.unit(parent=make.branch()), phone="13812345679")
    page = body(clerk.post(f"{NEW}beside/", {"caller_number": "13812345679"}))
    assert page_of(other) not in page
    assert other.name not in page


def test_what_was_typed_of_a_caller_goes_on_at_the_customers_form(customer, clerk):
    phone = customer.identifiers.get(kind="contact").written
    typed = form(customer, caller_number=phone, caller_name="张先生", words="催了三次没人来", carried="1")
    answer = clerk.post(page_of(customer), typed)
    begun = answer.context["form"]
    assert answer.status_code == 200
    assert not Complaint.objects.exists()
    assert begun["words"].value() == "催了三次没人来"
    assert begun["caller_name"].value() == "张先生"
    assert str(begun["category"].value()) == str(typed["category"])
    assert begun["key"].value() == str(typed["key"])
    assert not begun["caller_number"].value()


def test_a_callers_draft_goes_on_at_the_customers_form_and_is_one_complaint(customer, clerk):
    phone = customer.identifiers.get(kind="contact").written
    told = form(customer, caller_number=phone, caller_name="张先生")
    clerk.post(NEW, told | {"draft_only": "1"})
    draft = Complaint.objects.get()
    assert (draft.state, draft.customer) == ("draft", None)
    opened = {"key": draft.key, "edition": draft.edition}
    begun = clerk.post(page_of(customer), told | opened | {"carried": "1"}).context["form"]
    kept = {name: begun[name].value() for name in ("key", "edition")}
    clerk.post(page_of(customer), form(customer) | kept)
    draft.refresh_from_db()
    assert (draft.state, draft.customer) == ("accepted", customer)
    assert Complaint.objects.count() == 1
