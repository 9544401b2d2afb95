"""The demo branch, from nothing to a live prefecture in one transaction (domain 5)."""

from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from random import Random

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import starter as complaints_starter
from customers import starter
from customers.models import Reason, Tier
from customers.search.index import index
from staff.models import Unit

from . import (
    agreements,
    away,
    catalogue,
    complaints,
    dunning,
    follow_ups,
    hours,
    money,
    organisation,
    outbox,
    places,
    sizes,
    staff,
    tills,
)
from .blocks import BLOCK, Block, months
from .contacts import Contacts
from .names import Names
from .people import WAY_WEIGHTS, WAYS, People
from .subscriptions import Services
from .unchecked import unchecked
from .world import SEED, World

BEYOND = 6_000_000  # the second branch counts its customers and lines from here: no number is given twice
NEIGHBOUR_CUSTOMERS = 200
REORGANISED = 120  # days ago the account managers of today were assigned
ONE_AT_A_TIME = 7_850_2008  # advisory lock: a second loader waits and then finds the branch
CONTACT_STEPS = [7, 30, 90, 180, 365]  # days since the last contact, as customers.search.index ranks them


def load(customers=sizes.SMALL, *, progress=lambda done, total: None):
    """Make the demo branches unless they are there; returns whether anything was made.

    Raises ValidationError where the database belongs to somebody else's branch.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        refuse_beside_real_data()
        if Unit.objects.filter(kind="branch", code=places.BRANCH[0]).exists():
            return False
        with unchecked("customers_"), unchecked("billing_"):
            worlds = build(customers, timezone.now(), progress)
        for world in worlds:
            follow_ups.plant(world)
            money.plant(world)
        outbox.plant(worlds[0])
        for world in worlds:
            complaints_starter.plant(world.org.branch)
        dunning.plant(worlds[0])
        agreements.plant(worlds[0])
        tills.plant(worlds[0])
        complaints.plant(worlds[0])
    analyse()
    return True


def refuse_beside_real_data():
    known = [places.BRANCH[0], places.NEIGHBOUR[0]]
    other = Unit.objects.filter(kind="branch").exclude(code__in=known).first()
    if other:
        raise ValidationError(
            _("This database holds the branch %(branch)s. Demo people and customers are only put into an empty one.")
            % {"branch": other}
        )


def build(customers, now, progress):
    """The branch and its neighbour, each as its World."""
    names = Names(Random(SEED))  # noqa: S311  believable, not secret
    today = timezone.localdate(now)
    size = sizes.size_for(customers)
    org = organisation.build(places.BRANCH, size)
    hours.plant(org)
    staff.employ(org, staff.posts(org, size), names, today)
    away.plant(org, now)
    here = world_of(org, size, names, now)
    populate(here, progress)
    near = organisation.build_neighbour(places.NEIGHBOUR)
    hours.plant(near)
    staff.employ(near, staff.neighbour_posts(near), names, today, suffix="_haiyu")
    there = world_of(near, sizes.Size(NEIGHBOUR_CUSTOMERS), names, now, first=BEYOND)
    populate(there)
    record(org.branch, "demo.loaded", by=None, customers=customers)
    return here, there


def world_of(org, size, names, now, *, first=0):
    """A branch with its tiers, reasons and plans, ready for customers."""
    starter.plant(org.branch)
    tiers = {tier.code: tier for tier in Tier.objects.filter(branch=org.branch)}
    reasons = list(Reason.objects.filter(branch=org.branch, active=True, children=None).values_list("pk", flat=True))
    plans = catalogue.plant(org.branch, timezone.localdate(now))
    return World(org, size, names, now, tiers, plans, reasons, first)


def populate(world, progress=lambda done, total: None):
    """Customers into the tables, block by block; while one is written the next is thought up."""
    done, total = 0, world.size.customers
    for block in ahead(blocks_of(world)):
        ids = block.write(world.org.branch.pk, partial(rank, now=world.now))
        index(ids)
        money.fill(ids, world)
        done += len(block.parties)
        progress(done, total)


def blocks_of(world):
    services, contacts, pay = Services(world), Contacts(world), world.rng("pay")
    people = iter(People(world))
    while True:
        block = Block()
        for party in islice(people, BLOCK):
            settle(party, services, contacts, block, pay)
        if not block.parties:
            return
        yield block


def ahead(items):
    """The same items, each made in another thread while the one before it is in use."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def settle(party, services, contacts, block, pay):
    """Lines, money and contacts of one customer into the block."""
    today = services.today
    party.reorganised = today - timedelta(days=REORGANISED)
    first = len(block.lines)
    party.monthly = services.give(party, block)
    party.total = party.monthly * months(party, today) * Decimal(str(round(pay.uniform(0.8, 1.15), 2)))
    party.way = pay.choices(WAYS, WAY_WEIGHTS)[0]
    party.last_contact = contacts.give(party, range(first, len(block.lines)), block)
    block.parties.append(party)


def rank(party, now):
    """The place among those found, by the rule of customers.search.index."""
    days = (now - party.last_contact).total_seconds() / 86400 if party.last_contact else 10**6
    left = 30 if party.left_on else 0
    return left + (min(max(party.tier.order, 1), 5) - 1) * 6 + bisect_right(CONTACT_STEPS, days)


def analyse():
    """Fresh statistics, where the role may: the first searches should not be planned for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE relname = 'customers_customer' AND pg_has_role(relowner, 'USAGE')")
        if cursor.fetchone():
            cursor.execute("ANALYZE")
