"""Customers, what they have, why they came, and their files."""

from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from customers import models as customers
from customers.imports.intake import take_in
from customers.models.series import NumberSeries
from customers.search.index import index
from tests import make
from tests.leaks.canaries import registry

FACTORIES, of = registry()


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


@of("customers.Community")
def community(w):
    place, w.spare_community = (
        make.unit("community", w.north, name=w.tell("community"), code=w.tell("code")) for _ in range(2)
    )
    basis = {name: w.tell(name) for name in ("place", "administration", "people", "traffic")}
    return customers.Community.objects.create(unit=place, setting="urban", sort="large_estate", basis=basis)
