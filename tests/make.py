"""Records for tests. Plain functions: what a test does not name gets a dull default."""

from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from customers import models as customers
from jobs.models import Run
from outreach.models import Message, Rules, Template
from staff.models import Absence, CalendarDay, Placement, Posting, SavedView, Token, Unit, User, WorkCalendar
from staff.models.calendars import OFFICE_WEEK
from staff.token_scopes import SCOPES
from webhooks.models import Subscription
from work.models import FollowUp, Notice

number = count(1)
# Customer numbers that nobody named are spelled with consonants, so that no search for digits finds one by chance.
LETTERS = str.maketrans("0123456789", "BDFHKMPRTV")
LONG_AGO = date(2020, 1, 1)


def unit(kind="department", parent=None, **fields):
    n = next(number)
    if kind == "branch":
        parent = None
    elif parent is None:
        parent = branch()
    fields = {"code": f"u{n}", "name": f"单位{n}", "valid_from": LONG_AGO} | fields
    home = None if parent is None else parent.branch or parent
    made = Unit.objects.create(kind=kind, parent=parent, branch=home, **fields)
    made.path = f"{parent.path if parent else ''}{made.pk}/"
    made.save(update_fields=["path"])
    Placement.objects.create(unit=made, parent=parent, valid_from=made.valid_from)
    return made


def branch(**fields):
    return unit("branch", **fields)


def user(role=None, at=None, **fields):
    """A person; with a role they are posted `at` a unit (default: the branch of a new one)."""
    at = at or branch()
    fields = {"username": f"user{next(number)}", "name": f"员工{next(number)}"} | fields
    made = User(branch=at.branch or at, **fields)
    made.set_unusable_password()
    made.save()
    if role:
        post(made, role, at)
    return made


def post(person, role, at, **fields):
    return Posting.objects.create(user=person, role=role, unit=at, **{"valid_from": LONG_AGO} | fields)


def saved_view(owner, unit=None, **fields):
    """Of the desk's queue, pinned; with a unit, for everybody there."""
    told = {"list": "complaints", "name": f"视图{next(number)}", "query": "state=accepted", "branch": owner.branch}
    return SavedView.objects.create(owner=owner, unit=unit, **told | fields)


def calendar(unit=None, **fields):
    """Office hours, kept by `unit` and what is below it."""
    unit = unit or branch()
    fields = {"name": f"日历{next(number)}", "week": OFFICE_WEEK} | fields
    made = WorkCalendar.objects.create(branch=unit.home, **fields)
    Unit.objects.filter(pk=unit.pk).update(work_calendar=made)
    return made


def special_day(calendar, day, **fields):
    return CalendarDay.objects.create(calendar=calendar, day=day, **fields)


def absence(user, deputy, *, starts=None, days=5, **fields):
    """From now on, for five days; nobody was told."""
    starts = starts or timezone.now()
    fields = {"kind": "leave", "entered_by": user, "ends_at": starts + timedelta(days)} | fields
    return Absence.objects.create(user=user, deputy=deputy, starts_at=starts, **fields)


def notice(user, **fields):
    data = {"person": "张伟", "first": "2026-11-23", "last": "2026-11-27"}
    return Notice.objects.create(
        user=user, **{"kind": "absence.stands_in", "key": f"n{next(number)}", "data": data} | fields
    )


def tier(branch, **fields):
    fields = {"code": "ordinary", "name": "普通", "name_en": "Ordinary", "order": 4} | fields
    return customers.Tier.objects.get_or_create(branch=branch, code=fields.pop("code"), defaults=fields)[0]


def customer(unit=None, **fields):
    home = unit or branch()
    root = home.branch or home
    fields = {
        "number": f"{next(number):07}".translate(LETTERS),
        "name": "张伟",
        "tier": fields.get("tier") or tier(root),
    } | fields
    return customers.Customer.objects.create(branch=root, unit=home, **fields)


def plan(branch, **fields):
    fields = {"code": f"P{next(number)}", "name": "畅享 59", "kind": "mobile"} | fields
    return customers.Plan.objects.create(branch=branch, **fields)


def line(customer, **fields):
    fields = {"ref": f"L{next(number)}", "kind": "mobile", "number": f"1380000{next(number):04}"} | fields
    return customers.Line.objects.create(branch=customer.branch, customer=customer, **fields)


def sign_in(role=None, at=None, password="", **fields):
    """A browser signed in as a new person; through the sign-in page when a password is named."""
    person = user(role, at, **fields)
    browser = Client()
    if password:
        person.set_password(password)
        person.save()
        browser.post("/login/", {"username": person.username, "password": password, "next": "/profile/"})
    else:
        browser.force_login(person)
    browser.person = person
    return browser


def token(user, *scopes, days=30):
    """The value of a new token; without scopes it has all of them."""
    return Token.issue(user=user, name="test", scopes=list(scopes or SCOPES), days=days, by=user)[1]


class Program:
    """A program that asks through the API in somebody's name."""

    def __init__(self, user, *scopes, **headers):
        self.user, self.token = user, token(user, *scopes)
        self.client = Client(headers={"Authorization": f"Bearer {self.token}", "Accept-Language": "en"} | headers)

    def get(self, path, query=None, **headers):
        return self.client.get(f"/api/v1/{path}", query or {}, headers=headers)

    def post(self, path, body=None, *, key="", **headers):
        headers = {"Idempotency-Key": key or str(uuid4())} | headers
        return self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)

    def patch(self, path, body, **headers):
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def run(job="jobs.pulse", **fields):
    n = next(number)
    made = Run.objects.create(job=job, **{"key": f"run{n}"} | fields)
    made.refresh_from_db()
    return made


def reason(branch, **fields):
    fields = {"code": f"9{next(number):03}", "name": "变更套餐", "name_en": "Change the plan"} | fields
    return customers.Reason.objects.create(branch=branch, **fields)


def price(plan, monthly_fee="59.00", **fields):
    fields = {"valid_from": LONG_AGO} | fields
    return customers.PlanPrice.objects.create(plan=plan, monthly_fee=monthly_fee, **fields)


def assignment(customer, manager, **fields):
    return customers.ManagerAssignment.objects.create(
        customer=customer, manager=manager, **{"valid_from": LONG_AGO} | fields
    )


def identifier(customer, written, **fields):
    fields = {"kind": "contact", "value": written.upper()} | fields
    owner = {"branch": customer.branch, "unit": customer.unit}
    return customers.Identifier.objects.create(customer=customer, written=written, **owner | fields)


def interaction(customer, by, **fields):
    fields = {"stage": "in_sale", "channel": "hall", "unit": customer.unit, "first_owner": by} | fields
    reason_of = fields.pop("reason", None) or reason(customer.branch)
    made = customers.Interaction.objects.create(customer=customer, branch=customer.branch, by=by, key=uuid4(), **fields)
    customers.InteractionItem.objects.create(interaction=made, position=1, reason=reason_of)
    return made


def subscription(unit=None, url="https://receiver.example/events", **fields):
    """A subscription to everything at `unit` and below it."""
    unit = unit or branch()
    fields = {"name": f"系统{next(number)}", "kinds": ["customer.*", "line.*", "interaction.*"]} | fields
    by = fields.pop("created_by", None) or user("admin", unit.home)
    return Subscription.objects.create(branch=unit.home, unit=unit, url=url, created_by=by, **fields)


def reachable(unit=None, *, phone="", **fields):
    """A customer with a mobile number to write to."""
    made = customer(unit, **fields)
    identifier(made, phone or f"139{next(number):08}")
    return made


def rules(branch, **fields):
    """Rules of sending under which everything may go at any hour, unless a field says otherwise."""
    always = dict.fromkeys(("service_hours", "care_hours", "marketing_hours"), "00:00-24:00")
    caps = dict.fromkeys(("service_per_day", "care_per_week", "marketing_per_week", "marketing_per_month"), 1000)
    return Rules.objects.create(branch=branch, **always | caps | fields)


def template(branch, **fields):
    texts = {"text_zh": "尊敬的{customer}，您好。", "text_en": "Dear {customer}, hello."}
    n = next(number)
    fields = {"code": f"t{n}", "name": f"模板{n}", "message_class": "service"} | texts | fields
    return Template.objects.create(branch=branch, **fields)


def message(customer, **fields):
    """A message that is due now."""
    n = next(number)
    fields = {"key": f"m{n}", "text": f"您好 {n}", "channel": "sms", "message_class": "service"} | fields
    current = customer.identifiers.filter(kind="contact", valid_to=None).order_by("-pk").first()
    fields = {"to": current.value if current else f"139{n:08}", "language": customer.language} | fields
    made = Message.objects.create(branch_id=customer.branch_id, customer=customer, **fields)
    made.refresh_from_db()
    return made


def follow_up(customer, owner=None, **fields):
    """A callback that falls due in an hour and is late in two; without an owner it is the pool's of `unit`."""
    n, now = next(number), timezone.now()
    fields = {"key": f"k{n}", "kind": "callback", "what": f"回访{n}", "unit": customer.unit, "owner": owner} | fields
    due_at = fields.setdefault("due_at", now + timedelta(hours=1))
    fields.setdefault("late_at", max(due_at, now) + timedelta(hours=1))
    fields = {"escalate_at": fields["late_at"], "made_at": min(due_at, now)} | fields
    if fields["kind"] == "promise":
        fields = {"told_by": "phone"} | fields
    return FollowUp.objects.create(customer=customer, branch=customer.branch, **fields)
