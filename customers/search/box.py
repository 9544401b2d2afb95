"""The search box: whatever was typed, one statement, the customers within reach, best first."""

from functools import lru_cache

from django.db import connection
from django.utils import timezone

from customers.numbers import document_hash
from customers.search import identifiers, names
from customers.search.hits import hits_of
from customers.search.reach import AREAS, reach_of, reach_parameters
from customers.search.typed import LONG, take_apart

LIMIT = 20
ENOUGH = 10  # candidates beyond those shown: a customer may be found in two ways
MANY = 3  # numbers read for one customer shown: a company may have a block of them
SOME = 3  # keys of an area put in order of length for one customer shown
SHOWN = """c.id, c.branch_id, c.unit_id, c.manager_id, c.name, c.number, c.status, t.id, t.name, t.name_en, t.mark,
    u.name, u.name_en, i.kind, i.written, coalesce(i.valid_to <= %(today)s, false), found.arm"""


def find(text, user, limit=LIMIT):
    """The customers `user` reaches whom `text` names, by name, pinyin, initials or any number, best first.

    Ranked: the whole number or document, then names (whole, beginning, given, part), then parts of numbers; within
    each by length, then tier and days since the last contact. One SQL statement; nothing outside reach has a part in
    it. A text of more than 100 characters or 6 words finds nobody.
    """
    typed, reach = take_apart(text), reach_of(user)
    if not typed or reach is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement(typed.shape, reach), parameters(typed, user, limit))
        rows = cursor.fetchall()
    return hits_of(rows, typed, user, limit)


@lru_cache(maxsize=1024)
def statement(shape, reach):
    """The one statement: its arms run in their order, and stop as soon as there is enough.

    Units are looked up one by one (OFFSET 0): for a handful of rows the planner would rather walk all units for each.
    """
    arms = names.arms_for(shape)
    return f"""
        {_tables(shape, arms, reach)}
        SELECT {SHOWN}
        FROM (SELECT * FROM ({" UNION ALL ".join(_blocks(shape, arms, reach))}) arms LIMIT %(enough)s) found
        JOIN customers_customer c ON c.id = found.customer_id
        JOIN customers_tier t ON t.id = c.tier_id
        CROSS JOIN LATERAL (SELECT * FROM staff_unit o WHERE o.id = c.unit_id OFFSET 0) u
        LEFT JOIN customers_identifier i ON i.id = found.identifier_id
        WHERE {reach.holds("c")}
        ORDER BY found.arm, coalesce(i.valid_to <= %(today)s, false), found.first, found.second, c.id
    """


def _tables(shape, arms, reach):
    tables = [f"whole AS MATERIALIZED {identifiers.whole(reach)}"] if shape.number else []
    if arms and reach.wide:
        tables.append(AREAS)
    if arms and reach.own:
        own = f"SELECT * FROM customers_searchentry e WHERE manager_id = %(me)s AND {names.any_of(arms)}"
        tables.append(f"own AS MATERIALIZED ({own})")
    return f"WITH {', '.join(tables)}" if tables else ""


def _blocks(shape, arms, reach):
    """Letters alone are looked for in numbers from four on: below that they are initials. Whoever has the whole of a
    long number is who was meant: its parts are not looked for any more."""
    blocks = ["(SELECT * FROM whole)"] if shape.number else []
    if shape.digits:
        blocks.append(_together(shape, arms, reach))
    elif arms:
        blocks.append(f"(SELECT * FROM ({' UNION ALL '.join(names.entries(arms, reach))}) named LIMIT %(limit)s)")
    if shape.number and (not arms or shape.number > 3):
        found = " UNION ALL ".join(identifiers.parts(shape.number, reach))
        alone = "WHERE NOT EXISTS (SELECT FROM whole)" if shape.number == LONG else ""
        blocks.append(f"(SELECT * FROM ({found}) parts {alone} LIMIT %(enough)s)")
    return blocks


def _together(shape, arms, reach):
    """Both the name and the digits: up to three digits narrow the names down, more lead to few names."""
    if shape.digits <= 3:
        number = identifiers.of_customer("named.customer_id", "digits")
        named = names.entries(arms, reach, f"{identifiers.of_customer('e.customer_id', 'digits')} IS NOT NULL")
        return f"""(SELECT arm, first, second, customer_id, {number} AS identifier_id
            FROM ({" UNION ALL ".join(named)}) named LIMIT %(limit)s)"""
    return f"""(SELECT 10::smallint AS arm, min(length(e.name)) AS first, min(e.rank) AS second, e.customer_id,
            min(numbers.id) AS identifier_id
        FROM {identifiers.beside(shape.digits, reach, "digits")} numbers
        JOIN customers_searchentry e ON e.customer_id = numbers.customer_id
        WHERE {names.any_of(arms)} GROUP BY e.customer_id ORDER BY 2, 3, 4 LIMIT %(enough)s)"""


def parameters(typed, user, limit):
    return (
        reach_parameters(user)
        | names.parameters(typed)
        | identifiers.parameters("number", typed.number)
        | identifiers.parameters("digits", typed.digits)
        | {"document": document_hash(typed.number), "today": timezone.localdate()}
        | {"limit": limit, "enough": limit + ENOUGH, "many": limit * MANY, "some": limit * SOME}
    )
