"""One case for every declared job: records to work on, and what must be the same however often it runs.

A case is a function that makes its records and returns `(asking, state)`: how the run is asked for (arguments of
`runs.ask` beside the key, or a function that asks as the product does and returns the run), and a function that reads
what the job has done, without ids and times.
"""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Count
from django.utils import timezone

from audit.models import Event
from billing import ledger
from billing.models import Account, Bill, BillShock, Shift
from billing.shock import months_before
from customers.imports import intake
from customers.models import Customer, Identifier, Import, ImportRow, Line, LinePlan, SearchEntry
from customers.search.index import index
from door.models import Answer
from jobs import runs
from jobs.models import Run, Slot
from outreach.models import Decision, DeliveryReport, Inbound, Message, Wave
from staff.models import Absence, Brake
from tests import make, money
from tests.jobs import ladder_cases
from webhooks.models import Attempt, Delivery
from work.models import FollowUp, Notice

CASES = dict(ladder_cases.CASES)


def case(job):
    def add(build):
        CASES[job] = build
        return build

    return add


@case("jobs.pulse")
def pulse():
    return {}, lambda: set(Run.objects.filter(job="jobs.pulse").values_list("state", "done"))


@case("jobs.prune")
def prune():
    """More than one batch of old slots, among them skipped ones, one given up, and a young one."""
    long_ago = timezone.now() - timedelta(days=100)
    for n in range(620):
        state = "dead" if n == 8 else "done"
        run = None if n % 2 else make.run("jobs.pulse", state=state, done=n)
        Slot.objects.create(job="jobs.pulse", slot_at=long_ago - timedelta(minutes=n), run=run)
    Slot.objects.create(job="jobs.pulse", slot_at=timezone.now(), run=make.run("jobs.pulse", state="done", done=7000))
    make.run("jobs.pulse", state="done", done=8000)  # asked for by somebody: no slot

    def state():
        kept = Run.objects.filter(job="jobs.pulse").order_by("done").values_list("state", "done")
        return list(kept), Slot.objects.count(), Slot.objects.filter(run=None).count()

    return {}, state


@case("jobs.forget_answers")
def forget_answers():
    """More than two batches of old answers, and one of today."""
    old = {
        "asker": "token 1",
        "fingerprint": "x",
        "status": 201,
        "body": "{}",
        "at": timezone.now() - timedelta(days=2),
    }
    Answer.objects.bulk_create([Answer(key=str(n), **old) for n in range(1100)])
    Answer.objects.create(**old | {"at": timezone.now(), "key": "today"})
    return {}, lambda: list(Answer.objects.values_list("key"))


@case("customers.apply_assignments")
def apply_assignments():
    """More customers than a batch whose manager begins, ends or changes today, and one whose manager comes tomorrow."""
    hall, today = make.unit("hall"), timezone.localdate()
    old, new = make.user("vip_manager", at=hall), make.user("vip_manager", at=hall)
    for n in range(230):
        customer = make.customer(hall, name=f"客户{n:03}", manager=old if n % 3 else None)
        begin = today + timedelta(days=1) if n == 229 else today
        make.assignment(customer, old, valid_to=begin)
        if n % 5:
            make.assignment(customer, new, valid_from=begin)

    def state():
        names = {old.pk: "old", new.pk: "new", None: None}
        return [names[pk] for pk in Customer.objects.order_by("name").values_list("manager_id", flat=True)]

    return {}, state


@case("customers.apply_plans")
def apply_plans():
    """Lines whose plan changes today, has changed long ago, and changes tomorrow."""
    customer, today = make.customer(), timezone.localdate()
    old, new = make.plan(customer.branch), make.plan(customer.branch)
    for n in range(60):
        line = make.line(customer, plan=old)
        begin = today + timedelta(days=(-400, 0, 1)[n % 3])
        LinePlan.objects.create(line=line, plan=old, valid_from=begin - timedelta(days=500), valid_to=begin)
        LinePlan.objects.create(line=line, plan=new, valid_from=begin)

    def state():
        names = {old.pk: "old", new.pk: "new"}
        return [names[pk] for pk in Line.objects.order_by("pk").values_list("plan_id", flat=True)]

    return {}, state


def uploaded(rows=90):
    """A file with new, known, doubled and wrong rows, taken in by a steward."""
    steward = make.user("data_steward")
    make.tier(steward.branch)
    lines = ["客户编号,客户名称,联系电话"]
    for n in range(rows):
        number = "" if n % 30 == 11 else f"K{n - n % 20:05}" if n % 20 == 3 else f"K{n:05}"
        lines.append(f"{number},客户{n},{'12' if n % 25 == 9 else f'138{n:08}'}")
        if n % 10 == 5:
            known = {"name": f"客户{n}" if n % 20 == 5 else "旧名", "number": f"K{n:05}"}
            make.customer(steward.branch, tier=make.tier(steward.branch), **known)
    content = ContentFile("\n".join(lines).encode(), "customers.csv")
    return intake.take_in(content, by=steward, branch=steward.branch), steward


def in_small_steps(run):
    """Ranges of a dozen rows, so that there are many moments to be killed at."""
    Run.objects.filter(pk=run.pk).update(params=run.params | {"rows": 12})
    run.refresh_from_db()
    return run


def rows_said():
    return list(ImportRow.objects.order_by("batch", "n").values_list("n", "outcome", "problems", "brought_in"))


def customers_brought_in():
    customers = Customer.objects.order_by("number").values_list("number", "name")
    phones = Identifier.objects.order_by("written", "kind").values_list("written", "kind", "customer__number")
    return list(customers), list(phones)


@case("customers.check_import")
def check_import():
    batch, steward = uploaded()

    def ask():
        return in_small_steps(intake.ask_check(batch, by=steward, chosen=batch.columns).check_run)

    return ask, lambda: (rows_said(), Import.objects.get().counts, Import.objects.get().state, customers_brought_in())


@case("customers.commit_import")
def commit_import():
    batch, steward = uploaded()
    intake.ask_check(batch, by=steward, chosen=batch.columns)
    runs.work_off()
    assert {said[1] for said in rows_said()} > {"create", "update", "error"}, "the file shows too little"

    def ask():
        return in_small_steps(intake.ask_commit(batch, by=steward).commit_run)

    return ask, lambda: (rows_said(), Import.objects.get().state, customers_brought_in())


@case("customers.put_away_imports")
def put_away_imports():
    """Two imports whose time is over and one that is young."""
    old = [check_and_age(days) for days in (400, 300, 0)]

    def state():
        emptied = Import.objects.order_by("pk").values_list("emptied_at", flat=True)
        files = [default_storage.exists(batch.file.name) for batch in old]
        return [at is not None for at in emptied], files, rows_said()

    return {}, state


def check_and_age(days):
    batch, steward = uploaded(25)
    intake.ask_check(batch, by=steward, chosen=batch.columns)
    runs.work_off()
    Import.objects.filter(pk=batch.pk).update(at=timezone.now() - timedelta(days=days))
    return batch


@case("staff.tidy")
def tidy():
    """More than a batch of stale sessions and one that lives; stale sign-in counts and one that still waits."""
    now = timezone.now()
    stale = {"session_data": "", "expire_date": now - timedelta(days=1)}
    Session.objects.bulk_create(Session(pk=f"stale{n}", **stale) for n in range(1100))
    Session.objects.create(pk="alive", session_data="", expire_date=now + timedelta(hours=1))
    for name, hours in (("stale", -2), ("waits", 1)):
        Brake.objects.create(key=name, tries=1, next_at=now, forget_at=now + timedelta(hours=hours))

    def state():
        return list(Session.objects.values_list("pk", flat=True)), list(Brake.objects.values_list("key", flat=True))

    return {}, state


def searchable(count=40):
    """Customers as the search knows them, over more ids than one step looks through."""
    hall = make.unit("hall", name="中山路营业厅")
    for n in range(count):
        far = {"pk": 20_000 + n} if n % 2 else {}
        customer = make.customer(hall, number=f"K{n:03}", name=f"张伟{n:03}", **far)
        make.identifier(customer, customer.number, kind="customer")
    index(Customer.objects.values_list("pk", flat=True))
    return hall


def search_rows():
    entries = SearchEntry.objects.order_by("customer__number").values_list("name", "pinyin", "rank", "unit__name")
    return list(entries), list(Identifier.objects.order_by("value").values_list("value", "rank", "unit__name"))


@case("customers.refresh_ranks")
def refresh_ranks():
    """Customers seen lately, of whom the search does not know yet."""
    searchable()
    Customer.objects.filter(number__lt="K020").update(last_contact_at=timezone.now() - timedelta(days=3))
    return {}, search_rows


@case("customers.verify_search")
def verify_search():
    """Search rows that say something else than the customers, and one that is missing."""
    searchable()
    SearchEntry.objects.filter(customer__number__lt="K010").update(name="别人", pinyin="bieren")
    SearchEntry.objects.filter(customer__number="K011").delete()
    Identifier.objects.filter(value__lt="K015").update(rank=0)
    return {}, search_rows


@case("webhooks.prune")
def prune_webhooks():
    """More than a batch of old deliveries, some with attempts, and young ones."""
    customer = make.customer()
    subscription = make.subscription(customer.unit)
    Event.objects.bulk_create(
        Event(verb="customer.changed", subject_type="customers.customer", subject_id=1, customer_id=customer.pk)
        for _ in range(1030)
    )
    keys = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=keys[:1020]).update(created_at=timezone.now() - timedelta(days=31))
    Attempt.objects.bulk_create(Attempt(delivery_id=pk, n=1) for pk in keys[::10])
    return {}, lambda: (subscription.deliveries.count(), Attempt.objects.count())


@case("outreach.expire")
def expire():
    """Messages whose time has passed, planned and held, and one whose time has not."""
    customer = make.reachable()
    past, later = (timezone.now() + timedelta(hours=hours) for hours in (-1, 1))
    for n in range(45):
        make.message(customer, state="held" if n % 2 else "planned", not_after=past)
    make.message(customer, not_after=later)

    def state():
        return sorted(Message.objects.values_list("state", "reason")), Decision.objects.count()

    return {}, state


@case("outreach.understand")
def understand():
    """Replies that were kept while nobody looked at them: a stop and a question."""
    customer = make.reachable(phone="13900001111")
    for n, text in enumerate(["TD", "?", "你好"]):
        Inbound.objects.create(gateway="sms", gateway_id=str(n), sender="13900001111", text=text)
    Inbound.objects.update(received_at=timezone.now() - timedelta(hours=1))

    def state():
        handled = list(Inbound.objects.order_by("gateway_id").values_list("handled_as", flat=True))
        return handled, list(customer.consents.values_list("purpose", "word")), Message.objects.count()

    return {}, state


@case("outreach.follow")
def follow():
    """A held set, some of whose messages are held for it, some not yet, and one by a person; then it was cancelled."""
    customer = make.reachable()
    template = make.template(customer.branch)
    wave = Wave.objects.create(branch=customer.branch, template=template, key="w", planned=30, state="cancelled")
    for n in range(30):
        state = {"state": "held", "reason": "held" if n == 4 else "volume"} if n % 2 else {}
        make.message(customer, wave=wave, **state)
    make.message(customer)

    def state():
        return sorted(Message.objects.values_list("state", "reason")), Decision.objects.count()

    return {"params": {"wave": wave.pk}}, state


@case("outreach.greet")
def greet():
    """Customers whose birthday is today, one whose is not, and one who wants no greetings."""
    branch = make.branch()
    make.template(branch, code="birthday_greeting", purpose="greeting", message_class="care")
    day = branch.today()
    for n in range(30):
        make.reachable(branch, number=f"G{n:03}", birthday=day.replace(year=1980))
    make.reachable(branch, birthday=day.replace(year=1980) + timedelta(days=1))
    refuses = make.reachable(branch, birthday=day.replace(year=1980))
    refuses.consents.create(purpose="care", word="refused", how="hall")

    def state():
        greeted = Message.objects.order_by("customer__number").values_list("customer__number", "state")
        return list(greeted), list(Wave.objects.values_list("planned", "state"))

    return {}, state


@case("outreach.prune")
def prune_reports():
    """Delivery reports of half a year ago, and young ones."""
    for n in range(50):
        DeliveryReport.objects.create(gateway="sms", gateway_ref=str(n), status="delivered")
    old = DeliveryReport.objects.order_by("pk").values_list("pk", flat=True)[:45]
    DeliveryReport.objects.filter(pk__in=list(old)).update(received_at=timezone.now() - timedelta(days=181))
    return {}, DeliveryReport.objects.count


@case("staff.absences")
def absences():
    """One that begins, one that ends, one that passed unnoticed, one withdrawn and one of tomorrow."""
    branch, now, day = make.branch(), timezone.now(), timedelta(days=1)
    away, deputy = make.user("clerk", branch), make.user("clerk", branch)
    for starts, days, fields in [
        (now - day, 5, {}),
        (now - 9 * day, 3, {"begun_at": now - 9 * day}),
        (now - 20 * day, 2, {}),
        (now - 30 * day, 5, {"withdrawn_at": now - 31 * day}),
        (now + 7 * day, 2, {}),
    ]:
        make.absence(away, deputy, starts=starts, days=days, **fields)

    def state():
        moved = [(bool(one.begun_at), bool(one.ended_at)) for one in Absence.objects.order_by("starts_at")]
        return moved, Notice.objects.count()

    return {}, state


@case("work.digest")
def digest():
    """More people than one step, each with something due, something read and something of tomorrow."""
    branch, now = make.branch(), timezone.now()
    for _ in range(205):
        person = make.user(at=branch)
        for shows_at, fields in [(now, {}), (now, {"read_at": now}), (now + timedelta(days=1), {})]:
            make.notice(person, urgency="digest", shows_at=shows_at, **fields)

    def state():
        told = Notice.objects.filter(kind="work.digest", data__n=1)
        return told.count(), told.values("user").distinct().count(), Notice.objects.filter(told_at=None).count()

    return {}, state


@case("work.tidy_notices")
def tidy_notices():
    """More than one batch read long ago, one read of late, and one that nobody has read."""
    person, long_ago = make.user(), timezone.now() - timedelta(days=91)
    old = [Notice(user=person, kind="work.digest", key=str(n), data={"n": 1}, read_at=long_ago) for n in range(1100)]
    Notice.objects.bulk_create(old)
    make.notice(person, key="late", read_at=timezone.now())
    make.notice(person, key="unread", created_at=long_ago)
    return {}, lambda: sorted(Notice.objects.values_list("key", flat=True))


def owed(count, **fields):
    """Follow-ups of one clerk in a branch that is always open."""
    hall = make.unit("hall", make.unit("department"))
    make.calendar(hall.branch, week=["00:00-24:00"] * 7)
    clerk, customer = make.user("clerk", hall), make.customer(hall)
    make.user("duty_manager", hall)
    return [make.follow_up(customer, clerk, **fields) for _ in range(count)]


def follow_ups_say(*fields):
    def state():
        told = Event.objects.filter(verb__startswith="follow_up.").order_by("subject_id", "verb")
        rows = FollowUp.objects.order_by("pk").values_list(*fields)
        return list(rows), list(told.values_list("verb", flat=True)), Notice.objects.count()

    return state


@case("work.due")
def fall_due():
    """More than a batch that is ripe, and one that is not."""
    ripe = timezone.now() - timedelta(minutes=1)
    owed(510, due_at=ripe)
    owed(1)
    return {}, follow_ups_say("state")


@case("work.promises")
def promises():
    past = timezone.now() - timedelta(hours=2)
    owed(510, kind="promise", due_at=past, late_at=past)
    owed(1, kind="promise")
    return {}, follow_ups_say("kind", "state")


@case("work.escalate")
def escalate():
    """More than a batch that is late enough for the first step."""
    past = timezone.now() - timedelta(hours=1)
    owed(205, due_at=past, late_at=past)
    owed(1)
    return {}, follow_ups_say("level")


@case("work.stalled")
def stalled():
    past = timezone.now() - timedelta(days=9)
    owed(205, state="due", due_at=past, late_at=past, noted_at=past)
    owed(1)
    return {}, follow_ups_say("state")


@case("billing.left_open")
def left_open():
    """More than a batch of shifts of yesterday, and one of today."""
    hall = make.unit("hall", make.unit("department"))
    make.user("duty_manager", hall, name="manager")
    people = [make.user("clerk", hall, name=f"clerk {n:02}") for n in range(56)]
    for person in people:
        opened = timezone.now() - timedelta(days=person != people[0])
        Shift.objects.create(branch=hall.home, unit=hall, clerk=person, opened_at=opened)

    def state():
        told = Notice.objects.filter(kind="shift.left_open").values_list("user__name").annotate(n=Count("pk"))
        return sorted(told), Shift.objects.open().count()

    return {}, state


@case("work.stranded")
def stranded():
    """Work of one who has left, of one who is away, of one who is back, and of one who is there."""
    rows = owed(4)
    gone, away, back = (make.user("clerk", rows[0].unit) for _ in range(3))
    gone.postings.update(valid_to=timezone.localdate())
    there = rows[3].owner
    make.absence(away, there, starts=timezone.now() - timedelta(days=1))
    make.absence(make.user("clerk", rows[0].unit), gone)
    for one, fields in zip(rows, [{"owner": gone}, {"owner": away}, {"for_owner": back}], strict=False):
        FollowUp.objects.filter(pk=one.pk).update(**fields)
    return {}, follow_ups_say("state", "version")


@case("work.untaken")
def untaken():
    """More than a batch that nobody has taken for an hour, and one that fell due just now."""
    past = timezone.now() - timedelta(hours=1)
    rows = owed(511, state="due", due_at=past, notified_at=past)
    FollowUp.objects.update(owner=None)
    FollowUp.objects.filter(pk=rows[0].pk).update(notified_at=timezone.now())

    def state():
        return FollowUp.objects.filter(untaken_at=None).count(), Notice.objects.count()

    return {}, state


@case("billing.weigh")
def weigh():
    """More than a batch of usual bills, and one far above the months before it."""
    accounts, day = [money.account() for _ in range(3)], timezone.localdate()
    newest = months_before(day.replace(day=1), 1)
    rows = [("700.00" if n == 0 else "100.00", months_before(newest, n)) for n in range(4)]
    dates = {"issued_on": day, "due_on": day + timedelta(days=20)}
    ledger.book_bills([money.a_bill(accounts[0], amount, month=month, **dates) for amount, month in rows])
    ledger.book_bills([money.a_bill(accounts[1 + n % 2], month=newest, **dates) for n in range(1100)])

    def state():
        shocks = list(BillShock.objects.values_list("amount", "usual"))
        return shocks, Bill.objects.filter(weighed_at=None).count(), FollowUp.objects.count()

    return {}, state


@case("billing.newcomers")
def newcomers():
    """More than a batch of new customers, and one who came long ago."""
    hall, today = make.unit("hall"), timezone.localdate()
    for n in range(210):
        money.account(make.customer(hall, joined_on=today - timedelta(days=90 if n == 7 else 0)))
    return {}, lambda: (FollowUp.objects.count(), Message.objects.count())


@case("billing.verify")
def verify():
    """An account that adds up, and one that does not; nothing is changed."""
    money.bill(money.account(), "59.00")
    wrong = money.account()
    Account.objects.filter(pk=wrong.pk).update(owed=7)
    return {}, lambda: list(Account.objects.order_by("pk").values_list("owed", "credit"))


from tests.jobs import dunning_cases  # noqa: E402, F401  adds its cases
