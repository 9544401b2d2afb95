"""Who may do what at every address: one line per route; a route that is missing here fails the build.

Each part has a module of its own, with `RULES` by URL name:
    "customer": Rule("customers.view", row="customer"),              # /customers/<pk>/ of world.customer
    "visit": Rule("customers.record_interaction", row="customer", methods="GET POST", body=visit_form),
    "imports": Rule("customers.import"),                             # a list: no row in the address
`row` names the attribute of the world (tests/leaks/world.py) whose id goes into `arg`; further parts of the address
stand in `args`. `body` is a function of a world that gives a valid form; every record in it is also sent as one of
another branch, which must be refused. The right comes from the table of rights, never from the view.
"""

from tests.leaks import (
    account_rules,
    agreement_rules,
    back_office_rules,
    bulk_rules,
    complaint_accept_rules,
    complaint_call_rules,
    complaint_classing_rules,
    complaint_clock_rules,
    complaint_desk_rules,
    complaint_figure_rules,
    complaint_incident_rules,
    complaint_life_rules,
    counter_rules,
    customer_rules,
    dunning_rules,
    import_rules,
    message_rules,
    request_rules,
    saved_view_rules,
    simulator_rules,
    waiver_rules,
    webhook_rules,
    work_rules,
)
from tests.leaks.rule import (
    BAD,
    MOVED,
    NO_CONTENT,
    OK,
    Rule,
    controls_run,
    imports_here,
    is_owner,
    leads_owner,
    public,
    reads_messages,
    sees_money,
    sees_run,
)

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


PARTS = [
    customer_rules, work_rules, counter_rules, import_rules, message_rules, account_rules, webhook_rules,
    simulator_rules, back_office_rules, request_rules, dunning_rules, agreement_rules, waiver_rules,
    complaint_accept_rules, complaint_life_rules, complaint_clock_rules, complaint_call_rules,
    complaint_desk_rules, complaint_classing_rules, bulk_rules, complaint_incident_rules, saved_view_rules,
    complaint_figure_rules,
]  # fmt: skip
for part in PARTS:
    RULES |= part.RULES
READERS |= request_rules.READERS | waiver_rules.READERS
READERS |= complaint_life_rules.READERS | complaint_clock_rules.READERS | bulk_rules.READERS
READERS |= saved_view_rules.READERS
