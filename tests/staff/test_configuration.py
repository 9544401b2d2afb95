"""The back office: configuration of one's own branch, through operations, each change with its event."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry

from audit.models import Event
from customers.models import Community, ImportMapping, Plan, Reason, Tier
from staff.models import Placement, Posting, Unit, User
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
NO_PRICES = {"prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0}
BASIS = {"place": "北江沿岸", "administration": "街道办", "people": "老城居民", "traffic": "公交三路"}


@pytest.fixture
def office(client):
    """An administrator at work, in English."""
    branch = make.branch()
    return make.sign_in("admin", branch, language="en")


def event(verb):
    return Event.objects.get(verb=verb)


def said(answer):
    assert answer.status_code == 200
    return unescape(" ".join(re.findall(r'<ul class="errorlist.*?</ul>', answer.content.decode(), re.DOTALL)))


def test_only_configuration_is_shown():
    shown = {model._meta.label for model in admin.site._registry}
    assert shown == {
        "staff.Unit",
        "staff.User",
        "staff.Posting",
        "staff.WorkCalendar",
        "staff.CalendarDay",
        "customers.Tier",
        "customers.Reason",
        "customers.Plan",
        "customers.Community",
        "customers.ImportMapping",
        "billing.BillingRules",
        "billing.DunningRules",
        "complaints.Script",
        "complaints.Topic",
        "complaints.AnswerCard",
        "complaints.Category",
        "complaints.Cause",
        "complaints.ComplaintRules",
        "complaints.Duty",
        "complaints.Policy",
        "outreach.Rules",
        "work.EscalationStep",
        "work.FollowUpRules",
    }


def test_there_is_no_superuser_to_be():
    assert not hasattr(User, "is_superuser")
    assert not hasattr(User, "is_staff")


def test_a_tier_is_added_to_the_administrators_branch_and_changed_with_its_trail(office):
    form = {"code": "gold", "name": "金卡", "name_en": "Gold", "mark": "gold", "order": 2}
    assert office.post("/admin/customers/tier/add/", form).status_code == 302
    tier = Tier.objects.get()
    assert tier.branch == office.person.branch
    office.post(f"/admin/customers/tier/{tier.pk}/change/", form | {"order": 3})
    changed = event("configuration.changed")
    assert (changed.actor, changed.subject_type, changed.subject_id) == (office.person, "customers.tier", tier.pk)
    assert (changed.branch_id, changed.data) == (tier.branch_id, {"fields": ["Order"]})
    assert not LogEntry.objects.exists()
    history = office.get(f"/admin/customers/tier/{tier.pk}/history/").content.decode()
    assert "configuration.added" in history
    assert "configuration.changed" in history


def test_a_code_used_twice_in_a_branch_is_said_on_the_form(office):
    make.tier(office.person.branch, code="gold")
    make.tier(make.branch(), code="silver")
    form = {"name": "金卡", "mark": "gold", "order": 2}
    assert office.post("/admin/customers/tier/add/", form | {"code": "gold"}).status_code == 200
    assert office.post("/admin/customers/tier/add/", form | {"code": "silver"}).status_code == 302


def test_a_unit_is_opened_described_moved_and_closed(office):
    branch = office.person.branch
    north, south = make.unit(parent=branch), make.unit(parent=branch)
    form = {
        "parent": north.pk,
        "kind": "hall",
        "code": "h1",
        "name": "中心厅",
        "time_zone": "Asia/Shanghai",
        "starts": "",
    }
    assert office.post("/admin/staff/unit/add/", form).status_code == 302
    hall = Unit.objects.get(code="h1")
    assert hall.path == f"{north.path}{hall.pk}/"
    Unit.objects.filter(pk=hall.pk).update(valid_from=make.LONG_AGO)
    Placement.objects.filter(unit=hall).update(valid_from=make.LONG_AGO)
    changed = form | {"parent": south.pk, "name": "中心营业厅", "starts": "2026-01-05", "closes": ""}
    assert office.post(f"/admin/staff/unit/{hall.pk}/change/", changed).status_code == 302
    hall.refresh_from_db()
    assert (hall.parent, hall.name, hall.path) == (south, "中心营业厅", f"{south.path}{hall.pk}/")
    assert office.post(f"/admin/staff/unit/{hall.pk}/change/", changed | {"closes": "2026-02-01"}).status_code == 302
    hall.refresh_from_db()
    assert str(hall.valid_to) == "2026-02-01"
    verbs = Event.objects.filter(subject_type="staff.unit").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["unit.opened", "unit.moved", "unit.described", "unit.closed"]
    assert office.post(f"/admin/staff/unit/{hall.pk}/change/", form).status_code == 403


def test_what_an_operation_refuses_is_said_on_the_form_and_nothing_is_kept(office):
    branch = office.person.branch
    department = make.unit(parent=branch)
    hall = make.unit("hall", department, name="旧名")
    make.unit("desk", hall)
    form = {"parent": branch.pk, "name": "新名", "time_zone": "Asia/Shanghai", "starts": "", "closes": "2026-02-01"}
    answer = office.post(f"/admin/staff/unit/{hall.pk}/change/", form)
    assert answer.status_code == 200
    assert "Other units still stand below it" in said(answer)
    hall.refresh_from_db()
    assert (hall.name, hall.parent) == ("旧名", department)
    assert not Event.objects.filter(subject_id=hall.pk).exists()


def test_people_are_hired_renamed_disabled_and_given_passwords(office):
    form = {"username": "Zhang.Wei", "name": "张伟", "language": "zh-hans", "password": PASSWORD}
    assert office.post("/admin/staff/user/add/", form).status_code == 302
    person = User.objects.get(username="zhang.wei")
    assert person.branch == office.person.branch
    there = make.Client()
    there.force_login(person)
    page = f"/admin/staff/user/{person.pk}/change/"
    keeps = {"name": "张玮", "language": "zh-hans", "is_active": "on", "password": ""}
    assert office.post(page, keeps).status_code == 302
    assert there.get("/profile/").status_code == 200
    assert office.post(page, keeps | {"password": "another horse altogether"}).status_code == 302
    assert there.get("/profile/").status_code == 302
    assert office.post(page, keeps | {"is_active": ""}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("张玮", False)
    assert person.check_password("another horse altogether")
    assert PASSWORD not in office.get(page).content.decode()
    assert person.password not in office.get(page).content.decode()


@pytest.mark.parametrize(
    ("sent", "told"), [({"password": "short"}, "too short"), ({"username": "ADA"}, "already exists")]
)
def test_a_person_that_cannot_be_is_said_on_the_form(office, sent, told):
    make.user(username="ada")
    form = {"username": "zhang.wei", "name": "张伟", "language": "zh-hans", "password": PASSWORD}
    answer = office.post("/admin/staff/user/add/", form | sent)
    assert told in said(answer)


def test_an_administrator_does_not_disable_themselves(office):
    form = {"name": "我", "language": "en", "is_active": "", "password": ""}
    answer = office.post(f"/admin/staff/user/{office.person.pk}/change/", form)
    assert "You cannot disable yourself." in said(answer)
    assert office.get("/admin/").status_code == 200


def test_people_are_posted_and_postings_ended_never_rewritten(office):
    branch = office.person.branch
    person = make.user(at=branch)
    form = {"user": person.pk, "role": "clerk", "unit": branch.pk, "valid_from": "2026-01-01", "valid_to": ""}
    assert office.post("/admin/staff/posting/add/", form).status_code == 302
    posting = Posting.objects.get(user=person)
    page = f"/admin/staff/posting/{posting.pk}/change/"
    assert office.post(page, {"valid_to": "2026-02-01", "role": "branch_head"}).status_code == 302
    posting.refresh_from_db()
    assert (posting.role, str(posting.valid_to)) == ("clerk", "2026-02-01")
    assert "already ended" in said(office.post(page, {"valid_to": "2026-03-01"}))
    assert "would end before it begins" in said(
        office.post("/admin/staff/posting/add/", form | {"valid_to": "2026-01-01"})
    )


def test_administrators_neither_post_themselves_nor_set_their_own_password_here(office):
    me = office.person
    form = {"user": me.pk, "role": "branch_head", "unit": me.branch.pk, "valid_from": "2026-01-01", "valid_to": ""}
    assert "Another administrator posts you" in said(office.post("/admin/staff/posting/add/", form))
    assert {posting.role for posting in me.postings.all()} == {"admin"}
    page = f"/admin/staff/user/{me.pk}/change/"
    keeps = {"name": me.name, "language": "en", "is_active": "on", "password": "another horse altogether"}
    assert "on your profile" in said(office.post(page, keeps))
    me.refresh_from_db()
    assert not me.check_password("another horse altogether")


def test_postings_abroad_are_refused_whatever_is_sent(office):
    elsewhere = make.unit()
    person = make.user(at=office.person.branch)
    form = {"user": person.pk, "role": "clerk", "unit": elsewhere.pk, "valid_from": "2026-01-01"}
    assert office.post("/admin/staff/posting/add/", form).status_code == 200
    form = {"user": make.user(at=elsewhere).pk, "role": "clerk", "unit": office.person.branch.pk}
    assert office.post("/admin/staff/posting/add/", form | {"valid_from": "2026-01-01"}).status_code == 200
    assert Posting.objects.exclude(user=office.person).count() == 0


def test_a_branch_is_not_made_here(office):
    form = {"parent": office.person.branch.pk, "kind": "branch", "code": "b", "name": "x", "time_zone": "Asia/Shanghai"}
    assert office.post("/admin/staff/unit/add/", form).status_code == 200
    assert "branch" not in dict(office.get("/admin/staff/unit/add/").context["adminform"].form.fields["kind"].choices)


def price_row(n, **fields):
    row = {"monthly_fee": "59.00", "currency": "CNY", "valid_to": ""} | fields
    return {f"prices-{n}-{name}": value for name, value in row.items()}


@pytest.mark.practice("B08")
def test_two_prices_of_a_plan_never_hold_on_one_day(office):
    plan = make.plan(office.person.branch)
    make.price(plan, valid_from="2026-01-01")
    page = f"/admin/customers/plan/{plan.pk}/change/"
    form = {"code": plan.code, "name": plan.name, "kind": plan.kind, "stage": plan.stage}
    form |= {"prices-TOTAL_FORMS": 2, "prices-INITIAL_FORMS": 1}
    form |= price_row(0, id=plan.prices.get().pk, plan=plan.pk, valid_from="2026-01-01")
    form |= price_row(1, plan=plan.pk, valid_from="2026-06-01", monthly_fee="69.00")
    assert "Two prices hold on one day" in said(office.post(page, form))
    assert plan.prices.count() == 1
    assert office.post(page, form | {"prices-0-valid_to": "2026-06-01"}).status_code == 302
    assert list(plan.prices.order_by("valid_from").values_list("monthly_fee", flat=True)) == [59, 69]


@pytest.mark.practice("B08")
@pytest.mark.parametrize("other", [{"monthly_fee": "49.00"}, {"currency": "USD"}, {"valid_from": "2027-01-01"}])
def test_a_price_that_has_held_is_not_rewritten(office, other):
    plan = make.plan(office.person.branch)
    price = make.price(plan, valid_from="2026-01-01")
    form = {"code": plan.code, "name": plan.name, "kind": plan.kind, "stage": plan.stage}
    form |= {"prices-TOTAL_FORMS": 1, "prices-INITIAL_FORMS": 1}
    row = price_row(0, **{"id": price.pk, "plan": plan.pk, "valid_from": "2026-01-01"} | other)
    answer = office.post(f"/admin/customers/plan/{plan.pk}/change/", form | row)
    assert "This price has held already" in said(answer)
    price.refresh_from_db()
    assert (price.monthly_fee, price.currency, str(price.valid_from)) == (59, "CNY", "2026-01-01")


def test_a_plan_is_added_with_its_trail(office):
    form = {"code": "p1", "name": "畅享", "name_en": "", "kind": "mobile", "stage": "draft"} | NO_PRICES
    assert office.post("/admin/customers/plan/add/", form).status_code == 302
    assert Plan.objects.get().branch == office.person.branch
    assert event("configuration.added").subject_type == "customers.plan"


def test_a_reason_is_found_by_pinyin_and_stands_under_its_number(office):
    form = {"code": "21", "name": "资费咨询", "name_en": "Tariffs", "active": "on", "parent": ""}
    assert office.post("/admin/customers/reason/add/", form).status_code == 302
    top = Reason.objects.get(code="21")
    assert top.initials == "zfzx"
    below = form | {"parent": top.pk}
    assert "begins with" in said(office.post("/admin/customers/reason/add/", below | {"code": "31"}))
    assert office.post("/admin/customers/reason/add/", below | {"code": "2101"}).status_code == 302
    middle = Reason.objects.get(code="2101")
    assert (
        office.post("/admin/customers/reason/add/", form | {"parent": middle.pk, "code": "210101"}).status_code == 302
    )
    lowest = Reason.objects.get(code="210101")
    deeper = form | {"parent": lowest.pk, "code": "21010101"}
    assert "three levels" in said(office.post("/admin/customers/reason/add/", deeper))
    under_itself = form | {"code": "21", "parent": middle.pk}
    assert office.post(f"/admin/customers/reason/{top.pk}/change/", under_itself).status_code == 200


@pytest.mark.practice("C05")
def test_a_village_has_its_township_unless_it_stands_alone(office):
    department = make.unit(parent=office.person.branch)
    town, village, large = (make.unit("community", department) for _ in range(3))
    village.move_under(town, by=office.person)
    page = "/admin/customers/community/add/"
    rural = BASIS | {"setting": "rural", "sort": "village"}
    assert "A village stands under a township" in said(office.post(page, rural | {"unit": village.pk}))
    assert office.post(page, rural | {"unit": town.pk, "sort": "township"}).status_code == 302
    assert office.post(page, rural | {"unit": village.pk}).status_code == 302
    assert "A village stands under a township" in said(office.post(page, rural | {"unit": large.pk}))
    assert office.post(page, rural | {"unit": large.pk, "stands_alone": "on"}).status_code == 302
    assert Community.objects.get(unit=village).basis == BASIS
    urban = {"unit": make.unit("community", department).pk, "setting": "urban"}
    assert "no community of this sort" in said(office.post(page, BASIS | urban | {"sort": "village"}))
    assert said(office.post(page, urban | {"sort": "large_estate"})).count("required") == 4


def test_a_mapping_is_renamed_and_forgotten_but_never_written_by_hand(office):
    mapping = ImportMapping.objects.create(
        branch=office.person.branch, name="旧", header=["号码"], columns={"fields": []}
    )
    page = f"/admin/customers/importmapping/{mapping.pk}/"
    sent = {"name": "新", "header": "x", "columns": "[1]"}
    assert office.post("/admin/customers/importmapping/add/", sent).status_code == 403
    assert office.post(f"{page}change/", sent).status_code == 302
    mapping.refresh_from_db()
    assert (mapping.name, mapping.header, mapping.columns) == ("新", ["号码"], {"fields": []})
    assert office.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert not ImportMapping.objects.exists()


def test_a_password_cannot_be_asked_for_letter_by_letter(office):
    for lookup in ("password__startswith", "branch__name__startswith", "postings__unit__name", "session_round"):
        assert office.get("/admin/staff/user/", {lookup: "a"}).status_code in {302, 400}
    assert office.get("/admin/staff/user/", {"is_active__exact": "1"}).status_code == 200


@pytest.mark.parametrize("model", ["tier", "reason", "plan", "community"])
def test_nothing_that_may_be_in_use_is_deleted(office, model):
    tier = make.tier(office.person.branch)
    assert office.get(f"/admin/customers/{model}/{tier.pk}/delete/").status_code == 403
    assert Tier.objects.filter(pk=tier.pk).exists()


def test_the_pages_speak_the_persons_language(office):
    assert "What can be set" in office.get("/admin/").content.decode()
    office.person.prefer(language="zh-hans")
    assert "Settings" not in office.get("/admin/").content.decode()


def test_a_form_needs_its_token(office):
    browser = make.Client(enforce_csrf_checks=True)
    browser.force_login(office.person)
    assert browser.post("/admin/customers/tier/add/", {}).status_code == 403
