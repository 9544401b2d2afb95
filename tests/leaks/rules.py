"""Who may do what at every address: one line per route; a route that is missing here fails the build.

Add yours by its URL name:
    "customer": Rule("customers.view", row="customer"),              # /customers/<pk>/ of world.customer
    "visit": Rule("customers.record_interaction", row="customer", methods="GET POST", body=visit_form),
    "imports": Rule("customers.import"),                             # a list: no row in the address
`row` names the attribute of the world (tests/leaks/world.py) whose id goes into `arg`; further parts of the address
stand in `args`. `body` is a function of a world that gives a valid form; every record in it is also sent as one of
another branch, which must be refused. The right comes from the table of rights, never from the view.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

OK, MOVED, NO_CONTENT, BAD = 200, 302, 204, 422


@dataclass(frozen=True)
class Rule:
    """What the harness expects of one route."""

    right: str | None = None  # None: everybody who is signed in
    row: str | None = None
    arg: str = "pk"
    args: dict = field(default_factory=dict)
    also: dict = field(default_factory=dict)  # further parts of the address that are records of the world
    methods: str = "GET"
    body: Callable | None = None
    query: Callable | None = None  # the same for what a GET asks for
    about: bool = False  # the form asks about the record of the world, also where the person works elsewhere
    public: bool = False
    sees: Callable | None = None  # (knocker) -> whether they reach the row; default: by the reach of the right
    may: Callable | None = None  # (knocker) -> whether they may do this to a row they see; otherwise 403
    shows: Callable | None = None  # (world) -> a text that whoever reaches it unmasked must find in the answer
    noted: bool = False  # even a successful GET leaves an audit event
    ok: dict = field(default_factory=dict)  # method -> statuses of success, where not 200 for GET and 302 for POST

    def success(self, method):
        verb = "GET" if method == "HEAD" else method
        return self.ok.get(verb) or ({OK} if verb == "GET" else {MOVED})

    def form(self, method):
        return {"POST": self.body, "GET": self.query}.get(method)

    def takes(self, method):
        return method in self.methods.split() or (method == "HEAD" and "GET" in self.methods.split())

    def reached_by(self, knocker):
        return self.sees(knocker) if self.sees else knocker.reaches(self.right)

    def url(self, name, world, pk=None, beside=None):
        """The address of the world's record, or of `pk`; the `also` parts from the world `beside`."""
        kwargs = {arg: getattr(beside or world, row).pk for arg, row in self.also.items()}
        if self.row:
            kwargs[self.arg] = pk or getattr(world, self.row).pk
        return reverse(name, kwargs=kwargs | self.args)


def public(methods="GET", **options):
    return Rule(public=True, methods=methods, **options)


def sees_run(knocker):
    """One's own, and with `jobs.view` those of the branch."""
    return knocker.place == "owner" or knocker.in_branch("jobs.view")


def controls_run(knocker):
    return knocker.place == "owner" or knocker.in_branch("jobs.control")


def imports_here(knocker):
    return knocker.reaches("customers.import")


def is_owner(knocker):
    return knocker.place == "owner"


def leads_owner(knocker):
    return is_owner(knocker) or knocker.reaches("staff.enter_absence")


def reads_messages(knocker):
    return knocker.reaches("outreach.view")


def sees_money(knocker):
    return knocker.reaches("billing.view")


# Who may read the hidden canaries of a model, where it is not whoever reaches the customer.
READERS = {
    "outreach.message": reads_messages,
    "outreach.inbound": reads_messages,
    "outreach.consent": reads_messages,
    "outreach.halt": lambda knocker: knocker.in_branch("outreach.control"),
    "billing.account": sees_money,
    "billing.bill": sees_money,
    "billing.adjustment": sees_money,
    "billing.payment": sees_money,
    "billing.dunningcase": sees_money,
    "billing.paymentpromise": sees_money,
    "billing.hold": sees_money,
    "billing.exemption": sees_money,
    "billing.receipt": sees_money,
    "billing.reversal": lambda knocker: knocker.reaches("billing.approve"),
    "billing.shift": lambda knocker: knocker.reaches("billing.view_shifts"),
    "webhooks.subscription": lambda knocker: knocker.reaches("webhooks.manage"),
    "webhooks.delivery": lambda knocker: knocker.reaches("webhooks.manage"),
    "jobs.run": sees_run,
    "customers.import": imports_here,
    "customers.importrow": imports_here,
    "audit.event": lambda knocker: False,
    "staff.token": is_owner,
    "work.notice": is_owner,
}


def start_form(world):
    return {"key": "00000000-0000-4000-8000-000000000001"}


def run_rule(**options):
    return Rule(row="run", sees=sees_run, **options)


def job_rule(right="jobs.view", **options):
    return Rule(right, args={"name": "jobs.pulse"}, **options)


PASSWORDS = {"current": "", "new": "long enough for a test", "again": "long enough for a test"}

AWAY = {"kind": "leave", "first": "2099-01-01", "last": "2099-01-02"}


def own_absence_form(world):
    return AWAY | {"deputy": world.user}


def led_absence_form(world):
    return AWAY | {"user": world.user, "deputy": world.owner}


RULES = {
    "login": public("GET POST", ok={"GET": {OK, MOVED}, "POST": {BAD}}),
    "login-again": public("GET POST", ok={"GET": {OK, 401}, "POST": {BAD}}),
    "logout": public("POST"),
    "preferences": public("POST", body=lambda world: {"language": "en"}),
    "healthz": public(),
    "readyz": public(ok={"GET": {OK, 503}}),
    "home": Rule(),
    "home-more": Rule(),
    "profile": Rule(methods="GET POST", body=lambda world: PASSWORDS, ok={"POST": {BAD}}),
    "tokens": Rule(methods="GET POST", body=lambda world: {"name": "fresh", "current": ""}, ok={"POST": {BAD}}),
    "token-withdraw": Rule(row="token", methods="POST", sees=is_owner),
    "own-absence": Rule(methods="GET POST", body=own_absence_form),
    "absences": Rule(  # refused where the person is not one of theirs
        "staff.enter_absence", methods="GET POST", body=led_absence_form, ok={"POST": {MOVED, BAD}}
    ),
    "absence-end": Rule(row="absence", methods="POST", sees=leads_owner),
    "absence-deputy": Rule(
        row="absence", methods="GET POST", sees=leads_owner, body=lambda world: {"deputy": world.user}
    ),
    "inbox": Rule(),
    "inbox-badge": Rule(),
    "inbox-read-all": Rule(methods="POST", body=lambda world: {"until": "1"}),
    "notice-read": Rule(row="notice", methods="POST", sees=is_owner),
    "notice-seen": Rule(row="notice", methods="POST", sees=is_owner, ok={"POST": {NO_CONTENT}}),
    "api-docs": Rule(),
    "api-nowhere": public("GET POST", args={"rest": "customers"}, ok={"GET": {404}, "POST": {404}}),
    "jobs": Rule("jobs.view"),
    "job": job_rule(),
    "job-start": job_rule("jobs.control", methods="POST", body=start_form),
    "job-pause": job_rule("jobs.control", methods="POST"),
    "job-resume": job_rule("jobs.control", methods="POST"),
    "run": run_rule(),
    "run-progress": run_rule(),
    "run-cancel": run_rule(methods="POST", may=controls_run),
    "run-retry": run_rule(methods="POST", may=controls_run),
}


# Customers: a right, and the reach of that right.

NOBODY = "00000000-0000-4000-8000-000000000004"
CONTACT = {"stage": "in_sale", "channel": "hall", "direction": "in", "note": "", "next_step": "none"}


def opened_form(world):
    return {"name": "新", "kind": "personal", "status": "active", "language": "en", "community": world.spare_community}


def likeness_form(world):
    return {"name": world.customer.name, "number": world.customer.number, "phone": world.identifier.written}


def search_form(world):
    return {"q": world.identifier.written}


def call_form(world):
    return {"number": world.identifier.written}


def filter_form(world):
    return {"unit": world.north, "tier": world.tier}


def changed_form(world):
    return opened_form(world) | {"version": world.customer.version, "seen": "{}"}


def assignment_form(world):
    return {"manager": world.owner, "on": (world.branch.today() + timedelta(40)).isoformat()}


def contact_form(world):
    key = {"key": "00000000-0000-4000-8000-000000000002"}
    return key | CONTACT | {"reason": world.reason, "line": world.line, "result": "settled", "detail": ""}


def name_of(world):
    return world.customer.name


def of_customer(right="customers.view", *, form=None, methods=None, **options):
    return Rule(right, row="customer", body=form, methods=methods or ("GET POST" if form else "GET"), **options)


RULES |= {
    "search": Rule("customers.view", methods="POST", body=search_form, about=True, ok={"POST": {OK}}, shows=name_of),
    "pop": Rule(
        "customers.view", methods="GET POST", query=call_form, body=call_form, about=True, ok={"GET": {OK, MOVED}}
    ),
    "pop-found": Rule("customers.view", args={"token": NOBODY}, ok={"GET": {404}}),  # a number of another session
    "customers": Rule("customers.view", query=filter_form, about=True, shows=name_of),
    "customers-count": Rule("customers.view", query=filter_form, about=True),
    "customer-new": Rule("customers.create", methods="GET POST", body=opened_form),
    "customer-like": Rule(
        "customers.create", methods="POST", body=likeness_form, about=True, ok={"POST": {OK}}, shows=name_of
    ),
    "customer": of_customer(shows=name_of),
    "customer-header": of_customer(shows=name_of),
    "customer-parts": of_customer(shows=lambda w: w.interaction.note),
    "customer-edit": of_customer("customers.change", form=changed_form, shows=name_of),
    "customer-panel-lines": of_customer(shows=lambda w: w.line.number),
    "customer-panel-identifiers": of_customer(shows=lambda w: w.identifier.written),
    "customer-panel-manager": of_customer(),
    "customer-panel-timeline": of_customer(shows=lambda w: w.interaction.note),
    "customer-number-add": of_customer("customers.change", form=lambda w: {"kind": "contact", "written": "1"}),
    "customer-number-end": of_customer("customers.change", methods="POST", also={"number": "identifier"}),
    "customer-assign": of_customer("customers.assign_manager", form=assignment_form),
    "customer-withdraw": of_customer(
        "customers.assign_manager", methods="POST", also={"assignment": "managerassignment"}
    ),
    "customer-tier": of_customer("customers.change_tier", form=lambda w: {"tier": w.tier, "reason": "x"}),
    "visit": of_customer("customers.record_interaction", form=contact_form),
    "follow-up-done": Rule("customers.record_interaction", row="interaction", methods="POST"),
}


# Follow-ups: by the customer's reach, by the unit that owes them, and by whose they are.

MORROW = (timezone.localtime() + timedelta(1)).strftime("%Y-%m-%dT%H:%M")


def arranges(knocker):
    """Its owner, and whoever leads the unit that owes it."""
    return (knocker.holds("work.do") and knocker.place == "owner") or knocker.reaches("work.lead")


def leads(knocker):
    return knocker.reaches("work.lead")


def planned_form(world):
    key = {"key": "00000000-0000-4000-8000-000000000005", "kind": "visit", "what": "x", "told_by": "", "number": ""}
    return key | {"due_at": MORROW, "priority": 3}


def of_follow_up(right, **options):
    return Rule(right, row="followup", **options)


def arrange(**options):
    return of_follow_up("work.view", methods="POST", sees=arranges, **options)


def what_of(world):
    return world.followup.what


RULES |= {
    "day": Rule("work.do"),
    "day-list": Rule("work.do"),
    "day-answer": of_follow_up("work.do", methods="POST", body=lambda w: {"answer": "neutral"}),
    "day-undo": of_follow_up("work.do", methods="POST", ok={"POST": {MOVED, BAD}}),  # nothing to take back
    "follow-ups": Rule("work.lead"),
    "promises": Rule("work.lead"),
    "follow-up": of_follow_up("work.view", shows=what_of),
    "follow-up-attempt": of_follow_up("work.do", methods="POST", body=lambda w: {"answer": "neutral"}),
    "follow-up-note": of_follow_up("work.do", methods="POST", body=lambda w: {"note": "x"}),
    "follow-up-move": arrange(body=lambda w: {"due_at": MORROW, "version": 1}),
    "follow-up-hand-over": arrange(body=lambda w: {"owner": "", "reason": "x"}),
    "follow-up-cancel": arrange(body=lambda w: {"reason": "x"}),
    "follow-up-take-over": of_follow_up("work.do", methods="POST"),
    "follow-up-try-again": of_follow_up("work.lead", methods="POST"),
    "customer-panel-follow-ups": of_customer("work.view", shows=what_of),
    "follow-up-new": of_customer("work.do", form=planned_form),
    "follow-up-merge": of_customer("work.do", methods="POST"),
}


# Money at the counter: payments by the customer's reach, tills by the unit's.


def payment_form(world):
    key = {"key": "00000000-0000-4000-8000-000000000006", "amount": "1.00", "way": "cash", "given": "", "slip": ""}
    return key | {"account": world.account, "opening_float": "0"}


def approves(knocker):
    return knocker.reaches("billing.approve")


def of_reversal(right="billing.approve", **options):
    return Rule(right, row="reversal", methods="POST", **options)


RULES |= {
    "pay": of_customer("billing.take_payment", form=payment_form, shows=lambda w: w.account.ref),
    "receipt": Rule("billing.view", row="receipt", shows=lambda w: w.receipt.slip),
    "reversal-ask": Rule("billing.take_payment", row="fresh_receipt", methods="POST", body=lambda w: {"reason": "x"}),
    "reversal": Rule("billing.view", row="reversal", sees=approves),
    "reversal-approve": of_reversal(),
    "reversal-refuse": of_reversal(body=lambda w: {"answer": "x"}),
    "reversal-withdraw": of_reversal("billing.take_payment", sees=lambda knocker: False),  # who asked is not among them
    "shifts": Rule("billing.view_shifts"),
    "shift-open": Rule("billing.take_payment", methods="POST", body=lambda w: {"opening_float": "0"}),
    "shift": Rule("billing.view_shifts", row="shift"),
    "shift-count": Rule(
        "billing.view_shifts", row="left_shift", methods="GET POST", sees=approves, body=lambda w: {"cash": "0"}
    ),
    "shift-sign": Rule("billing.approve", row="counted_shift", methods="POST"),
}


# Files of customers.


def upload_form(world):
    file = SimpleUploadedFile("rows.csv", b"number,name\nfresh,x\n")
    return {"subject": "customers", "file": file, "unit": world.north}


def mapping_of(world):
    fields = getattr(world, "import").columns["fields"]
    return {"recipe": "", "day": "", "name": ""} | {f"column{n}": name for n, name in enumerate(fields)}


def of_import(**options):
    return Rule("customers.import", row="import", **options)


RULES |= {
    "imports": Rule("customers.import"),
    "import-new": Rule("customers.import", methods="GET POST", body=upload_form),
    "import": of_import(),
    "import-reread": of_import(methods="POST", body=lambda w: {"encoding": "utf-8", "separator": ","}),
    "import-check": of_import(methods="POST", body=mapping_of),
    "import-commit": of_import(methods="POST"),
    "import-cancel": of_import(methods="POST"),
    "import-failed": of_import(noted=True),
}


# Messages to customers.


def writing_form(world):
    return {"key": "00000000-0000-4000-8000-000000000005", "template": world.template, "text": ""}


def template_form(world):
    texts = {name: "新" for name in ("name", "text_zh", "text_en")} | {"code": "fresh", "purpose": "general"}
    return texts | {"message_class": "service", "channel": "sms", "policy": "at_most_once", "active": "on", "seen": 1}


def halt_form(world):
    return {"channel": "sms", "message_class": "", "template": world.template, "why": "x"}


def consent_form(world):
    return {"purpose": "profiling", "word": "refused", "how": "call", "proof": ""}


def text_of(world):
    return world.message.text


WRITE, CONTROL, TEMPLATES = "outreach.write", "outreach.control", "outreach.templates"


def controls(knocker):
    return knocker.in_branch(CONTROL)


def composes(knocker):
    return knocker.in_branch(TEMPLATES)


RULES |= {
    "messages": Rule("outreach.view", query=lambda w: {"template": w.template, "customer": w.customer}, about=True),
    "messages-find": Rule("outreach.view", methods="POST", body=lambda w: {"q": w.message.to}, about=True),
    "message": Rule("outreach.view", row="message", shows=text_of),
    "message-decide": Rule(
        "outreach.decide", row="message", methods="POST", body=lambda w: {"what": "arrived", "note": ""}
    ),
    "customer-panel-messages": of_customer("outreach.view"),
    "customer-consent": of_customer(WRITE, form=consent_form),
    "customer-preference": of_customer(WRITE, form=lambda w: {"version": 0, "email": "a@example.com"}),
    "message-write": of_customer(WRITE, form=writing_form),
    "message-fields": of_customer(WRITE, form=writing_form, methods="POST", ok={"POST": {OK}}),
    "message-preview": of_customer(WRITE, form=writing_form, methods="POST", ok={"POST": {OK}}),
    "inbound": Rule("outreach.view", shows=lambda w: w.inbound.text),
    "inbound-put-to": Rule(
        CONTROL,
        row="inbound",
        methods="POST",
        body=lambda w: {"number": w.customer.number},
        ok={"POST": {BAD}},
        sees=lambda knocker: controls(knocker) and knocker.reaches("outreach.view"),
    ),
    "templates": Rule(TEMPLATES, shows=lambda w: w.template.code),
    "template": Rule(TEMPLATES, row="template", methods="GET POST", body=template_form, sees=composes),
    "template-new": Rule(TEMPLATES, methods="GET POST", body=template_form),
    "template-preview": Rule(TEMPLATES, methods="POST", body=template_form, ok={"POST": {OK}}),
    "halts": Rule(CONTROL, methods="GET POST", body=halt_form),
    "halt-lift": Rule(CONTROL, row="halt", methods="POST", sees=controls),
    "waves": Rule(CONTROL),
    "wave": Rule(CONTROL, row="wave", sees=controls),
    "wave-release": Rule(CONTROL, row="wave", methods="POST", sees=controls),
    "wave-cancel": Rule(CONTROL, row="wave", methods="POST", sees=controls),
}


# What customers owe, and what they paid.


def account_filter_form(world):
    return {"unit": world.north, "tier": world.tier, "customer": world.customer}


BILLING = "billing.view"

RULES |= {
    "accounts": Rule(BILLING, query=account_filter_form, about=True, shows=lambda w: w.account.ref),
    "accounts-count": Rule(BILLING, query=account_filter_form, about=True),
    "account": Rule(BILLING, row="account", shows=lambda w: w.bill.ref),
    "bill-shocks": Rule(BILLING, shows=name_of),
    "customer-panel-money": of_customer(BILLING, shows=lambda w: w.account.ref),
}


# Other systems that are told.


def subscription_form(world):
    key = "00000000-0000-4000-8000-000000000003"
    return {"key": key, "name": "新", "url": "https://receiver.example/", "unit": world.north, "kinds": "customer.*"}


def of_webhook(**options):
    return Rule("webhooks.manage", row="subscription", **options)


def press_webhook(**options):
    return of_webhook(methods="POST", **options)


DELIVERY = {"also": {"delivery": "delivery"}}
PERIOD = {"since": "2026-01-01T00:00", "until": "", "which": "all"}

RULES |= {
    "webhooks": Rule("webhooks.manage"),
    "webhook-new": Rule("webhooks.manage", methods="GET POST", body=subscription_form, ok={"POST": {OK}}),
    "webhook": of_webhook(),
    "webhook-pause": press_webhook(),
    "webhook-resume": press_webhook(),
    "webhook-withdraw": press_webhook(),
    "webhook-secret": press_webhook(body=lambda w: {"seen": 1}, ok={"POST": {OK}}),
    "webhook-test": press_webhook(),
    "webhook-redeliver": press_webhook(body=lambda w: PERIOD),
    "webhook-delivery": of_webhook(**DELIVERY),
    "webhook-delivery-redeliver": press_webhook(**DELIVERY),
}


# Gateways, and the phones of the simulator. In tests the simulator is configured and does not answer.


def of_phone(**options):
    return Rule("outreach.view", row="customer", shows=name_of, **options)


UNSIGNED = {"args": {"name": "simulator"}, "ok": {"POST": {401}}}
LEVER = {"behaviour": "refuse", "count": "1"}

RULES |= {
    "gateway-reports": public("POST", **UNSIGNED),
    "gateway-inbound": public("POST", **UNSIGNED),
    "phones": Rule("outreach.view", methods="GET POST", body=search_form, about=True, ok={"POST": {OK}}),
    "phone": of_phone(),
    "phone-screen": Rule("outreach.view", row="customer"),
    "phone-reply": of_phone(methods="POST", body=lambda w: {"text": "TD"}, ok={"POST": {BAD}}),
    "phone-levers": Rule("jobs.control", methods="GET POST", body=lambda w: LEVER, ok={"POST": {BAD}}),
    "billing-levers": Rule("jobs.control"),
    "billing-lever": Rule(
        "jobs.control", args={"lever": "next"}, methods="POST", body=lambda w: LEVER, ok={"POST": {BAD}}
    ),
    "phone-faults": Rule("jobs.control", methods="POST", body=lambda w: {"share": "5"}, ok={"POST": {BAD}}),
}


# The back office: nobody but the administrator, and nothing of another branch.


def administers(knocker):
    return knocker.in_branch("staff.configure")


def settings_of(model, row, *, add=None, change=None, delete=False):
    """The five routes that Django's admin gives a model; `add` and `change` are valid forms, no `add` is a refusal."""
    whole = {"right": "staff.configure"}
    one = whole | {"row": row, "arg": "object_id", "sees": administers}
    nobody = {"may": lambda knocker: False}
    refused = nobody | {"sees": lambda knocker: True}  # nothing of this kind is ever deleted
    name = f"admin:{model.replace('.', '_')}"
    return {
        f"{name}_changelist": Rule(**whole, methods="GET POST", ok={"POST": {OK, MOVED}}),
        f"{name}_add": Rule(**whole | ({} if add else nobody), methods="GET POST", body=add),
        f"{name}_change": Rule(**one, methods="GET POST", body=change),
        f"{name}_delete": Rule(**one | ({} if delete else refused), methods="GET POST", ok={"POST": {OK, MOVED}}),
        f"{name}_history": Rule(**one, methods="GET POST", ok={"POST": {OK}}),
    }


def tier_form(world):
    return {"code": "fresh", "name": "新", "name_en": "", "mark": "none", "order": 9}


def reason_form(world):
    return {"parent": world.reason, "code": "90011", "name": "新", "name_en": "", "active": "on"}


def plan_form(world):
    counts = {f"prices-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    return {"code": "fresh", "name": "新", "name_en": "", "kind": "mobile", "stage": "draft"} | counts


def community_form(world):
    basis = {name: "x" for name in ("place", "administration", "people", "traffic")}
    return {"setting": "urban", "sort": "large_estate"} | basis


def new_community_form(world):
    return community_form(world) | {"unit": world.spare_community}


def rules_form(world):
    hours = dict.fromkeys(("service_hours", "care_hours", "marketing_hours"), "08:00-20:00")
    caps = dict.fromkeys(("service_per_day", "care_per_week", "marketing_per_week", "marketing_per_month"), 3)
    return hours | caps | {"ask_again_days": 90, "hold_factor": "2", "hold_from": 50, "report_minutes": 30}


def mapping_form(world):
    return {"name": "fresh"}


def unit_form(world):
    return {"parent": world.north, "kind": "hall", "code": "fresh", "name": "新", "time_zone": "Asia/Shanghai"}


def person_form(world):
    return {"username": "fresh", "name": "新", "language": "en", "is_active": "on", "password": "long enough for it"}


def calendar_form(world):
    return {"name": "新", "name_en": "", "holidays": "CN"} | {f"day_{n}": "08:30-12:00" for n in range(7)}


def hours_form(world):
    return {"kind": "own", "weekday": "", "windows": "10:00-12:00", "name": ""}


def special_day_form(world):
    return hours_form(world) | {"calendar": world.workcalendar, "day": "2027-01-05"}


def posting_form(world):
    return {"user": world.user, "role": "guide", "unit": world.north, "valid_from": "2026-01-01", "valid_to": ""}


def follow_up_rules_form(world):
    numbers = dict.fromkeys(("most_tries", "least_days", "first_pause", "busy_pause", "merge_days"), 2)
    return numbers | {"times": "10:00,16:00", "stall_days": 3, "cool_down": 60, "pool_minutes": 15}


def billing_rules_form(world):
    shares = {"late_fee_rate": "0.001", "shock_factor": "3", "low_balance": "20", "low_share": "0.1", "due_day": 15}
    days = dict.fromkeys(("late_fee_after", "shock_months", "shock_told_within", "new_days", "reminded_before"), 2)
    return shares | days | {"deposit_free_up_to": 1, "most_at_counter": "500"}


def dunning_rules_form(world):
    hours = {"reminded_hours": 48, "cancel_hours": 200, "restore_minutes": 60, "eve_from": "17:00"}
    days = dict.fromkeys(("promise_days", "instalment_days", "freeze_days", "paid_within"), 90)
    counts = dict.fromkeys(("attempts", "promises_a_quarter", "promise_parts", "restore_hours"), 2)
    return hours | days | counts | {"restore_law_hours": 48, "message_cost": "0.05", "task_cost": "3"}


def step_form(world):
    return {"n": 2, "after": 60, "roles": "duty_manager"}


RULES |= {
    "admin:index": Rule("staff.configure", methods="GET POST", ok={"POST": {OK}}),
    "admin:app_list": Rule("staff.configure", args={"app_label": "staff"}, methods="GET POST", ok={"POST": {OK}}),
    "admin:jsi18n": Rule("staff.configure", methods="GET POST", ok={"POST": {405}}),
    **settings_of("staff.unit", "unit", add=unit_form, change=lambda w: unit_form(w) | {"starts": "", "closes": ""}),
    **settings_of("staff.user", "user", add=person_form, change=person_form),
    **settings_of("staff.posting", "posting", add=posting_form, change=lambda w: {"valid_to": ""}),
    **settings_of("staff.workcalendar", "workcalendar", add=calendar_form, change=calendar_form),
    **settings_of("staff.calendarday", "calendarday", add=special_day_form, change=hours_form),
    **settings_of("customers.tier", "tier", add=tier_form, change=tier_form),
    **settings_of("customers.reason", "reason", add=reason_form, change=lambda w: reason_form(w) | {"parent": ""}),
    **settings_of("customers.plan", "plan", add=plan_form, change=plan_form),
    **settings_of("customers.community", "community", add=new_community_form, change=community_form),
    **settings_of("work.followuprules", "followuprules", change=follow_up_rules_form),
    **settings_of("work.escalationstep", "escalationstep", add=step_form, change=step_form, delete=True),
    **settings_of("outreach.rules", "rules", change=rules_form),
    **settings_of("billing.billingrules", "billingrules", change=billing_rules_form),
    **settings_of("billing.dunningrules", "dunningrules", change=dunning_rules_form),
    **settings_of("customers.importmapping", "importmapping", change=mapping_form, delete=True),
}


# Rules of single parts, each in a module of its own.

from tests.leaks import agreement_rules, dunning_rules, request_rules  # noqa: E402  written in terms of what is above

RULES |= request_rules.RULES | dunning_rules.RULES
READERS |= request_rules.READERS
RULES |= agreement_rules.rules(Rule, of_customer)
