"""Macros: several changes at one press, all of them or none, never more than one's own rights (peers F, desk)."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from complaints import delegating, macros
from complaints.models import Complaint, Macro, MacroUse
from outreach.models import Message
from tests import complaining, make, money
from tests.complaints.test_handling import at_work
from tests.race import race

pytestmark = pytest.mark.django_db
DESK = "complaint_desk"


def macro(one, **fields):
    fields = {"unit": one.branch, "name": f"宏{uuid4().hex[:6]}"} | fields
    made = Macro(branch=one.branch, **fields)
    made.full_clean()
    made.keep(by=one.owner)
    return made


def press(browser, one, made, *, key=None, query="", **told):
    one.refresh_from_db()
    told = {"edition": one.edition, "key": key or uuid4()} | told
    return browser.post(f"/complaints/{one.pk}/macro/{made.pk}/{query}", told)


def resolving(one, **fields):
    told = {"step": "resolve", "cause": complaining.cause(one.branch), "liability": "ours", "answered_by": "phone"}
    return macro(one, **told | {"measure": "换板", "answer": "{customer}您好，{ticket}已处理"} | fields)


def test_all_of_it_happens_and_one_event_names_the_macro():
    one = at_work()
    heavy = complaining.category(one.branch, level=2)
    make.template(one.branch, code="told", purpose="complaint_macro", text_zh="{ticket}处理中", text_en="{ticket}")
    message = make.template(
        one.branch, code="told2", purpose="complaint_macro", text_zh="{ticket}好", text_en="{ticket}"
    )
    made = resolving(one, category=heavy, level=3, owner_to="me", note="{me}处理", message=message)
    browser = make.sign_in(DESK, one.branch)
    assert press(browser, one, made).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.category, one.level, one.owner) == ("callback_due", heavy, 3, browser.person)
    assert one.answer == f"{one.customer.name}您好，{one.number}已处理"
    assert one.notes.filter(text=f"{browser.person.name}处理").exists()
    assert Message.objects.get(template=message).text.endswith("好")
    said = Event.objects.get(verb="complaint.macro")
    assert (said.actor, said.data) == (browser.person, {"macro": made.pk, "name": made.name})


def test_refused_whole_when_one_of_its_changes_is_not_allowed():
    """It resolves first and then cannot send: nothing of it stays, and the reason is said."""
    one = at_work()
    message = make.template(one.branch, code="off", purpose="complaint_macro", text_zh="{ticket}", text_en="{ticket}")
    made = resolving(one, note="先记", message=message)
    type(message).objects.update(active=False)
    before, events = Complaint.objects.values().get(pk=one.pk), Event.objects.count()
    answer = press(make.sign_in(DESK, one.branch, language="en"), one, made)
    assert answer.status_code == 422
    assert "There is no template" in answer.content.decode()
    assert Complaint.objects.values().get(pk=one.pk) == before
    assert Event.objects.count() == events
    assert not one.notes.filter(text="先记").exists()
    assert not MacroUse.objects.exists()


def test_nobody_does_more_by_a_macro_than_by_hand():
    """The owner handles the complaint, but only who leads raises its level."""
    one = at_work()
    made = macro(one, level=2, note="升级")
    with pytest.raises(ValidationError):
        macros.apply(one, made, by=one.owner, key="k")
    assert Complaint.objects.get(pk=one.pk).level == 1
    lead = make.user(DESK, one.branch)
    assert macros.apply(one, made, by=lead, key="k").level == 2


def test_sent_twice_it_is_one_use():
    one, key = at_work(), str(uuid4())
    made, browser = macro(one, note="一次"), make.sign_in(DESK, one.branch)
    one.refresh_from_db()
    told = {"edition": one.edition, "key": key}
    for _n in range(2):
        assert browser.post(f"/complaints/{one.pk}/macro/{made.pk}/", told).status_code == 302
    assert one.notes.filter(text="一次").count() == 1
    assert MacroUse.objects.count() == 1


def test_a_second_macro_of_the_same_page_is_another_use():
    """All macros of a page have one key; what the first changed is looked at before the second."""
    one, key = at_work(), uuid4()
    browser = make.sign_in(DESK, one.branch, language="en")
    first, second, third = macro(one, level=2), macro(one, note="二"), macro(one, note="三")
    edition = Complaint.objects.values_list("edition", flat=True).get(pk=one.pk)
    assert press(browser, one, first, key=key).status_code == 302
    answer = press(browser, one, second, key=key, edition=edition)
    assert (answer.status_code, "in the meantime" in answer.content.decode()) == (422, True)
    assert press(browser, one, third, key=key).status_code == 302
    assert list(one.notes.values_list("text", flat=True)) == ["三"]
    for nonsense in ("\0", "x", ""):
        assert (
            browser.post(f"/complaints/{one.pk}/macro/{first.pk}/", {"edition": edition, "key": nonsense}).status_code
            == 422
        )


def test_what_somebody_changed_meanwhile_is_looked_at_first():
    one = at_work()
    made = macro(one, note="x")
    answer = press(make.sign_in(DESK, one.branch, language="en"), one, made, edition=0)
    assert answer.status_code == 422
    assert "changed this complaint in the meantime" in answer.content.decode()
    assert not MacroUse.objects.exists()


def test_money_is_given_within_ones_own_limit_and_waits_for_approval_beyond_it():
    """What waits for approval ends nothing: a macro that resolves as well is refused whole."""
    one = at_work()
    bill = money.bill(money.account(one.customer), "500.00")
    small, large = (macro(one, gives=Decimal(n), given_for="{ticket}断网") for n in ("30.00", "400.00"))
    macros.apply(one, small, by=one.owner, key="a")
    bill.refresh_from_db()
    assert (bill.adjusted, one.compensations.get().reason) == (Decimal("-30.00"), f"{one.number}断网")
    with pytest.raises(ValidationError, match="waits to be approved"):
        macros.apply(one, resolving(one, gives=Decimal("400.00"), given_for="断网"), by=one.owner, key="b")
    macros.apply(one, large, by=one.owner, key="c")
    assert list(one.compensations.order_by("pk").values_list("state", "alone")) == [("given", True), ("asked", False)]
    with pytest.raises(ValidationError, match="no bill of so much"):
        macros.apply(one, macro(one, gives=Decimal(9000), given_for="断网"), by=one.owner, key="d")
    guide = make.user("channel_support", one.branch)
    with pytest.raises(ValidationError, match="right"):
        macros.apply(one, small, by=guide, key="e")


def test_a_department_is_asked_within_its_hours_and_never_later_than_the_complaint():
    one, at = at_work(), timezone.now()
    unit = make.unit(parent=one.branch)
    made = macro(one, step="ask", department=unit, hours=700, text="请查{ticket}")
    last = delegating.latest_due(one, at)
    after = macros.apply(one, made, by=one.owner, key="k", at=at)
    task = one.tasks.get()
    assert (after.state, task.unit, task.what) == ("waiting_department", unit, f"请查{one.number}")
    assert task.due_at == min(at + timedelta(hours=700), last or task.due_at)
    with pytest.raises(ValidationError, match="coordinates"):
        macros.apply(one, macro(one, step="ask", department=one.unit, hours=1, text="也查"), by=one.owner, key="l")


def test_what_is_not_ours_is_rejected_by_those_who_lead():
    one = at_work()
    made = macro(one, step="reject", text="合作方发货", direction="请联系合作方", answered_by="phone", note="非我方")
    with pytest.raises(ValidationError, match="right"):
        macros.apply(one, made, by=one.owner, key="k")
    after = macros.apply(one, made, by=make.user(DESK, one.branch), key="k")
    assert (after.state, after.answer) == ("callback_due", "合作方发货\n请联系合作方")


def test_then_on_to_the_next_of_the_list():
    one = at_work()
    made = macro(one, note="x", then_next=True)
    browser = make.sign_in(DESK, one.branch)
    assert press(browser, one, made, query="?next=level%3D1").headers["Location"].endswith(f"/{one.pk}/next/?level=1")
    assert press(browser, one, made).headers["Location"] == f"/complaints/{one.pk}/"


def test_the_page_offers_what_fits_its_state_and_ones_unit():
    one = at_work()
    elsewhere = make.unit(parent=one.branch)
    fits, wrong_state = macro(one, note="x", key="1"), macro(one, step="go_on", key="2")
    others, old = macro(one, unit=elsewhere, note="x"), macro(one, note="x", active=False)
    browser = make.sign_in(DESK, one.branch)
    page = browser.get(f"/complaints/{one.pk}/").content.decode()
    assert fits.name in page
    assert 'data-key="1"' in page
    assert not [each for each in (wrong_state, old) if each.name in page]
    clerk = make.sign_in("hotline", one.unit)
    assert others.name not in clerk.get(f"/complaints/{one.pk}/").content.decode()
    assert press(clerk, one, others).status_code == 404


def test_a_macro_says_what_is_missing_and_which_names_there_are():
    one = at_work()
    with pytest.raises(ValidationError) as refused:
        macro(one, step="resolve", note="{nobody}")
    assert {"cause", "liability", "measure", "answer", "answered_by", "note"} <= refused.value.error_dict.keys()
    with pytest.raises(ValidationError):
        macro(one)
    for told, missing in [
        ({"step": "ask"}, {"department", "hours", "text"}),
        ({"step": "reject"}, {"text", "direction", "answered_by"}),
        ({"gives": Decimal(5)}, {"given_for"}),
        ({"gives": Decimal(-5), "given_for": "x"}, {"gives"}),
    ]:
        with pytest.raises(ValidationError) as refused:
            macro(one, **told)
        assert missing <= refused.value.error_dict.keys()


def test_who_leads_keeps_the_macros_of_their_units():
    one = at_work()
    hall = make.unit("hall", parent=one.branch)
    leader = make.sign_in("duty_manager", hall, language="en")
    form = {"unit": hall.pk, "name": "已告知", "step": "contact", "text": "已告知{customer}", "active": "on"}
    assert leader.post("/complaints/macros/new/", form | {"text": ""}).status_code == 422
    assert leader.post("/complaints/macros/new/", form | {"unit": one.branch_id}).status_code == 422
    assert leader.post("/complaints/macros/new/", form).status_code == 302
    made = Macro.objects.get()
    assert "已告知" in leader.get("/complaints/macros/").content.decode()
    assert leader.get(f"/complaints/macros/{made.pk}/").status_code == 200
    assert leader.post(f"/complaints/macros/{made.pk}/", form | {"version": 1, "name": "改名"}).status_code == 302
    assert leader.post(f"/complaints/macros/{made.pk}/", form | {"version": 1, "name": "旧的"}).status_code == 422
    assert Macro.objects.get().name == "改名"
    clerk = make.sign_in("clerk", hall)
    assert clerk.get("/complaints/macros/").status_code == 403
    assert set(Event.objects.filter(verb__startswith="macro.").values_list("verb", flat=True)) == {
        "macro.made", "macro.changed"
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_pressed_by_four_at_once_it_is_applied_once():
    one = at_work()
    bill = money.bill(money.account(one.customer), "500.00")
    made, by = resolving(one, gives=Decimal(5), given_for="断网"), make.user(DESK, one.branch)
    edition = Complaint.objects.get(pk=one.pk).edition
    found = race(one, [lambda n=n: macros.apply(one, made, by=by, key=f"k{n}", edition=edition) for n in range(4)])
    assert sum(isinstance(each, Complaint) for each in found) == 1
    assert MacroUse.objects.count() == 1
    bill.refresh_from_db()
    assert bill.adjusted == Decimal("-5.00")


@pytest.mark.parametrize(("act", "told"), [("raise", {"level": 3, "reason": "媒体"}), ("class", {"reason": ""})])
def test_level_and_class_are_put_right_on_the_page_by_who_leads(act, told):
    one = at_work()
    heavy = complaining.category(one.branch, level=3)
    told |= {"edition": one.edition, "category": heavy.pk}
    owner = make.sign_in("clerk", one.unit)
    assert owner.post(f"/complaints/{one.pk}/do/{act}/", told).status_code == 404
    assert make.sign_in(DESK, one.branch).post(f"/complaints/{one.pk}/do/{act}/", told).status_code == 302
    one.refresh_from_db()
    assert one.level == 3
