"""The pages of dunning in a branch with a million accounts, over HTTP, against the bare view of the same person.

What the night has planned is a few days old: first steps are done, some have paid, promised, or are stopped.
"""

from bench import arrears

PEOPLE = {"branch": "head", "hall": "duty", "manager": "manager"}
ASKED = 30
DONE = """
    UPDATE billing_casestep SET state = 'done', done_at = now() - interval '4 days', look_at = NULL,
        sum = (SELECT overdue_then FROM billing_dunningcase d WHERE d.id = case_id)
"""
GONE_ON = """
    UPDATE billing_dunningcase d SET state = 'notice_1', next_on = current_date + 1,
        next_step_id = (SELECT id FROM billing_scenariostep s WHERE s.version_id = d.version_id AND s.n = 2)
"""
PAID = """
    WITH came AS (
        INSERT INTO billing_payment (branch_id, account_id, source, ref, amount, used, way, at)
        SELECT branch_id, account_id, 'billing', 'P' || id, 10, 0, 'wechat', now() - interval '2 days'
        FROM billing_dunningcase WHERE id %% 3 = 0 RETURNING account_id
    ) UPDATE billing_account SET credit = 10 FROM came WHERE id = came.account_id
"""
PROMISED = """
    INSERT INTO billing_paymentpromise (branch_id, account_id, case_id, key, made_by_id, next_on, note)
    SELECT branch_id, account_id, id, 'p' || id, (SELECT id FROM staff_user WHERE username = 'head'),
        current_date + 3, ''
    FROM billing_dunningcase WHERE id %% 20 = 0
"""
WAITING = "UPDATE billing_dunningcase SET promised = true WHERE id %% 20 = 0"
ASKED_FOR = """
    INSERT INTO billing_servicerequest (branch_id, account_id, line_id, action, key, origin, details)
    SELECT d.branch_id, d.account_id, l.id, 'hold', 'r' || d.id, 'customer', '{}'
    FROM billing_dunningcase d JOIN billing_account a ON a.id = d.account_id
    JOIN customers_line l ON l.customer_id = a.customer_id WHERE d.id %% 20 = 1
"""
# Of every fourth case a stop that was confirmed, its reminder two days before, and of some of these a restoration that
# is on the clock; the messages of the reminders are left out.
REMINDED = """
    INSERT INTO billing_reminder (account_id, step_id, how, at, message_id, attempts)
    SELECT d.account_id, s.id, 'accepted', now() - interval '2 days', s.id, 0
    FROM billing_dunningcase d JOIN billing_casestep s ON s.case_id = d.id WHERE d.id %% 4 = 0
"""
STOPPED = """
    INSERT INTO billing_servicerequest (branch_id, account_id, line_id, case_id, reminder_id, reminded_at, action,
        origin, key, details, state, asked_at, ended_at)
    SELECT d.branch_id, d.account_id, l.id, d.id, r.id, r.at, 'suspend_one_way', 'arrears', 's' || d.id, '{}',
        'confirmed', now() - interval '1 hour', now()
    FROM billing_reminder r JOIN billing_casestep s ON s.id = r.step_id
    JOIN billing_dunningcase d ON d.id = s.case_id JOIN billing_account a ON a.id = d.account_id
    JOIN customers_line l ON l.customer_id = a.customer_id
"""
ASKED_BACK = """
    INSERT INTO billing_servicerequest (branch_id, account_id, line_id, case_id, action, origin, key, details,
        due_at, late_at, law_at)
    SELECT branch_id, account_id, line_id, case_id, 'restore', 'paid', 'b' || id, '{}', now() + interval '1 hour',
        now() + interval '24 hours', now() + interval '48 hours'
    FROM billing_servicerequest WHERE origin = 'arrears' AND id %% 50 = 0
"""
LEFT_BY_NIGHT = (DONE, GONE_ON, PAID, PROMISED, WAITING, ASKED_FOR, REMINDED, STOPPED, ASKED_BACK)
PAGES = {
    "list": "/dunning/",
    "list, promised": "/dunning/?waits=promise",
    "figures": "/dunning/figures/",
    "dry run": "/dunning/dry-run/",
    "dry run, names": "/dunning/dry-run/names/?reason=another_day",
    "recovery": "/dunning/recovery/",
    "promises": "/promises-to-pay/",
    "requests": "/requests/",
}
MOST = 6  # times the bare view, as other lists and figures


def run(stage, report, url, ask):
    """In the database `url`, after its night was planned. `ask`: what a process there answers."""
    from bench.browser import Times  # knows the product, which a process sets up first

    arrears.fill(stage, "bench_dunning", None, LEFT_BY_NIGHT)
    print(f"dry run of a day made in {ask('dry_run'):.1f} s")
    for what, (seconds, most) in ask("sums").items():
        report.most(f"dunning: {what} counted and kept", seconds, most, "s")
    with stage.web(stage.env | {"DATABASE_URL": url}) as (host, port):
        found = ask("pages", host, str(port))
    for who, figures in found.items():
        for name, (times, bare) in figures.items():
            report.time(f"dunning: {name}", who, Times(*times), Times(*bare), MOST)


def dry_run():
    """Seconds until the job has made it."""
    from bench.dunning import worked_off
    from billing.dunning import foreseeing
    from staff.models import Unit

    branch = Unit.objects.get(kind="branch")
    return worked_off(foreseeing.ask(branch, branch.today(), by=None))


def sums():
    """{what: (seconds until the job has counted it, how many at the most)}; what is kept is what there is."""
    from uuid import uuid4

    from django.db.models import Sum

    from bench.dunning import worked_off
    from billing.models import BroughtIn, CaseCount, CaseStep, DunningCase
    from jobs import runs

    found = {}
    for what, name, most in (("figures", "billing.dunning_figures", 30), ("recovery", "billing.recovery", 300)):
        found[what] = worked_off(runs.ask(name, key=str(uuid4()))), most
    assert CaseCount.objects.aggregate(Sum("cases"))["cases__sum"] == DunningCase.objects.open().count()
    done = CaseStep.objects.filter(state="done").count()
    assert BroughtIn.objects.filter(unit=None).aggregate(Sum("reached"))["reached__sum"] == done
    return found


def pages(host, port):
    """{who: {name: ((median, 95th percentile), the same of the bare view in the same minute)}}, milliseconds."""
    return {who: taken((host, int(port)), username) for who, username in PEOPLE.items()}


def taken(address, username):
    from bench.browser import Browser, in_turn
    from customers.models import Customer

    browser, first = Browser(address, username), Customer.objects.order_by("pk").first()
    bare = f"/bench/bare/{first.pk}/"
    found = {name: in_turn(browser.get, [path, bare], ASKED) for name, path in PAGES.items()}
    return {name: [(one.p50, one.p95) for one in both] for name, both in found.items()}
