"""What the search box reads, made to agree with the truth."""

from django.db import connection, transaction

from customers.pinyin import ALSO, keys, other_keys
from customers.search.words import grams

BATCH = 20_000

RANK = """
    (CASE c.status WHEN 'left' THEN 30 ELSE 0 END) + (least(greatest(t."order", 1), 5) - 1) * 6
    + CASE WHEN c.last_contact_at IS NULL THEN 5
        ELSE width_bucket(extract(epoch FROM now() - c.last_contact_at) / 86400, ARRAY[7, 30, 90, 180, 365]) END
"""
LOCK = "SELECT count(*) FROM (SELECT 1 FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) locked"

BY_HAND = """
    SELECT id, name, kind = 'group', pinyin, initials FROM customers_customer
    WHERE id = ANY(%s) AND name <> ''
      AND (kind = 'group' OR pinyin = '' OR length(name) > 3 OR name ~ '[A-Za-zＡ-Ｚａ-ｚ]' OR left(name, 1) = ANY(%s))
"""
SPELL = """
    UPDATE customers_customer c SET pinyin = k.pinyin, initials = k.initials
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) k (id, pinyin, initials) WHERE c.id = k.id
"""
ENTRIES = f"""
    INSERT INTO customers_searchentry AS e (customer_id, is_group, name, initials, pinyin, other_initials,
        other_pinyin, grams, rank, branch_id, area_id, unit_id, manager_id)
    SELECT c.id, c.kind = 'group', lower(normalize(btrim(c.name), NFKC)), c.initials, c.pinyin,
        coalesce(x.initials, ''), coalesce(x.pinyin, ''),
        string_to_array(x.grams || ' @b' || c.branch_id || ' @u' || c.unit_id, ' '), {RANK}, c.branch_id,
        coalesce(nullif(split_part(u.path, '/', 2), '')::bigint, u.id), c.unit_id, c.manager_id
    FROM unnest(%s::bigint[]) asked (id)
    JOIN customers_customer c ON c.id = asked.id
    JOIN customers_tier t ON t.id = c.tier_id
    JOIN staff_unit u ON u.id = c.unit_id
    LEFT JOIN unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) x (id, initials, pinyin, grams) ON x.id = c.id
    ON CONFLICT (customer_id) DO UPDATE SET (is_group, name, initials, pinyin, other_initials, other_pinyin, grams,
        rank, branch_id, area_id, unit_id, manager_id) = (excluded.is_group, excluded.name, excluded.initials,
        excluded.pinyin, excluded.other_initials, excluded.other_pinyin, excluded.grams, excluded.rank,
        excluded.branch_id, excluded.area_id, excluded.unit_id, excluded.manager_id)
    WHERE (e.*) IS DISTINCT FROM (excluded.*)
"""
# One look-up a customer, whatever the planner believes: while thousands come in its statistics are out of date.
COPIES = """
    UPDATE customers_identifier i
    SET (branch_id, unit_id, manager_id, rank) = (
        SELECT e.branch_id, e.unit_id, e.manager_id, e.rank FROM customers_searchentry e
        WHERE e.customer_id = i.customer_id
    )
    WHERE i.id = ANY (ARRAY(
        SELECT n.id FROM unnest(%s::bigint[]) asked (id)
        CROSS JOIN LATERAL (SELECT * FROM customers_searchentry o WHERE o.customer_id = asked.id OFFSET 0) e
        CROSS JOIN LATERAL (SELECT * FROM customers_identifier o WHERE o.customer_id = asked.id OFFSET 0) n
        WHERE (n.branch_id, n.unit_id, n.manager_id, n.rank)
            IS DISTINCT FROM (e.branch_id, e.unit_id, e.manager_id, e.rank::int)
    ))
"""


def index(customer_ids):
    """Make the search rows of these customers agree with them; returns how many rows of both tables changed.

    Set-based, for one customer as for a whole import; call it in the transaction of every change of name, unit,
    manager, tier, status or identifiers. It locks the customers, so that of two changes the later one is the one found.
    A name whose pinyin is blank is spelled here; who changes a name sets its pinyin or blanks it.
    """
    ids = sorted(set(customer_ids))
    with transaction.atomic(), connection.cursor() as cursor:
        return sum(_index(cursor, ids[at : at + BATCH]) for at in range(0, len(ids), BATCH))


def _index(cursor, ids):
    cursor.execute(LOCK, [ids])
    cursor.execute(BY_HAND, [ids, sorted({surname[0] for surname in ALSO})])
    rows = cursor.fetchall()
    _spell(cursor, [row for row in rows if not row[3]])
    cursor.execute(ENTRIES, [ids, *_extras(rows)])
    changed = cursor.rowcount
    cursor.execute(COPIES, [ids])
    return changed + cursor.rowcount


def _spell(cursor, rows):
    if rows:
        spelled = [keys(name, group=group) for _, name, group, *_ in rows]
        cursor.execute(SPELL, [[row[0] for row in rows], *map(list, zip(*spelled, strict=True))])


def _extras(rows):
    """Columns (ids, second initials, second pinyin, grams) of the names that the database cannot take apart."""
    columns = [], [], [], []
    for pk, name, group, *_ in rows:
        pinyin, initials = other_keys(name, group=group) or ("", "")
        parts = " ".join(sorted(gram for gram in grams(name) if group or len(name) > 3 or gram[0] == "^"))
        for column, value in zip(columns, (pk, initials, pinyin, parts or None), strict=True):
            column.append(value)
    return columns


STALE_RANKS = f"""
    SELECT c.id FROM customers_customer c
    JOIN customers_tier t ON t.id = c.tier_id
    JOIN customers_searchentry e ON e.customer_id = c.id
    WHERE c.id BETWEEN %s AND %s AND e.rank <> {RANK}
"""


def rank_anew(first, last):
    """Days have passed since the last contacts: the ranks of customers with these ids; returns how many changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STALE_RANKS, [first, last])
        stale = [pk for (pk,) in cursor.fetchall()]
        index(stale)
    return len(stale)
