"""Lines of the demo customers, the plans they are and were on, and the numbers that find them."""

from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

from customers.numbers import document_hash, mask_document

from . import numbers
from .chance import Quota

LINES = {"mobile": 7_800, "broadband": 3_800, "fixed": 900}  # of the small branch (domain 5)
GROUP_LINES = {"mobile": (60, 25, 8), "broadband": (6, 3, 1), "fixed": (10, 4, 2)}  # by class A, B, C
STATUSES = ["active", "suspended_one_way", "suspended_two_way", "voluntary_hold"]
STATUS_WEIGHTS = list(accumulate([964, 17, 7, 12]))


class Services:
    """Adds to a block the lines, plans and numbers of one customer after the other."""

    def __init__(self, world):
        self.held, self.today, self.rng = world.plans, world.today, world.rng("services")
        self.running = {kind: list(accumulate(weights)) for kind, (_, _, weights) in self.held.items()}
        self.shops = [unit.pk for unit in world.org.halls + world.org.outlets]
        self.count = dict.fromkeys(LINES, world.first)
        size = world.size
        personal = size.customers - sum(size.groups)
        self.quota = {}
        for kind, of_small in LINES.items():
            for_groups = sum(n * each for n, each in zip(size.groups, GROUP_LINES[kind], strict=True))
            self.quota[kind] = Quota(self.rng, max(0, size.share(of_small) - for_groups), personal)

    def give(self, party, block):
        """Lines with their plans; returns what the customer pays a month."""
        monthly = Decimal(0)
        for kind in LINES:
            wanted = self.quota[kind].draw() if party.group_class is None else GROUP_LINES[kind][party.group_class]
            for _ in range(wanted):
                monthly += self.line(party, kind, block)
        self.identify(party, block)
        return monthly

    def line(self, party, kind, block):
        rng, n = self.rng, self.count[kind]
        self.count[kind] = n + 1
        written, value = numbers.line(kind, n)
        plans, fees, _ = self.held[kind]
        at = rng.choices(range(len(plans)), cum_weights=self.running[kind])[0]
        days = (self.today - party.joined_on).days
        began = self.today - timedelta(days=int(days * rng.random() ** 0.5))
        status = "off_net" if party.left_on else rng.choices(STATUSES, cum_weights=STATUS_WEIGHTS)[0]
        ended = max(began, party.left_on) if party.left_on else None
        contract_end = self.today + timedelta(days=rng.randrange(-200, 700)) if rng.random() < 0.4 else None
        shop = rng.choice(self.shops) if rng.random() < 0.7 else None
        ref = f"{kind[0].upper()}{n + 1:09}"
        line = len(block.lines)
        block.lines.append((party, ref, written, kind, plans[at].pk, status, "[]", began, contract_end, ended, shop))
        block.plans += [(line, *period) for period in self.history(plans, at, began, ended)]
        block.numbers.append((party, line, "service", written, value, began, ended))
        return fees[at]

    def history(self, plans, at, began, ended):
        """(plan, from, to): the plan of today and, for one line in six, the one before it."""
        since = began
        if (self.today - began).days > 60 and self.rng.random() < 0.17:
            since = began + timedelta(days=self.rng.randrange(30, (self.today - began).days - 10))
            if ended is None or since < ended:
                yield plans[at - 1].pk, began, since
            else:
                since = began
        yield plans[at].pk, since, ended

    def identify(self, party, block):
        """Customer number, ID document, contact, card and contract numbers."""
        rng, n, add = self.rng, party.n, block.numbers.append
        add((party, None, "customer", party.number, party.number, None, None))
        if party.birthday:
            text = numbers.document(party.birthday, n)
            add((party, None, "id_document", mask_document(text), document_hash(text), None, None))
        if rng.random() < 0.3 or party.group_class is not None:
            written = numbers.contact(n)
            add((party, None, "contact", written, written, None, None))
        if party.tier.code != "ordinary":
            add((party, None, "card", numbers.card(n), numbers.card(n), None, None))
        if rng.random() < 0.25 or party.group_class is not None:
            add((party, None, "contract", numbers.contract(n), numbers.contract(n), None, None))
