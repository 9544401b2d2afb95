"""The search box: whatever was typed, one statement, the customers within reach, best first."""

from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from customers.masking import Shown
from customers.models import Customer, Identifier, Tier
from customers.numbers import document_hash
from customers.search import identifiers, names
from customers.search.marks import marked, marked_name
from customers.search.reach import AREAS, sought_by
from customers.search.typed import Typed, take_apart
from staff.models import Unit

LIMIT = 20
WHOLE = 0  # the arm of whole numbers
MANY = 3  # candidates read for one shown: a customer may come by several numbers
SOME = 3  # keys of an area put in order of length for one shown
NEAREST = """c.id, c.branch_id, c.unit_id, c.manager_id, c.name, c.number, c.kind, c.status,
    t.id, t.name, t.name_en, t.mark, u.name, u.name_en,
    i.kind, i.written, coalesce(i.valid_to <= %(today)s, false), found.arm"""


@dataclass
class Hit:
    """One customer found: what to show, and by which number."""

    customer: Customer  # with tier and unit; only the columns a list shows
    name: str  # as this person may see it; the customer number where there is none
    number: str = ""  # by which they were found, as this person may see it; "" when found by name
    by: Identifier | None = None  # that number: only its kind and its written form
    old: bool = False  # the number was theirs once
    exact: bool = False  # nobody else has what was typed: Enter opens at once
    typed: Typed = field(default_factory=Typed)

    @property
    def name_parts(self):
        """Before, what was typed, after."""
        return marked_name(self.name, self.typed.words)

    @property
    def number_parts(self):
        return marked(self.number, self.typed.digits or self.typed.number)


def find(text, user, limit=LIMIT):
    """The customers `user` reaches whom `text` names, by name, pinyin, initials or any number, best first.

    Ranked: the whole number or document, then names (whole, beginning, given, part), then parts of numbers; within
    each by length, then tier and days since the last contact. One SQL statement; nothing outside reach has a part in
    it. A text of more than 100 characters finds nobody.
    """
    typed, sought = take_apart(text), sought_by(user)
    if not typed or sought is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement(typed, sought), parameters(typed, sought, limit))
        rows = cursor.fetchall()
    return _hits(rows, typed, user, limit)


def statement(typed, sought):
    """The one statement: its arms run in their order, and stop as soon as there is enough."""
    arms = names.arms_for(typed)
    return f"""
        {_tables(arms, sought)}
        SELECT {NEAREST}
        FROM (SELECT * FROM ({" UNION ALL ".join(_blocks(typed, arms, sought))}) arms LIMIT %(many)s) found
        JOIN customers_customer c ON c.id = found.customer_id
        JOIN customers_tier t ON t.id = c.tier_id
        JOIN staff_unit u ON u.id = c.unit_id
        LEFT JOIN customers_identifier i ON i.id = found.identifier_id
        WHERE {sought.within("c")}
        ORDER BY found.arm, coalesce(i.valid_to <= %(today)s, false), found.length, found.rank, c.id, i.id
    """


def _tables(arms, sought):
    tables = []
    if arms and sought.wide:
        tables.append(AREAS)
    if arms and sought.own:
        own = f"SELECT * FROM customers_searchentry e WHERE manager_id = %(me)s AND {names.any_of(arms)}"
        tables.append(f"own AS MATERIALIZED ({own})")
    return f"WITH {', '.join(tables)}" if tables else ""


def _blocks(typed, arms, sought):
    blocks = [identifiers.whole(sought)] if typed.number else []
    if typed.digits:
        blocks.append(_together(typed, arms, sought))
    elif arms:
        blocks.append(f"(SELECT * FROM ({' UNION ALL '.join(names.entries(arms, sought))}) named LIMIT %(limit)s)")
    if typed.number and (not arms or len(typed.number) > 3):
        blocks.extend(identifiers.parts(typed.number, sought))
    return blocks


def _together(typed, arms, sought):
    """Both the name and the digits: up to three digits narrow the names down, more lead to few names."""
    if len(typed.digits) <= 3:
        number = identifiers.of_customer("named.customer_id", "digits")
        named = names.entries(arms, sought, f"{identifiers.of_customer('e.customer_id', 'digits')} IS NOT NULL")
        return f"""(SELECT arm, length, rank, customer_id, {number} AS identifier_id
            FROM ({" UNION ALL ".join(named)}) named
            LIMIT %(limit)s)"""
    return f"""(SELECT 10::smallint AS arm, length(e.name), e.rank, e.customer_id, numbers.id AS identifier_id
        FROM {identifiers.beside(typed.digits, sought, "digits")} numbers
        JOIN customers_searchentry e ON e.customer_id = numbers.customer_id
        WHERE {names.any_of(arms)} ORDER BY e.rank, e.customer_id LIMIT %(many)s)"""


def parameters(typed, sought, limit):
    return (
        sought.params
        | names.parameters(typed)
        | identifiers.parameters("number", typed.number)
        | identifiers.parameters("digits", typed.digits)
        | {"document": document_hash(typed.number), "today": timezone.localdate()}
        | {"limit": limit, "many": limit * MANY, "some": limit * SOME}
    )


def _hits(rows, typed, user, limit):
    hits, seen = [], set()
    for row in rows:
        if row[0] not in seen and len(hits) < limit:
            seen.add(row[0])
            hits.append(_hit(row, typed, user))
    if hits:
        holders = {row[0] for row in rows if row[-1] == WHOLE and not row[-2]}
        hits[0].exact = len(hits) == 1 or len(holders) == 1
    return hits


def _hit(row, typed, user):
    pk, branch, unit, manager, name, number, kind, status, *rest, number_kind, written, old, _ = row
    customer = Customer(id=pk, branch_id=branch, manager_id=manager, name=name, number=number, kind=kind, status=status)
    customer.tier = Tier(id=rest[0], name=rest[1], name_en=rest[2], mark=rest[3])
    customer.unit = Unit(id=unit, name=rest[4], name_en=rest[5])
    shown = Shown(customer, user)
    by = Identifier(kind=number_kind, written=written) if number_kind else None
    return Hit(customer, shown.title, shown.identifier(by) if by else "", by, old, typed=typed)
