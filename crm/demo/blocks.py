"""Demo customers into the tables, a block at a time, by COPY."""

from datetime import timedelta

from customers.copying import copy_rows, reserve

BLOCK = 5_000  # customers made and written together
CUSTOMER = (
    "id branch_id unit_id number kind status name pinyin initials language birthday address tier_id community_id"
    " manager_id locked_high_value joined_on left_on monthly_charge total_charge payment_way tags last_contact_at version"
).split()
LINE = (
    "id branch_id customer_id ref number kind plan_id status options activated_on contract_end ended_on selling_unit_id"
).split()
LINE_PLAN = "line_id plan_id valid_from valid_to".split()
IDENTIFIER = "customer_id line_id kind written value valid_from valid_to branch_id unit_id manager_id rank".split()
ASSIGNMENT = "customer_id manager_id valid_from".split()
CONTACT = (
    "id branch_id customer_id unit_id key stage channel direction at by_id first_owner_id note next_step follow_up"
    " follow_up_on followed_up_at"
).split()
ITEM = "interaction_id position reason_id line_id detail result".split()


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
        lines = reserve("customers_line", len(self.lines))
        copy_rows("customers_line", LINE, (line_row(lines[i], branch, *row) for i, row in enumerate(self.lines)))
        copy_rows("customers_lineplan", LINE_PLAN, ((lines[i], *rest) for i, *rest in self.plans))
        copy_rows("customers_identifier", IDENTIFIER, (number_row(lines, branch, rank, *n) for n in self.numbers))
        led = [party for party in self.parties if party.manager]
        copy_rows("customers_managerassignment", ASSIGNMENT, ((p.pk, p.manager, led_since(p)) for p in led))
        contacts = reserve("customers_interaction", len(self.contacts))
        copy_rows(
            "customers_interaction", CONTACT, (contact_row(contacts[i], branch, *c) for i, c in enumerate(self.contacts))
        )
        copy_rows(
            "customers_interactionitem",
            ITEM,
            ((contacts[at], place, reason, None if line is None else lines[line], *rest)
             for at, place, reason, line, *rest in self.items),
        )  # fmt: skip
        return ids


def customer_row(p, branch):
    community = p.unit.pk if p.unit.kind == "community" else None
    kind = "personal" if p.group_class is None else "group"
    status = "left" if p.left_on else "active"
    return (
        p.pk, branch, p.unit.pk, p.number, kind, status, p.name, p.pinyin, p.initials, p.language, p.birthday,
        p.address, p.tier.pk, community, p.manager, p.locked, p.joined_on, p.left_on, p.monthly, p.total, p.way,
        p.tags, p.last_contact, 1,
    )  # fmt: skip


def line_row(pk, branch, party, *rest):
    return pk, branch, party.pk, *rest


def number_row(lines, branch, rank, party, line, *rest):
    line = None if line is None else lines[line]
    return party.pk, line, *rest, branch, party.unit.pk, party.manager, rank(party)


def contact_row(pk, branch, party, unit, key, stage, channel, direction, at, by, *rest):
    return pk, branch, party.pk, unit.pk, key, stage, channel, direction, at, by, by, *rest


def led_since(party):
    """An account manager of today came with the last reorganisation, or with the customer."""
    return max(party.joined_on, party.reorganised)


def months(party, today):
    return max(0, (today - party.joined_on) // timedelta(days=30))
