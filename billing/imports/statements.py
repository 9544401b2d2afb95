"""The statements that judge and keep rows of files about money, whatever their subject; filled in by `facts.Facts`.

Big tables are reached by keys alone, one look-up a row (LATERAL … OFFSET 0), as for customers. In `staged` stands what
the rows say, in `classed` what they come to: `fact_id` the record, `of_id` what it is of beside the account.
"""

TABLES = """
    SET LOCAL client_min_messages = warning;
    CREATE TEMP TABLE IF NOT EXISTS {staged} (
        n int, row_number text, row_name text, problems jsonb, {columns}
    ) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS {classed} (
        n int PRIMARY KEY, outcome text, account_id bigint, of_id bigint, customer_id bigint, fact_id bigint,
        same_as int, problems jsonb, changes jsonb
    ) ON COMMIT DELETE ROWS;
    DELETE FROM {staged};
    DELETE FROM {classed}
"""  # of the session, so that a busy API makes them once
# The first good row with the same number, in this range or before it.
EARLIER = """
    SELECT n, CASE WHEN first < n THEN first END AS n_before
    FROM (
        SELECT s.n, least(
            min(s.n) FILTER (WHERE s.problems = '[]') OVER (PARTITION BY s.row_number),
            (SELECT min(r.n) FROM customers_importrow r
                WHERE %(checking)s AND (r.batch_id::text || '/' || r.number) = %(batch)s::text || '/' || s.row_number
                AND r.n < %(first)s AND r.outcome NOT IN ('error', 'duplicate'))
        ) AS first
        FROM {staged} s
    ) found
"""
JUDGE = f"""
    WITH earlier AS MATERIALIZED ({EARLIER})
    INSERT INTO {{classed}} (n, outcome, account_id, of_id, customer_id, fact_id, same_as, problems, changes)
    SELECT n,
        CASE
            WHEN problems <> '[]' THEN 'error'
            WHEN same_as IS NOT NULL THEN 'duplicate'
            WHEN fact_id IS NULL THEN 'create'
            WHEN changes = '{{{{}}}}' THEN 'unchanged'
            ELSE 'update'
        END, account_id, of_id, customer_id, fact_id, same_as, problems, changes
    FROM (
        SELECT s.n, {{account}} AS account_id, {{of}} AS of_id, {{customer}} AS customer_id, x.id AS fact_id,
            e.n_before AS same_as,
            s.problems || {{problems}} AS problems,
            CASE WHEN x.id IS NULL THEN '{{{{}}}}'::jsonb ELSE {{changes}} END AS changes
        FROM {{staged}} s JOIN earlier e USING (n) {{joins}}
        WHERE NOT EXISTS (SELECT FROM {{classed}} k WHERE k.n = s.n)
    ) seen
"""  # noqa: S608  our own words
ACCOUNT = """
    LEFT JOIN LATERAL (
        SELECT o.*, c.unit_id FROM billing_account o JOIN customers_customer c ON c.id = o.customer_id
        WHERE o.branch_id = %(branch)s AND o.ref = s.account
          AND (%(reach)s::bigint[] IS NULL OR c.unit_id = ANY (%(reach)s::bigint[])) OFFSET 0
    ) a ON true
"""  # what is out of reach is as unknown as what does not exist
CLEAR = """
    DELETE FROM customers_importrow
    WHERE batch_id = %(batch)s AND n BETWEEN (SELECT min(n) FROM {staged}) AND (SELECT max(n) FROM {staged})
"""
KEEP = """
    INSERT INTO customers_importrow (batch_id, n, number, name, number_key, notes, problems, outcome, customer_id,
        same_as, changes, brought_in, said, phones, phone_keys)
    SELECT %(batch)s, s.n, s.row_number, s.row_name, '', '[]', k.problems, k.outcome, k.customer_id,
        k.same_as, k.changes, false, ARRAY[{texts}], '{{}}', '{{}}'
    FROM {staged} s JOIN {classed} k USING (n) ORDER BY n
"""
STAGE_KEPT = """
    INSERT INTO {staged} (n, row_number, row_name, problems, {names})
    SELECT n, number, name, '[]', {typed} FROM customers_importrow
    WHERE batch_id = %(batch)s AND n BETWEEN %(first)s AND %(last)s AND NOT brought_in
      AND outcome IN ('create', 'update', 'unchanged')
"""
KEPT = """
    UPDATE customers_importrow r SET
        outcome = k.outcome, customer_id = k.customer_id, problems = k.problems, changes = k.changes,
        brought_in = k.outcome IN ('create', 'update', 'unchanged')
    FROM {classed} k
    WHERE r.batch_id = %(batch)s AND r.n BETWEEN %(first)s AND %(last)s AND r.n = k.n
"""
LOST = "DELETE FROM {classed} WHERE outcome = 'create' AND fact_id IS NULL"
WRITTEN = "SELECT FROM {classed} WHERE outcome IN ('create', 'update') LIMIT 1"
TALLY = "SELECT outcome, count(*) FROM {classed} GROUP BY outcome"
EVENTS = """
    INSERT INTO audit_event (actor_id, verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT %(by)s, '{verb}', '{model}', k.fact_id, k.customer_id, %(branch)s, %(request)s,
        jsonb_strip_nulls(jsonb_build_object('import', %(batch)s::bigint, 'file', %(file)s::text,
            'row', CASE WHEN %(batch)s IS NOT NULL THEN k.n END, 'account', k.account_id, {data}))
    FROM {classed} k JOIN {staged} s USING (n)
    WHERE k.outcome = '{outcome}'
    ORDER BY k.n
"""


def problem(code, when, **more):
    """SQL of a list with that problem, or an empty one; `more` are SQL expressions."""
    said = "".join(f", '{name}', {value}" for name, value in more.items())
    return f"CASE WHEN {when} THEN jsonb_build_array(jsonb_build_object('code', '{code}'{said})) ELSE '[]'::jsonb END"


def unknown(what, column, found):
    """A number that names nothing of the branch."""
    when = f"s.{column} IS NOT NULL AND {found}.id IS NULL"
    return problem(f"unknown_{what}", when, column=f"'{column}'", value=f"s.{column}")


def conflict(**pairs):
    """What is there already differs: {field: (SQL of what is kept, SQL of what is said)}; a null says nothing."""
    wrong = [f"{said} IS NOT NULL AND {kept} IS DISTINCT FROM {said}" for kept, said in pairs.values()]
    names = ", ".join(f"CASE WHEN {one} THEN '{name}' END" for name, one in zip(pairs, wrong, strict=True))
    when = f"x.id IS NOT NULL AND ({' OR '.join(wrong)})"
    return problem("conflict", when, columns=f"to_jsonb(array_remove(ARRAY[{names}], NULL))")


def changed(*columns):
    """SQL of {field: [old, new]} with what the row would change of `x`."""
    pairs = (
        f"'{name}', CASE WHEN s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM x.{name}"
        f" THEN jsonb_build_array(coalesce(x.{name}::text, ''), s.{name}::text) END"
        for name in columns
    )
    return f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))"
