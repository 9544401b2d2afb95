"""Demo customers into the tables, a block at a time, by COPY."""

from datetime import timedelta

from customers.copying import copy_rows, reserve

from . import words

BLOCK = 5_000  # customers made and written together
CUSTOMER = words("""
    id branch_id unit_id number kind status name pinyin initials language birthday address tier_id community_id
    manager_id locked_high_value joined_on left_on monthly_charge total_charge payment_way tags last_contact_at
    version
""")
LINE = words("""
    id branch_id customer_id ref number kind plan_id status options activated_on contract_end ended_on
    selling_unit_id
""")
LINE_PLAN = words("line_id plan_id valid_from valid_to")
IDENTIFIER = words("customer_id line_id kind written value valid_from valid_to branch_id unit_id manager_id rank")
ASSIGNMENT = words("customer_id manager_id valid_from")
CONTACT = words("""
    id branch_id customer_id unit_id key stage channel direction at by_id first_owner_id note next_step
    follow_up follow_up_on followed_up_at
""")
ITEM = words("interaction_id position reason_id line_id detail result")


class Block:
    """Up to BLOCK customers with everything that hangs on them, in memory until written."""

    def __init__(self):
        self.parties, self.lines, self.plans, self.numbers, self.contacts, self.items = [], [], [], [], [], []

    def write(self, branch, rank):
        """COPY the block; returns the ids of its customers."""
        ids = reserve("customers_customer", len(self.parties))
        for party, pk in zip(self.parties, ids, strict=True):
            party.pk = pk
        copy_rows("customers_customer", CUSTOMER, (customer_row(party, branch) for party in self.parties))
        led = [party for party in self.parties if party.manager]
        copy_rows("customers_managerassignment", ASSIGNMENT, ((p.pk, p.manager, led_since(p)) for p in led))
        lines = self.write_lines(branch)
        numbers = (number_row(row, lines, branch, rank) for row in self.numbers)
        copy_rows("customers_identifier", IDENTIFIER, numbers)
        self.write_contacts(branch, lines)
        return ids

    def write_lines(self, branch):
        ids = reserve("customers_line", len(self.lines))
        rows = ((pk, branch, party.pk, *rest) for pk, (party, *rest) in zip(ids, self.lines, strict=True))
        copy_rows("customers_line", LINE, rows)
        copy_rows("customers_lineplan", LINE_PLAN, ((ids[at], *rest) for at, *rest in self.plans))
        return ids

    def write_contacts(self, branch, lines):
        ids = reserve("customers_interaction", len(self.contacts))
        rows = (contact_row(pk, branch, row) for pk, row in zip(ids, self.contacts, strict=True))
        copy_rows("customers_interaction", CONTACT, rows)
        items = (
            (ids[at], place, reason, None if line is None else lines[line], *rest)
            for at, place, reason, line, *rest in self.items
        )
        copy_rows("customers_interactionitem", ITEM, items)


def customer_row(p, branch):
    community = p.unit.pk if p.unit.kind == "community" else None
    kind = "personal" if p.group_class is None else "group"
    status = "left" if p.left_on else "active"
    return (
        p.pk, branch, p.unit.pk, p.number, kind, status, p.name, p.pinyin, p.initials, p.language, p.birthday,
        p.address, p.tier.pk, community, p.manager, p.locked, p.joined_on, p.left_on, p.monthly, p.total, p.way,
        p.tags, p.last_contact, 1,
    )  # fmt: skip


def number_row(row, lines, branch, rank):
    party, line, *rest = row
    line = None if line is None else lines[line]
    return party.pk, line, *rest, branch, party.unit.pk, party.manager, rank(party)


def contact_row(pk, branch, row):
    """Who spoke stays the first owner."""
    party, unit, key, stage, channel, direction, at, by, *rest = row
    return pk, branch, party.pk, unit.pk, key, stage, channel, direction, at, by, by, *rest


def led_since(party):
    """An account manager of today came with the last reorganisation, or with the customer."""
    return max(party.joined_on, party.reorganised)


def months(party, today):
    return max(0, (today - party.joined_on) // timedelta(days=30))
