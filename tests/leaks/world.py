"""A branch full of canaries: one record of every business model, each text in it unlike any other text there is.

`@of("app.Model")` registers what makes a model's record and returns it; it is then `world.<model name>` (lower case).
A model with a `branch` and no factory fails the harness. `world.hide(...)` gives a canary that only those may read who
reach the customer; `world.tell(...)` one that the whole branch may read but nobody outside it.
"""

import json
import random
from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Event
from billing import ledger
from billing.counter import reversing, tills
from billing.models import (
    BillingRules,
    BillShock,
    DunningRules,
    Exemption,
    FrozenNumber,
    MonthlyUsage,
    PaymentPromise,
    Scenario,
)
from customers import models as customers
from customers.imports.intake import take_in
from customers.models.series import NumberSeries
from customers.search.index import index
from jobs.models import Run
from outreach.models import Consent, ContactPreference, Halt, Inbound, Wave
from tests import dunning, make, money
from work.models import EscalationStep, FollowUpRules, Notice

FACTORIES = {}


def of(label):
    def register(factory):
        FACTORIES[label.lower()] = factory
        return factory

    return register


class World:
    """The branch, two departments (`north`, `south`) and everything of the records in `north`."""

    def __init__(self, seed):
        self.random, self.making = random.Random(seed), ""
        self.hidden, self.told, self.plain_only = {}, {}, set()
        self.branch = make.branch(name=self.tell("branch"), code=self.tell("code")[:40])
        self.north, self.south = (
            make.unit(parent=self.branch, name=self.tell(name), code=self.tell("code")[:40]) for name in ("n", "s")
        )
        self.owner = make.user("vip_manager", self.north, name=self.tell("owner"), username=self.tell("login"))
        for label, factory in FACTORIES.items():
            self.making = label
            setattr(self, label.split(".")[1], factory(self))

    def hide(self, what, *, masked=False):
        """A canary for those who reach the record; `masked`: only for those who also see unmasked."""
        text = self._text(what, self.hidden)
        if masked:
            self.plain_only.add(text)
        return text

    def hide_number(self, what, *, masked=True):
        """A canary of digits, such as a phone number."""
        text = "19" + "".join(self.random.choices("0123456789", k=9))
        self.hidden[text] = f"{self.making} {what}"
        if masked:
            self.plain_only.add(text)
        return text

    def tell(self, what):
        """A canary for the whole branch."""
        return self._text(what, self.told)

    def _text(self, what, kind):
        text = "q" + "".join(self.random.choices("bcdfghjkmnpqrstvwxz", k=9))
        kind[text] = f"{self.making} {what}"
        return text


@of("customers.Tier")
def tier(w):
    fields = {"code": w.tell("tier"), "name": w.tell("tier"), "name_en": w.tell("tier")}
    return make.tier(w.branch, **fields)


@of("customers.Customer")
def customer(w):
    fields = {"name": w.hide("name", masked=True), "address": w.hide("address", masked=True), "tags": [w.hide("tag")]}
    return make.customer(w.north, number=w.hide("number"), manager=w.owner, tier=w.tier, **fields)


@of("customers.ManagerAssignment")
def managerassignment(w):
    """One that begins later, so that it may still be taken back."""
    return make.assignment(w.customer, w.owner, valid_from=w.branch.today() + timedelta(30))


@of("customers.Plan")
def plan(w):
    return make.plan(w.branch, code=w.tell("plan"), name=w.tell("plan"), name_en=w.tell("plan"))


@of("customers.Line")
def line(w):
    return make.line(w.customer, ref=w.hide("ref"), number=w.hide_number("service"), plan=w.plan)


@of("customers.Identifier")
def identifier(w):
    written = w.hide_number("contact")
    where = {"branch": w.branch, "unit": w.north, "manager": w.owner}
    return customers.Identifier.objects.create(
        customer=w.customer, kind="contact", written=written, value=written, **where
    )


@of("customers.SearchEntry")
def searchentry(w):
    index([w.customer.pk])
    return customers.SearchEntry.objects.get(customer=w.customer)


@of("customers.NumberSeries")
def numberseries(w):
    return NumberSeries.objects.create(branch=w.branch, last=1)


@of("customers.Reason")
def reason(w):
    return customers.Reason.objects.create(
        branch=w.branch, code="9001", name=w.tell("reason"), name_en=w.tell("reason")
    )


@of("customers.Interaction")
def interaction(w):
    made = customers.Interaction.objects.create(
        branch=w.branch, unit=w.north, customer=w.customer, key=uuid4(), stage="in_sale", channel="hall",
        by=w.owner, first_owner=w.owner, note=w.hide("note"), next_step="follow_up",
        follow_up=w.hide("follow up"), follow_up_on="2026-01-01",
    )  # fmt: skip
    w.item = made.items.create(position=1, reason=w.reason, line=w.line, detail=w.hide("detail"))
    return made


@of("work.FollowUp")
def followup(w):
    made = make.follow_up(w.customer, w.owner, unit=w.north, what=w.hide("what"), number=w.hide_number("call"))
    made.attempts.create(n=1, by=w.owner, outcome="no_answer", note=w.hide("try"))
    made.notes.create(by=w.owner, text=w.hide("note"))
    return made


@of("work.FollowUpRules")
def followuprules(w):
    return FollowUpRules.objects.create(branch=w.branch)


@of("work.EscalationStep")
def escalationstep(w):
    return EscalationStep.objects.create(branch=w.branch, n=1, after=30, roles=["duty_manager"])


@of("billing.Account")
def account(w):
    return money.account(w.customer, ref=w.hide("account number"), name=w.hide("name on the bill"))


@of("billing.Bill")
def bill(w):
    return money.bill(w.account, ref=w.hide("bill number"))


@of("billing.Adjustment")
def adjustment(w):
    made = money.an_adjustment(w.bill, "-1.00", ref=w.hide("adjustment number"), reason=w.hide("reason"))
    ledger.adjust([made])
    return made


@of("billing.Payment")
def payment(w):
    return money.payment(w.account, "1.00", ref=w.hide("payment number"))


@of("billing.MonthlyUsage")
def monthlyusage(w):
    return MonthlyUsage.objects.create(branch=w.branch, account=w.account, month=money.MONTH, service="voice")


@of("billing.BillingRules")
def billingrules(w):
    return BillingRules.objects.create(branch=w.branch)


@of("billing.DunningRules")
def dunningrules(w):
    return DunningRules.objects.create(branch=w.branch)


@of("billing.DunningCase")
def dunningcase(w):
    """One with a reminder on record."""
    made = dunning.case(dunning.overdue(account=money.account(w.customer, ref=w.hide("account in arrears"))))
    w.reminder = dunning.reminder(made)
    return made


@of("billing.Scenario")
def scenario(w):
    return Scenario.objects.create(branch=w.branch, code="own", order=9, name=w.tell("scenario"))


@of("billing.ServiceRequest")
def servicerequest(w):
    return dunning.stop(w.dunningcase, reminder=w.reminder, reason=w.hide("reason"))


@of("billing.FrozenNumber")
def frozennumber(w):
    line = make.line(w.customer, status="off_net")
    until = timezone.localdate() + timedelta(days=90)
    fields = {"account": w.account, "line": line, "number": w.hide_number("frozen", masked=False), "until": until}
    return FrozenNumber.objects.create(branch=w.branch, **fields)


@of("billing.Hold")
def hold(w):
    return w.account.holds.create(branch=w.branch, bill=w.bill, kind="dispute", key="hold", reason=w.hide("dispute"))


@of("billing.Exemption")
def exemption(w):
    line = make.line(w.customer)
    said = {"kind": "hospital", "reason": w.hide("exemption"), "asked_by": make.user("dunning_clerk", w.north)}
    return Exemption.objects.create(branch=w.branch, line=line, **said)


@of("billing.PaymentPromise")
def paymentpromise(w):
    """One that is open; beside it an overdue bill whose account has none."""
    w.late_bill = dunning.overdue(account=money.account(w.customer)).bills.get()
    w.late_account = w.late_bill.account
    day = timezone.localdate() + timedelta(days=5)
    said = {"key": "promise", "made_by": w.owner, "note": w.hide("promise"), "next_on": day}
    made = PaymentPromise.objects.create(branch=w.branch, account=w.dunningcase.account, case=w.dunningcase, **said)
    made.parts.create(n=1, due_on=day, amount="1.00")
    return made


@of("billing.Shift")
def shift(w):
    """One that is open; beside it one that was left open, and one that waits for a signature."""
    yesterday = timezone.now() - timedelta(days=1)
    w.left_shift = money.till(make.user("clerk", w.north), "0.00", at=yesterday)
    w.counted_shift = money.till(make.user("clerk", w.north), "0.00")
    less = money.counted(w.counted_shift, cash="-1")
    tills.count(w.counted_shift, by=w.counted_shift.clerk, counted=less, explanation=w.hide("explanation"))
    return money.till(make.user("clerk", w.north))


@of("billing.Receipt")
def receipt(w):
    """One whose reversal is asked for, and a fresh one."""
    w.fresh_receipt, made = (
        money.paid(w.account, w.shift.clerk, "1.00", way="card", slip=w.hide("slip")) for _ in range(2)
    )
    return made


@of("billing.Reversal")
def reversal(w):
    return reversing.ask(w.receipt, by=w.shift.clerk, reason=w.hide("why"))


@of("billing.BillShock")
def billshock(w):
    fields = {"amount": 59, "usual": 1, "follow_up": make.follow_up(w.customer, w.owner, unit=w.north)}
    return BillShock.objects.create(branch=w.branch, bill=w.bill, **fields)


@of("customers.ImportMapping")
def importmapping(w):
    return customers.ImportMapping.objects.create(
        branch=w.branch, name=w.tell("mapping"), header=[w.tell("header")], columns={}
    )


@of("customers.Import")
def import_(w):
    """A file with one row, checked; the row was refused."""
    steward = make.user("data_steward", w.branch, name=w.tell("steward"))
    text = f"number,name\n{w.hide('number in a file')},{w.hide('name in a file')}\n"
    file = SimpleUploadedFile(f"{w.hide('file name')}.csv", text.encode())
    made = take_in(file, by=steward, branch=w.branch, unit=w.north)
    made.state, made.counts, made.checks = made.State.CHECKED, {"error": 1}, 1
    made.save()
    return made


@of("customers.ImportRow")
def importrow(w):
    texts = {"number": w.hide("number"), "name": w.hide("name"), "address": w.hide("address")}
    batch = getattr(w, "import")
    return customers.ImportRow.objects.create(
        batch=batch, n=2, outcome="error", problems=[{"code": "missing", "column": "phone"}], **texts
    )


@of("outreach.Template")
def template(w):
    texts = {name: w.tell("template") for name in ("code", "name", "name_en", "text_zh", "text_en")}
    return make.template(w.branch, **texts)


@of("outreach.Wave")
def wave(w):
    return Wave.objects.create(branch=w.branch, template=w.template, key=uuid4(), state="held", planned=99, usual=9)


@of("outreach.Message")
def message(w):
    """One in doubt, of which everything has been kept."""
    to, ref = w.hide_number("to"), w.hide("gateway ref")
    texts = {"text": w.hide("message"), "subject": w.hide("subject"), "gateway_ref": ref}
    made = make.message(w.customer, to=to, state="unknown", next_at=None, template=w.template, in_doubt=True, **texts)
    made.made.create(n=1, gateway="sms", outcome="unknown", answer=w.hide("answer"), ended_at=made.created_at)
    made.decisions.create(what="doubted", reason="no_answer", note=w.hide("note"))
    made.reports.create(gateway="sms", gateway_ref=ref, status="pending", raw={"said": w.hide("raw")})
    return made


@of("outreach.Consent")
def consent(w):
    return Consent.objects.create(
        customer=w.customer, purpose="survey", word="given", how="hall", proof=w.hide("proof"), by=w.owner
    )


@of("outreach.ContactPreference")
def contactpreference(w):
    return ContactPreference.objects.create(customer=w.customer, email=f"{w.hide('email')}@example.com")


@of("outreach.Inbound")
def inbound(w):
    came = {"gateway": "sms", "gateway_id": w.hide("gateway id"), "sender": w.hide_number("sender")}
    return Inbound.objects.create(customer=w.customer, text=w.hide("reply"), handled_as="reply", **came)


@of("outreach.Halt")
def halt(w):
    return Halt.objects.create(branch=w.branch, template=w.template, why=w.hide("why"), by=w.owner)


@of("outreach.Rules")
def rules(w):
    return make.rules(w.branch)


@of("jobs.Run")
def run(w):
    texts = {"error": w.hide("run error"), "params": {"text": w.hide("params")}}
    return Run.objects.create(job="jobs.pulse", key=w.hide("key"), branch_id=w.branch.pk, asked_by=w.owner, **texts)


@of("webhooks.Subscription")
def subscription(w):
    """At north; made before the event, so that the event is owed to it."""
    secrets = {"name": w.hide("name"), "url": f"https://receiver.example/{w.hide('path')}"}
    return make.subscription(w.north, created_by=w.owner, **secrets)


@of("audit.Event")
def event(w):
    return Event.objects.create(
        actor=w.owner, verb="customer.changed", subject_type="customers.customer", subject_id=w.customer.pk,
        customer_id=w.customer.pk, branch_id=w.branch.pk, data=json.loads(json.dumps({"text": w.hide("event")})),
    )  # fmt: skip


@of("webhooks.Delivery")
def delivery(w):
    made = w.subscription.deliveries.get(event=w.event)
    made.made.create(n=1, status=500, answer=w.hide("answer"), ended_at=w.event.at)
    return made


@of("staff.Unit")
def unit(w):
    return make.unit("hall", w.north, name=w.tell("hall"), code=w.tell("code"))


@of("staff.User")
def user(w):
    return make.user("clerk", w.unit, name=w.tell("person"), username=w.tell("login"))


@of("staff.Absence")
def absence(w):
    """The owner is away from tomorrow on; somebody of the unit stands in."""
    return make.absence(w.owner, make.user("clerk", w.north), starts=timezone.now() + timedelta(days=1))


@of("work.Notice")
def notice(w):
    data = {"person": w.hide("person"), "first": "2026-01-01", "last": w.hide("day")}
    return Notice.objects.create(user=w.owner, kind="absence.stands_in", key=w.hide("key"), data=data)


@of("staff.Token")
def token(w):
    make.token(w.owner)
    made = w.owner.tokens.get()
    made.name = w.hide("name")
    made.save()
    return made


@of("staff.WorkCalendar")
def workcalendar(w):
    return make.calendar(w.branch, name=w.tell("calendar"), name_en=w.tell("calendar"))


@of("staff.CalendarDay")
def calendarday(w):
    return make.special_day(w.workcalendar, "2027-01-04", name=w.tell("special day"))


@of("staff.Posting")
def posting(w):
    return w.user.postings.get()


@of("customers.Community")
def community(w):
    place, w.spare_community = (
        make.unit("community", w.north, name=w.tell("community"), code=w.tell("code")) for _ in range(2)
    )
    basis = {name: w.tell(name) for name in ("place", "administration", "people", "traffic")}
    return customers.Community.objects.create(unit=place, setting="urban", sort="large_estate", basis=basis)
