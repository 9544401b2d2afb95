"""The outbox on screen: what is shown to whom, what can be decided, and that three rows cost as much as one."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from outreach import consents, halts, waves
from outreach.models import Consent, ContactPreference, Halt, Inbound, Message, Template, Wave
from tests import make

pytestmark = pytest.mark.django_db
PHONE = "13912345678"
State = Message.State


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def clerk(department):
    return make.sign_in("clerk", department, language="en")


@pytest.fixture
def head(department):
    return make.sign_in("branch_head", department.branch, language="en")


@pytest.fixture
def customer(department):
    made = make.customer(department, name="诸葛小明", number="KUNDE-7")
    make.identifier(made, PHONE)
    return made


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def template_form(**fields):
    return {
        "name": "缴费提醒", "name_en": "Bill", "code": "bill", "purpose": "arrears", "message_class": "service",
        "channel": "sms", "text_zh": "{customer}，您有{amount}元未缴。", "text_en": "{customer}, {amount} is owed.",
        "policy": "at_most_once", "active": "on", "valid_hours": "48",
    } | fields  # fmt: skip


def queries(browser, path):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        text(browser.get(path))
    return len(seen)


def test_the_outbox_shows_state_and_reason_and_hides_the_number(clerk, customer):
    make.message(customer, to=PHONE, state=State.FAILED, reason="refused", ended_at=timezone.now())
    page = text(clerk.get("/messages/"))
    assert "诸葛小明" in page
    assert "139****5678" in page
    assert PHONE not in page
    assert "The gateway refused it." in page
    assert "Failed" in page


def test_a_guide_sees_names_in_part(department, customer):
    message = make.message(customer, text="诸葛小明，您好", to=PHONE)
    answer = {"answer": f"no route to {PHONE}", "ended_at": timezone.now()}
    message.made.create(n=1, gateway="sms", outcome="refused", **answer)
    message.decisions.create(what="cancelled", reason="cancelled", note="诸葛小明 打来过")
    guide = make.sign_in("guide", department, language="en")
    for path in ("/messages/", f"/messages/{Message.objects.get().pk}/", f"/customers/{customer.pk}/messages/"):
        page = text(guide.get(path))
        assert "诸葛小明" not in page
        assert PHONE not in page


@pytest.mark.parametrize("path", ["/messages/", "/customers/{customer}/messages/", "/messages/inbound/"])
def test_three_rows_cost_as_many_queries_as_one(clerk, customer, path):
    path = path.format(customer=customer.pk)
    template = make.template(customer.branch)

    def add():
        message = make.message(customer, template=template, to=PHONE)
        Inbound.objects.create(gateway="g", gateway_id=uuid4(), sender=PHONE, customer=customer, answers=message)

    add()
    queries(clerk, path)
    one = queries(clerk, path)
    add(), add()
    assert queries(clerk, path) == one


def test_the_outbox_is_paged_and_narrowed_down(clerk, customer):
    for n in range(30):
        make.message(customer, to=PHONE, text=f"text {n}")
    failed = make.message(customer, to=PHONE, state=State.FAILED, reason="tries", ended_at=timezone.now())
    first = clerk.get("/messages/")
    assert len(first.context["lines"]) == 25
    assert len(clerk.get("/messages/" + first.context["following"]).context["lines"]) == 6
    narrowed = clerk.get("/messages/?state=failed").context["lines"]
    assert [line.url for line in narrowed] == [f"/messages/{failed.pk}/"]
    assert "No message fits" in text(clerk.get("/messages/?state=nonsense"))
    assert len(clerk.get(f"/messages/?day={timezone.localdate()}&customer={customer.pk}").context["lines"]) == 25


def test_a_number_leads_to_its_customers_and_stays_out_of_the_address(clerk, customer):
    make.message(customer, to=PHONE)
    make.message(make.customer(customer.unit), to="13700000000")
    answer = clerk.post("/messages/find/", {"q": "139 1234 5678"})
    assert answer.url == f"/messages/?customer={customer.pk}"
    assert clerk.post("/messages/find/", {"q": "KUNDE-7"}).url == answer.url
    for nobody in ("13500000000", "\0"):
        assert clerk.post("/messages/find/", {"q": nobody}).url == "/messages/"


def test_what_needs_a_person_is_counted_and_linked(head, customer):
    make.message(customer, to=PHONE, state=State.FAILED, reason="tries", ended_at=timezone.now())
    make.message(customer, to=PHONE, state=State.UNKNOWN, next_at=None)
    Inbound.objects.create(gateway="g", gateway_id="1", sender="1", text="?")
    halts.halt(customer.branch, by=head.person, why="test")
    counts = {count.url: count.value for count in head.get("/messages/").context["waiting"]}
    assert counts == {
        "/messages/?state=unknown": "1",
        "/messages/?state=failed": "1",
        "/messages/inbound/?of=nobody": "1",
        "/messages/waves/": "0",
        "/messages/halts/": "1",
    }


def test_a_message_says_why_it_waits(clerk, customer):
    message = make.message(customer, to=PHONE)
    until = timezone.make_aware(timezone.datetime(2026, 5, 4, 8, 30))
    message.decisions.create(what="postponed", reason="quiet_hours", until=until)
    message.made.create(n=1, gateway="sms", outcome="busy", status="503", ended_at=timezone.now())
    page = text(clerk.get(f"/messages/{message.pk}/"))
    assert "Quiet hours. Until 2026-05-04 08:30." in page
    assert "503" in page


@pytest.mark.parametrize(
    ("state", "fields", "what", "then"),
    [
        (State.PLANNED, {}, "cancel", State.CANCELLED),
        (State.PLANNED, {}, "hold", State.HELD),
        (State.HELD, {"next_at": None}, "release", State.PLANNED),
        (State.FAILED, {"reason": "tries", "ended_at": timezone.now()}, "retry", State.PLANNED),
        (State.UNKNOWN, {"next_at": None}, "arrived", State.DELIVERED),
        (State.UNKNOWN, {"next_at": None}, "resend", State.PLANNED),
        (State.UNKNOWN, {"next_at": None}, "give_up", State.FAILED),
    ],
)
def test_a_person_decides_about_a_message(clerk, customer, state, fields, what, then):
    message = make.message(customer, to=PHONE, state=state, **fields)
    assert f'value="{what}"' in text(clerk.get(f"/messages/{message.pk}/"))
    answer = clerk.post(f"/messages/{message.pk}/decide/", {"what": what, "note": "asked by phone"})
    assert answer.status_code == 302
    message.refresh_from_db()
    assert message.state == then
    decision = message.decisions.get()
    assert (decision.by, decision.note) == (clerk.person, "asked by phone")


def test_a_message_that_moved_on_is_not_cancelled(clerk, customer):
    message = make.message(customer, to=PHONE, state=State.DELIVERED, ended_at=timezone.now())
    page = text(clerk.post(f"/messages/{message.pk}/decide/", {"what": "cancel", "note": "typed"}), 422)
    assert "typed" in page
    message.refresh_from_db()
    assert message.state == State.DELIVERED


def test_a_message_by_a_template_is_sent_once(clerk, customer):
    template = make.template(customer.branch, text_zh="{customer}，{amount}元", purpose="arrears")
    sent = {"template": template.pk, "value_amount": "58.60", "key": uuid4()}
    for _twice in range(2):
        assert clerk.post(f"/customers/{customer.pk}/messages/write/", sent).url == f"/customers/{customer.pk}/"
    message = Message.objects.get()
    assert (message.text, message.by, message.to) == ("诸葛小明，58.60元", clerk.person, PHONE)


def test_a_missing_variable_is_said_next_to_it(clerk, customer):
    template = make.template(customer.branch, text_zh="{amount}元", purpose="arrears")
    page = text(clerk.post(f"/customers/{customer.pk}/messages/write/", {"template": template.pk, "key": uuid4()}), 422)
    assert 'aria-invalid="true"' in page
    assert not Message.objects.exists()


def test_own_words_are_kept_when_they_are_refused(clerk, customer):
    path = f"/customers/{customer.pk}/messages/write/"
    assert "Write something" in text(clerk.post(path, {"text": "  ", "key": uuid4()}), 422)
    long = "很" * 480
    assert long in text(clerk.post(path, {"text": long, "key": uuid4()}), 422)
    clerk.post(path, {"text": "您的宽带已修好。", "key": uuid4()})
    assert Message.objects.get().message_class == "service"


def test_own_words_go_by_mail_where_there_is_an_address_and_a_gateway(clerk, customer, settings):
    path = f"/customers/{customer.pk}/messages/write/"
    ContactPreference.objects.create(customer=customer, email="zhang@example.com")
    assert 'name="channel"' not in text(clerk.get(path))
    settings.GATEWAYS = {"sms": "", "email": "smtp://localhost?from=crm@example.com&unsubscribe=stop@example.com"}
    assert 'name="channel"' in text(clerk.get(path))
    other = make.customer(customer.unit)
    assert 'name="channel"' not in text(clerk.get(f"/customers/{other.pk}/messages/write/"))
    mail = {"channel": "email", "text": "您的宽带已修好。", "key": uuid4()}
    drawn = text(clerk.post(f"{path}fields/", mail))
    assert 'name="subject"' in drawn
    assert "zhang@example.com" in drawn
    assert "An email needs a subject." in text(clerk.post(path, mail | {"subject": " "}), 422)
    assert clerk.post(path, mail | {"subject": "宽带"}).status_code == 302
    sent = Message.objects.get()
    assert (sent.channel, sent.to, sent.subject) == ("email", "zhang@example.com", "宽带")


def test_the_text_is_seen_before_it_is_sent(clerk, customer):
    template = make.template(
        customer.branch, text_zh="{customer}，{plan}上市", purpose="offer", message_class="marketing"
    )
    path = f"/customers/{customer.pk}/messages/write/"
    shown = text(clerk.post(f"{path}fields/", {"template": template.pk}))
    assert 'name="value_plan"' in shown
    assert "诸葛小明，…上市拒收请回复R" in shown
    assert "The customer has not agreed to this." in shown
    shown = text(clerk.post(f"{path}preview/", {"template": template.pk, "value_plan": "畅享"}))
    assert "诸葛小明，畅享上市" in shown
    assert "1 SMS part" in shown
    assert not Message.objects.exists()


def test_a_consent_needs_its_proof_and_shows_on_the_panel(clerk, customer):
    path = f"/customers/{customer.pk}/consent/"
    said = {"purpose": "marketing_sms", "word": "given", "how": "hall", "proof": ""}
    assert "A consent needs its proof" in text(clerk.post(path, said), 422)
    clerk.post(path, said | {"proof": "表 7"})
    assert Consent.objects.get().by == clerk.person
    assert "Given" in text(clerk.get(f"/customers/{customer.pk}/messages/"))


def test_whoever_refused_marketing_is_marked_in_the_header(clerk, customer):
    consents.say(customer, "marketing_sms", "refused", how="call", by=clerk.person)
    consents.prefer(customer, by=clerk.person, version=0, do_not_disturb_until=timezone.now() + timezone.timedelta(3))
    page = text(clerk.get(f"/customers/{customer.pk}/"))
    assert "No marketing" in page
    assert "Do not disturb until" in page


def test_hours_are_kept_by_whoever_saw_the_newest(clerk, customer):
    path = f"/customers/{customer.pk}/contact-preference/"
    text(clerk.get(path))
    assert "in this order" in text(clerk.post(path, {"version": 0, "hours_from": "18:00", "hours_to": "09:00"}), 422)
    clerk.post(path, {"version": 0, "hours_from": "09:00", "hours_to": "18:00"})
    assert ContactPreference.objects.get().version == 1
    assert "Somebody else changed this" in text(clerk.post(path, {"version": 0, "email": "a@example.com"}), 422)


def test_a_panel_is_left_out_for_whoever_may_not_see_it(department, customer):
    quality = make.sign_in("quality", department, language="en")
    assert "/messages/" not in text(quality.get(f"/customers/{customer.pk}/"))


def test_a_template_is_written_changed_and_remembered(head):
    assert head.post("/messages/templates/new/", template_form()).status_code == 302
    made = Template.objects.get()
    assert (made.version, made.valid_for.days, made.branch) == (1, 2, head.person.branch)
    path = f"/messages/templates/{made.pk}/"
    sent = template_form(text_zh="{customer}，请缴{amount}元。", seen=1, active="")
    assert head.post(path, sent).status_code == 302
    page = text(head.get(path))
    assert "Version 2" in page
    assert "您有{amount}元未缴" in page
    assert "Somebody else changed" in text(head.post(path, sent | {"name": "Neu"}), 422)
    assert "Out of use" in text(head.get("/messages/templates/"))


@pytest.mark.parametrize("wrong", ["{nobody}", "{0.__class__}", "{amount", "{{ amount }}"])
def test_a_wrong_variable_is_said_next_to_the_text(head, wrong):
    page = text(head.post("/messages/templates/new/", template_form(text_zh=f"账单 {wrong}")), 422)
    assert 'id="id_text_zh_error"' in page
    assert not Template.objects.exists()


def test_samples_show_both_languages(head):
    shown = text(head.post("/messages/templates/preview/", template_form(text_en="{customer} owes {oops}")))
    assert "张伟，您有58.60元未缴。" in shown
    assert "oops is not known here" in shown
    assert "{answer_by}" not in shown


def test_sending_is_stopped_and_goes_on(head):
    page = text(head.post("/messages/halts/", {"channel": "sms", "message_class": "", "template": "", "why": ""}), 422)
    assert "id_why_error" in page
    head.post("/messages/halts/", {"channel": "sms", "message_class": "marketing", "why": "wrong price"})
    halt = Halt.objects.get()
    assert "wrong price" in text(head.get("/messages/halts/"))
    again = head.post("/messages/halts/", {"channel": "sms", "message_class": "marketing", "why": "again"})
    assert "This is stopped already." in text(again, 422)
    head.post(f"/messages/halts/{halt.pk}/lift/")
    halt.refresh_from_db()
    assert halt.lifted_by == head.person


@pytest.fixture
def held(head, customer):
    """Sixty offers at once, planned by the branch head."""
    template = make.template(customer.branch, text_zh="新套餐", text_en="New plan")
    rows = [(make.customer(customer.unit), f"w/{n}", {}) for n in range(60)]
    with transaction.atomic():
        return waves.queue_many(customer.branch, template.code, rows, wave_key="w", by=head.person)


def test_a_held_set_is_not_released_by_whoever_planned_it(head, held):
    assert "Somebody else decides" in text(head.get("/messages/waves/"))
    refused = text(head.post(f"/messages/waves/{held.pk}/release/"), 422)
    assert "Whoever planned the messages cannot decide about them" in refused
    other = make.sign_in("branch_head", head.person.branch, language="en")
    assert other.post(f"/messages/waves/{held.pk}/release/").status_code == 302
    held.refresh_from_db()
    assert held.state == Wave.State.RELEASED
    assert Event.objects.filter(verb="wave.released", actor=other.person).exists()
    assert "not held any more" in text(other.post(f"/messages/waves/{held.pk}/cancel/"), 422)


@pytest.mark.practice("A29")
def test_the_page_of_a_set_shows_what_it_reached(head, clerk, held):
    for customer, state in zip([one.customer for one in held.messages.all()[:2]], ("delivered", "failed"), strict=True):
        make.message(customer, wave=held, state=state, next_at=None, ended_at=timezone.now())
    page = text(head.get(f"/messages/waves/{held.pk}/"))
    assert page.count(f"?wave={held.pk}&amp;state=") == 3
    for said in ("Delivered", "1.6 %", "96.8 %", ">60<", "The customer has no number"):
        assert said in page, said
    assert clerk.get(f"/messages/waves/{held.pk}/").status_code == 403
    foreign = make.sign_in("branch_head", make.branch())
    assert foreign.get(f"/messages/waves/{held.pk}/").status_code == 404


def test_a_head_of_department_sees_and_decides_about_the_branch(department, held):
    head = make.sign_in("department_head", department, language="en")
    assert f"wave-{held.pk}" in text(head.get("/messages/waves/"))
    assert head.post(f"/messages/waves/{held.pk}/cancel/").status_code == 302


def test_a_reply_of_nobodys_is_put_to_a_customer(head, clerk, customer):
    reply = Inbound.objects.create(
        gateway="g", gateway_id="1", sender="13799998888", text="我是小明", handled_as="unmatched"
    )
    assert "我是小明" not in text(clerk.get("/messages/inbound/"))
    assert "我是小明" in text(head.get("/messages/inbound/?of=nobody"))
    path = f"/messages/inbound/{reply.pk}/customer/"
    assert "There is no customer of this number." in text(head.post(path, {"number": "NONE"}), 422)
    head.post(path, {"number": "KUNDE-7"})
    assert "我是小明" in text(clerk.get("/messages/inbound/"))
