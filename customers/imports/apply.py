"""Customers, lines, plans, numbers, managers and events of one range of classed rows: set by set, in one transaction.

Whatever is written is written once: unique keys with ON CONFLICT, conditions asked again in the statement. Sets are
ordered by their key, so that two who write the same ones wait for each other and never for a circle.
"""

from customers.search.index import index

from .classify import tally

MADE = """
    WITH made AS (
        INSERT INTO customers_customer (branch_id, unit_id, number, kind, status, name, pinyin, initials, language,
            birthday, address, tier_id, community_id, manager_id, locked_high_value, joined_on, left_on,
            monthly_charge, total_charge, payment_way, tags, version)
        SELECT %(branch)s, coalesce(s.unit_id, %(unit)s), s.number, coalesce(s.kind, 'personal'),
            coalesce(s.status, 'active'), coalesce(s.name, ''), coalesce(s.pinyin, ''), coalesce(s.initials, ''),
            coalesce(s.language, 'zh-hans'), s.birthday, coalesce(s.address, ''), coalesce(s.tier_id, %(tier)s),
            s.community_id, s.manager_id, false, s.joined_on,
            CASE WHEN s.status = 'left' THEN coalesce(s.left_on, %(day)s) END,
            s.monthly_charge, s.total_charge, coalesce(s.payment_way, ''), '[]', 1
        FROM staged s JOIN classed k USING (n)
        WHERE k.outcome = 'create'
        ORDER BY s.number
        ON CONFLICT (branch_id, number) DO NOTHING
        RETURNING id, number
    )
    UPDATE classed k SET customer_id = made.id
    FROM made JOIN staged s USING (number)
    WHERE k.n = s.n AND k.outcome = 'create'
"""
LOST = "DELETE FROM classed WHERE outcome = 'create' AND customer_id IS NULL"
CHANGED = """
    UPDATE customers_customer c SET
        kind = coalesce(s.kind, c.kind),
        status = coalesce(s.status, c.status),
        left_on = CASE coalesce(s.status, c.status) WHEN 'left' THEN coalesce(s.left_on, c.left_on, %(day)s) END,
        name = coalesce(s.name, c.name),
        pinyin = CASE WHEN s.name IS NULL AND s.kind IS NULL THEN c.pinyin
            WHEN s.kind IS NULL AND c.kind = 'group' THEN '' ELSE coalesce(s.pinyin, '') END,
        initials = CASE WHEN s.name IS NULL AND s.kind IS NULL THEN c.initials ELSE coalesce(s.initials, '') END,
        language = coalesce(s.language, c.language), birthday = coalesce(s.birthday, c.birthday),
        address = coalesce(s.address, c.address), tier_id = coalesce(s.tier_id, c.tier_id),
        unit_id = coalesce(s.unit_id, c.unit_id), community_id = coalesce(s.community_id, c.community_id),
        manager_id = coalesce(s.manager_id, c.manager_id), joined_on = coalesce(s.joined_on, c.joined_on),
        monthly_charge = coalesce(s.monthly_charge, c.monthly_charge),
        total_charge = coalesce(s.total_charge, c.total_charge),
        payment_way = coalesce(s.payment_way, c.payment_way),
        version = c.version + 1, updated_at = now()
    FROM staged s JOIN classed k USING (n)
    WHERE k.outcome = 'update' AND c.id = k.customer_id
"""
# Account managers: the period of today is shut, or put right where it began today; a booked one stays booked.
MANAGED = [
    """
    UPDATE customers_managerassignment a SET valid_to = %(today)s
    FROM staged s JOIN classed k USING (n)
    WHERE k.outcome = 'update' AND a.customer_id = k.customer_id AND a.manager_id <> s.manager_id
      AND a.valid_from < %(today)s AND (a.valid_to IS NULL OR a.valid_to > %(today)s)
    """,
    """
    UPDATE customers_managerassignment a SET manager_id = s.manager_id
    FROM staged s JOIN classed k USING (n)
    WHERE k.outcome = 'update' AND a.customer_id = k.customer_id AND a.manager_id <> s.manager_id
      AND a.valid_from = %(today)s
    """,
    """
    INSERT INTO customers_managerassignment (customer_id, manager_id, valid_from, valid_to)
    SELECT k.customer_id, s.manager_id, %(today)s,
        (SELECT min(b.valid_from) FROM customers_managerassignment b
            WHERE b.customer_id = k.customer_id AND b.valid_from > %(today)s)
    FROM staged s JOIN classed k USING (n)
    WHERE k.outcome IN ('create', 'update') AND s.manager_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM customers_managerassignment a WHERE a.customer_id = k.customer_id
        AND a.valid_from <= %(today)s AND (a.valid_to IS NULL OR a.valid_to > %(today)s))
    """,
]
LINES = [
    """
    INSERT INTO customers_line (branch_id, customer_id, ref, number, kind, plan_id, status, options, activated_on,
        contract_end, ended_on)
    SELECT %(branch)s, k.customer_id, l.ref, coalesce(l.number, ''), l.kind, p.id, coalesce(l.status, 'active'),
        coalesce(l.options, '[]'), l.activated_on, l.contract_end,
        CASE WHEN l.status = 'off_net' THEN coalesce(l.ended_on, %(day)s) END
    FROM staged_line l JOIN classed k USING (n)
    LEFT JOIN customers_plan p ON p.branch_id = %(branch)s AND p.code = l.plan_code
    WHERE k.outcome IN ('create', 'update') AND l.line_id IS NULL
    ORDER BY l.ref
    ON CONFLICT (branch_id, ref) DO NOTHING
    """,
    """
    CREATE TEMP TABLE held ON COMMIT DROP AS
    SELECT l.n, l.ref, k.customer_id, k.outcome, x.id AS line_id, x.customer_id AS holder, x.plan_id AS old_plan,
        p.id AS plan_id, l.number, l.value
    FROM staged_line l JOIN classed k USING (n)
    LEFT JOIN LATERAL (
        SELECT * FROM customers_line o WHERE o.branch_id = %(branch)s AND o.ref = l.ref OFFSET 0
    ) x ON true
    LEFT JOIN customers_plan p ON p.branch_id = %(branch)s AND p.code = l.plan_code
    WHERE k.outcome IN ('create', 'update')
    """,
    "ANALYZE held",
    """
    UPDATE customers_line x SET
        kind = l.kind, number = coalesce(l.number, x.number), plan_id = coalesce(h.plan_id, x.plan_id),
        status = coalesce(l.status, x.status), options = coalesce(l.options, x.options),
        activated_on = coalesce(l.activated_on, x.activated_on),
        contract_end = coalesce(l.contract_end, x.contract_end),
        ended_on = CASE WHEN coalesce(l.status, x.status) = 'off_net'
            THEN coalesce(l.ended_on, x.ended_on, %(day)s) WHEN l.status IS NULL THEN x.ended_on END
    FROM staged_line l JOIN held h USING (n, ref)
    WHERE h.outcome = 'update' AND x.id = h.line_id
      AND (x.kind, x.number, x.plan_id, x.status, x.options, x.activated_on, x.contract_end, x.ended_on)
        IS DISTINCT FROM (l.kind, coalesce(l.number, x.number), coalesce(h.plan_id, x.plan_id),
            coalesce(l.status, x.status), coalesce(l.options, x.options), coalesce(l.activated_on, x.activated_on),
            coalesce(l.contract_end, x.contract_end), coalesce(l.ended_on, x.ended_on))
    """,
]
PLANS = [
    """
    UPDATE customers_lineplan o SET valid_to = %(day)s
    FROM held h
    WHERE h.outcome = 'update' AND o.line_id = h.line_id AND o.valid_to IS NULL
      AND o.plan_id <> h.plan_id AND o.valid_from < %(day)s
    """,
    """
    UPDATE customers_lineplan o SET plan_id = h.plan_id
    FROM held h
    WHERE h.outcome = 'update' AND o.line_id = h.line_id AND o.valid_to IS NULL AND o.plan_id <> h.plan_id
    """,
    """
    UPDATE customers_lineplan o SET valid_to = x.ended_on
    FROM held h JOIN customers_line x ON x.id = h.line_id
    WHERE h.outcome = 'update' AND o.line_id = x.id AND o.valid_to IS NULL AND o.valid_from < x.ended_on
    """,
    """
    INSERT INTO customers_lineplan (line_id, plan_id, valid_from, valid_to)
    SELECT x.id, x.plan_id, since.day, CASE WHEN x.ended_on IS NOT NULL THEN greatest(x.ended_on, since.day + 1) END
    FROM held h JOIN customers_line x ON x.id = h.line_id
    LEFT JOIN LATERAL (SELECT max(o.valid_to) AS day FROM customers_lineplan o WHERE o.line_id = x.id) past ON true
    CROSS JOIN LATERAL (SELECT CASE WHEN past.day IS NULL
        THEN coalesce(x.activated_on, %(day)s) ELSE greatest(past.day, %(day)s) END AS day) since
    WHERE x.plan_id IS NOT NULL AND (past.day IS NULL OR x.ended_on IS NULL)
      AND NOT EXISTS (SELECT FROM customers_lineplan o WHERE o.line_id = x.id AND o.valid_to IS NULL)
    """,
]
UNPLACED = "SELECT count(*) FROM held WHERE line_id IS NULL OR holder <> customer_id"
NUMBERS = """
    INSERT INTO customers_identifier (customer_id, line_id, kind, written, value, valid_from, branch_id, unit_id,
        manager_id, rank)
    SELECT e.customer_id, one.line_id, one.kind, one.written, one.value, one.since, e.branch_id, e.unit_id,
        e.manager_id, e.rank
    FROM (
        SELECT k.customer_id, NULL::bigint AS line_id, 'customer' AS kind, s.number AS written,
            s.number_key AS value, NULL::date AS since
        FROM staged s JOIN classed k USING (n) WHERE k.outcome = 'create'
        UNION ALL
        SELECT k.customer_id, NULL, 'id_document', s.document_masked, s.document, NULL
        FROM staged s JOIN classed k USING (n) WHERE k.outcome IN ('create', 'update') AND s.document IS NOT NULL
        UNION ALL
        SELECT k.customer_id, NULL, 'contact', t.written, t.key, NULL
        FROM staged s JOIN classed k USING (n) CROSS JOIN unnest(s.phones, s.phone_keys) t (written, key)
        WHERE k.outcome IN ('create', 'update')
        UNION ALL
        SELECT h.customer_id, h.line_id, 'service', h.number, h.value, x.activated_on
        FROM held h JOIN customers_line x ON x.id = h.line_id WHERE h.value IS NOT NULL
    ) one
    JOIN customers_searchentry e USING (customer_id)
    ON CONFLICT (customer_id, kind, value) DO NOTHING
"""
EVENTS = """
    INSERT INTO audit_event (actor_id, verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT %(by)s, CASE k.outcome WHEN 'create' THEN 'customer.imported' ELSE 'customer.changed' END,
        'customers.customer', k.customer_id, k.customer_id, %(branch)s, %(request)s,
        jsonb_build_object('import', %(batch)s, 'file', %(file)s, 'row', k.n)
            || CASE k.outcome WHEN 'create' THEN '{}'::jsonb ELSE jsonb_strip_nulls(jsonb_build_object(
                'fields', k.changes - 'phones' - 'document' - 'lines', 'phones', k.changes -> 'phones',
                'document', k.changes -> 'document', 'lines', k.changes -> 'lines')) END
    FROM classed k
    WHERE k.outcome IN ('create', 'update')
    ORDER BY k.n
"""
KEPT = """
    UPDATE customers_importrow r SET
        outcome = k.outcome, customer_id = k.customer_id, problems = k.problems, changes = k.changes,
        brought_in = k.outcome IN ('create', 'update', 'unchanged')
    FROM classed k
    WHERE r.batch_id = %(batch)s AND r.n BETWEEN %(first)s AND %(last)s AND r.n = k.n
"""


class LostRace(RuntimeError):
    """Somebody else took a line's name between two statements; the step is rolled back and done again."""


def make_customers(cursor, values):
    """Insert the new ones. How many were made by somebody else meanwhile: they are to be classed again."""
    cursor.execute(MADE, values)
    cursor.execute(LOST)
    return cursor.rowcount


def write(cursor, values):
    """Everything but the insert of customers; returns {outcome: rows}."""
    cursor.execute("ANALYZE classed")
    cursor.execute(CHANGED, values)
    for statement in (*MANAGED, *LINES, *PLANS):
        cursor.execute(statement, values)
    cursor.execute(UNPLACED)
    if cursor.fetchone() != (0,):
        raise LostRace("a line was taken by somebody else while the rows were brought in")
    cursor.execute("SELECT customer_id FROM classed WHERE outcome IN ('create', 'update')")
    index([pk for (pk,) in cursor.fetchall()])
    for statement in (NUMBERS, EVENTS, KEPT):
        cursor.execute(statement, values)
    return tally(cursor)
