"""What each staged row asks for, seen against the customers there are: one statement for a range of rows.

Works on the temporary tables `staged` and `staged_line` and fills `classed`. The check and the commit use the same
statements, so that what was shown is what is done; between the two the world may move, and the commit classes anew.

Big tables are reached by keys alone, one look-up a row (scalar subqueries, LATERAL … OFFSET 0): while a file comes in,
the planner's statistics are out of date, and a join that it may turn round can take minutes instead of milliseconds.
"""

from .customer_drafts import LINE, ROW

TABLES = f"""
    DROP TABLE IF EXISTS pg_temp.staged, pg_temp.staged_line, pg_temp.classed, pg_temp.held;
    CREATE TEMP TABLE staged ON COMMIT DROP AS
        SELECT {", ".join(ROW)}, NULL::bigint AS known_id FROM customers_importrow WITH NO DATA;
    CREATE TEMP TABLE staged_line ON COMMIT DROP AS
        SELECT {", ".join(LINE)}, NULL::bigint AS line_id FROM customers_importline WITH NO DATA;
    CREATE TEMP TABLE classed (
        n int PRIMARY KEY, outcome text, customer_id bigint, same_as int, problems jsonb, changes jsonb
    ) ON COMMIT DROP;
"""  # noqa: S608  names of our own columns
KNOW = """
    UPDATE staged s SET known_id = (
        SELECT c.id FROM customers_customer c WHERE c.branch_id = %(branch)s AND c.number = s.number
    )
"""
LOCK = """
    SELECT count(*) FROM (
        SELECT 1 FROM customers_customer c
        WHERE c.id = ANY (ARRAY(SELECT known_id FROM staged WHERE known_id IS NOT NULL))
        ORDER BY c.id FOR NO KEY UPDATE
    ) locked
"""
# A line that the customer has already under another name keeps that name: it is known by its service number.
ADOPT = """
    UPDATE staged_line l SET ref = coalesce((
        SELECT x.ref FROM customers_identifier i JOIN customers_line x ON x.id = i.line_id
        WHERE i.customer_id = s.known_id AND i.kind = 'service' AND i.value = l.value
    ), l.ref)
    FROM staged s
    WHERE l.n = s.n AND s.known_id IS NOT NULL AND l.value IS NOT NULL
"""
FIND = """
    UPDATE staged_line l SET line_id = (
        SELECT x.id FROM customers_line x WHERE x.branch_id = %(branch)s AND x.ref = l.ref
    )
"""
# The first good row with the same number or the same ID document, in this range or before it.
EARLIER = """
    SELECT n, CASE WHEN first < n THEN first END AS n_before
    FROM (
        SELECT s.n, least(
            min(s.n) FILTER (WHERE s.problems = '[]') OVER same_number,
            CASE WHEN s.document IS NOT NULL THEN min(s.n) FILTER (WHERE s.problems = '[]') OVER same_document END,
            (SELECT min(r.n) FROM customers_importrow r
                WHERE %(checking)s AND (r.batch_id::text || '/' || r.number) = %(batch)s::text || '/' || s.number
                AND r.n < %(first)s AND r.outcome NOT IN ('error', 'duplicate')),
            (SELECT min(r.n) FROM customers_importrow r
                WHERE %(checking)s AND (r.batch_id::text || '/' || r.document) = %(batch)s::text || '/' || s.document
                AND r.document IS NOT NULL AND r.n < %(first)s AND r.outcome NOT IN ('error', 'duplicate'))
        ) AS first
        FROM staged s
        WINDOW same_number AS (PARTITION BY s.number), same_document AS (PARTITION BY s.document)
    ) found
"""
# The lines of a row: which one somebody else holds, which are new, which would change.
LINED = """
    SELECT l.n,
        min(l.ref) FILTER (
            WHERE used.id IS NOT NULL OR (x.id IS NOT NULL AND x.customer_id IS DISTINCT FROM s.known_id)
        ) AS taken,
        min(least(nullif(l.first, l.n), earlier.n)) AS taken_by_row,
        string_agg(l.ref, ', ' ORDER BY l.ref) FILTER (WHERE x.id IS NULL) AS made,
        string_agg(l.ref, ', ' ORDER BY l.ref) FILTER (WHERE x.id IS NOT NULL AND (
            l.kind <> x.kind OR l.number <> x.number OR l.status <> x.status OR l.options <> x.options
            OR (l.plan_code IS NOT NULL AND p.code IS DISTINCT FROM l.plan_code)
            OR (l.activated_on IS NOT NULL AND l.activated_on IS DISTINCT FROM x.activated_on)
            OR (l.contract_end IS NOT NULL AND l.contract_end IS DISTINCT FROM x.contract_end)
            OR (l.ended_on IS NOT NULL AND l.ended_on IS DISTINCT FROM x.ended_on)
        )) AS changed
    FROM (SELECT *, min(n) OVER (PARTITION BY ref) AS first FROM staged_line) l
    JOIN staged s USING (n)
    LEFT JOIN LATERAL (SELECT * FROM customers_line o WHERE o.id = l.line_id OFFSET 0) x ON true
    LEFT JOIN LATERAL (SELECT * FROM customers_plan o WHERE o.id = x.plan_id OFFSET 0) p ON true
    LEFT JOIN LATERAL (
        SELECT i.id FROM customers_identifier i
        WHERE i.branch_id = %(branch)s AND i.value = l.value AND i.kind <> 'id_document' AND i.kind = 'service'
          AND i.valid_to IS NULL AND i.customer_id IS DISTINCT FROM s.known_id
        LIMIT 1
    ) used ON l.value IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT min(t.n) AS n FROM customers_importline t
        WHERE (t.batch_id::text || '/' || t.ref) = %(batch)s::text || '/' || l.ref AND t.n < %(first)s
          AND EXISTS (SELECT FROM customers_importrow r
            WHERE r.batch_id = t.batch_id AND r.n = t.n AND r.outcome <> 'error')
    ) earlier ON %(checking)s
    GROUP BY l.n
"""


def changed(column, old="", new=""):
    """`'name', [old, new]` where the file says something else; `old` and `new` are how to show them."""
    test = f"s.{column} IS NOT NULL AND s.{column} IS DISTINCT FROM c.{column}"
    shown = f"jsonb_build_array({old or f'coalesce(c.{column}::text, {EMPTY})'}, {new or f's.{column}::text'})"
    return f"'{column.removesuffix('_id')}', CASE WHEN {test} THEN {shown} END"


EMPTY = "''"
NAME_OF = "(SELECT t.name FROM {table} t WHERE t.id = {pk})"
NAMED = {"tier_id": "customers_tier", "unit_id": "staff_unit", "community_id": "staff_unit", "manager_id": "staff_user"}
WRITTEN = [
    *("kind", "status", "name", "language", "birthday", "address", "joined_on", "left_on", "monthly_charge"),
    *("total_charge", "payment_way"),
]


def changes():
    """SQL of {field: [old, new]} with everything the row would change."""
    parts = [changed(column) for column in WRITTEN]
    for column, table in NAMED.items():
        names = (NAME_OF.format(table=table, pk=f"{row}.{column}") for row in "cs")
        parts.append(changed(column, *names))
    parts += [
        "'document', CASE WHEN s.document IS NOT NULL AND own.id IS NULL"
        " THEN jsonb_build_array('', s.document_masked) END",
        "'phones', CASE WHEN fresh.phones IS NOT NULL THEN jsonb_build_array('', fresh.phones) END",
        "'lines', CASE WHEN l.made IS NOT NULL OR l.changed IS NOT NULL"
        " THEN jsonb_build_array(coalesce(l.changed, ''), coalesce(l.made, '')) END",
    ]
    return f"jsonb_build_object({', '.join(parts)})"


CLASSIFY = f"""
    WITH earlier AS MATERIALIZED ({EARLIER}), lined AS MATERIALIZED ({LINED})
    INSERT INTO classed (n, outcome, customer_id, same_as, problems, changes)
    SELECT n,
        CASE
            WHEN problems <> '[]' THEN 'error'
            WHEN same_as IS NOT NULL OR twin IS NOT NULL THEN 'duplicate'
            WHEN customer_id IS NULL THEN 'create'
            WHEN changes = '{{}}' THEN 'unchanged'
            ELSE 'update'
        END,
        coalesce(customer_id, twin), same_as, problems || coalesce(twin_problem, '[]'), changes
    FROM (
        SELECT s.n, c.id AS customer_id, twin.id AS twin, e.n_before AS same_as,
            s.problems
                || CASE WHEN c.unit_id <> ALL (%(reach)s::bigint[])
                    THEN '[{{"code": "out_of_reach"}}]'::jsonb ELSE '[]' END
                || CASE WHEN l.taken IS NOT NULL
                    THEN jsonb_build_array(jsonb_build_object('code', 'line_taken', 'value', l.taken))
                    WHEN l.taken_by_row IS NOT NULL AND e.n_before IS NULL AND %(checking)s
                    THEN jsonb_build_array(jsonb_build_object('code', 'line_of_row', 'row', l.taken_by_row))
                    ELSE '[]' END AS problems,
            CASE WHEN twin.id IS NOT NULL
                THEN jsonb_build_array(jsonb_build_object('code', 'same_document', 'value', twin.number)) END
                AS twin_problem,
            CASE WHEN c.id IS NULL THEN '{{}}'::jsonb ELSE jsonb_strip_nulls({changes()}) END AS changes
        FROM staged s
        JOIN earlier e USING (n)
        LEFT JOIN lined l USING (n)
        LEFT JOIN LATERAL (SELECT * FROM customers_customer o WHERE o.id = s.known_id OFFSET 0) c ON true
        LEFT JOIN LATERAL (
            SELECT i.id FROM customers_identifier i
            WHERE i.customer_id = s.known_id AND i.kind = 'id_document' AND i.value = s.document OFFSET 0
        ) own ON true
        LEFT JOIN LATERAL (
            SELECT o.id, o.number FROM customers_identifier i JOIN customers_customer o ON o.id = i.customer_id
            WHERE i.kind = 'id_document' AND i.value = s.document AND i.valid_to IS NULL AND i.branch_id = %(branch)s
              AND i.customer_id IS DISTINCT FROM c.id
            LIMIT 1
        ) twin ON s.document IS NOT NULL AND own.id IS NULL
        LEFT JOIN LATERAL (
            SELECT string_agg(t.written, ', ' ORDER BY t.written) AS phones
            FROM unnest(s.phones, s.phone_keys) t (written, key)
            WHERE NOT EXISTS (SELECT FROM customers_identifier i
                WHERE i.customer_id = c.id AND i.kind = 'contact' AND i.value = t.key)
        ) fresh ON c.id IS NOT NULL
        WHERE NOT EXISTS (SELECT FROM classed k WHERE k.n = s.n)
    ) seen
"""  # noqa: S608  put together from the constants of this module


TALLY = "SELECT outcome, count(*) FROM classed GROUP BY outcome"


def tally(cursor):
    """{outcome: rows} of `classed`."""
    cursor.execute(TALLY)
    return dict(cursor.fetchall())


def classify(cursor, values):
    """Class the rows of `staged` that are not classed yet.

    `values`: branch, batch, first (the range's first row), checking (look for repeats within the file), reach (units
    the importer may touch, None for the whole branch).
    """
    cursor.execute("ANALYZE staged; ANALYZE staged_line")
    for statement in (KNOW, LOCK, ADOPT, FIND, CLASSIFY):
        cursor.execute(statement, values)
