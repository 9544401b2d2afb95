"""Complaints of one range of judged rows, with what follows from them: set by set, in one transaction."""

from complaints import weighing
from complaints.clocks import following
from complaints.models import Complaint
from complaints.models.complaints import TICKET
from complaints.models.states import OVER, State

# As `accepting.accept` takes its turn for a customer.
TURNS = """
    SELECT pg_advisory_xact_lock(hashtextextended('complaints of ' || found.id, 0)) FROM (
        SELECT DISTINCT c.id FROM {staged} s {joins} WHERE c.id IS NOT NULL ORDER BY c.id
    ) found
"""
ENDS = ", ".join(f"'{state}'" for state in OVER)
MAKING = f"""
    WITH fresh AS (
        SELECT s.*, k.customer_id, extract(year FROM s.received_at AT TIME ZONE %(zone)s)::int AS year
        FROM {{staged}} s JOIN {{classed}} k USING (n)
        WHERE k.outcome = 'create' AND k.fact_id IS NULL
    ), taken AS (
        INSERT INTO complaints_complaintseries AS series (branch_id, year, last)
        SELECT %(branch)s, year, count(*) FROM fresh GROUP BY year ORDER BY year
        ON CONFLICT (branch_id, year) DO UPDATE SET last = series.last + excluded.last
        RETURNING year, last
    ), counted AS (
        SELECT f.*, t.last - row_number() OVER (PARTITION BY f.year ORDER BY f.received_at DESC, f.n DESC) + 1 AS serial
        FROM fresh f JOIN taken t USING (year)
    ), made AS (
        INSERT INTO complaints_complaint (
            branch_id, number, key, ref, customer_id, caller_name, caller_number, on_behalf, channel, received_at,
            accepted_at, accepted_unit_id, unit_id, category_id, words, wanted, answer_by, product, line_id, plan_id,
            place, area_unit_id, imported, said_state, tier_id, level, major, is_repeat, first_owner_id, owner_id,
            transfers, state, touched_at, silent_at, resolved_at, ended_at, reopened, on_spot, answer, edition
        )
        SELECT %(branch)s, to_char(f.year %% 100, 'FM00') || '-' || to_char(f.serial, 'FM000000'), 'import:' || f.ref,
            f.ref, c.id, coalesce(f.caller_name, ''),
            coalesce(f.caller_number, CASE WHEN c.id IS NULL THEN '{TICKET}' || f.ref ELSE '' END),
            coalesce(f.on_behalf, false), f.channel, f.received_at, f.received_at, %(unit)s, %(unit)s, g.id, f.words,
            coalesce(f.wanted, ''), 'phone', coalesce(l.kind, ''), l.id, l.plan_id, coalesce(f.place, ''),
            c.community_id, true, f.state, c.tier_id,
            greatest(coalesce(g.level, 1), CASE WHEN f.channel = 'regulator' THEN 3 ELSE 1 END,
                CASE WHEN c.kind = 'group' OR c.locked_high_value OR t.mark <> 'none' THEN 2 ELSE 1 END),
            false, false, %(by)s, (%(owners)s::bigint[])[1 + f.n %% cardinality(%(owners)s::bigint[])], 0, f.state,
            f.received_at, now(), coalesce(f.answered_at, CASE WHEN f.state = 'closed' THEN f.closed_at END),
            CASE WHEN f.state IN ({ENDS}) THEN coalesce(f.closed_at, f.answered_at, f.received_at) END,
            0, false, coalesce(f.answer, ''), 1
        FROM counted f
        LEFT JOIN customers_customer c ON c.id = f.customer_id
        LEFT JOIN customers_tier t ON t.id = c.tier_id
        LEFT JOIN complaints_category g ON g.branch_id = %(branch)s AND g.code = f.category
        LEFT JOIN LATERAL (
            SELECT o.* FROM customers_identifier i JOIN customers_line o ON o.id = i.line_id
            WHERE i.branch_id = %(branch)s AND i.value = f.line AND i.kind = 'service' AND i.customer_id = c.id
              AND i.valid_to IS NULL LIMIT 1
        ) l ON true
        ORDER BY f.ref
        ON CONFLICT (branch_id, key) DO NOTHING
        RETURNING id, ref
    )
    UPDATE {{classed}} k SET fact_id = made.id
    FROM made JOIN {{staged}} s USING (ref)
    WHERE k.n = s.n AND k.outcome = 'create'
"""  # noqa: S608  our own words
# How each came to where it stands: the moves that the states of now allow, at the times the file says.
PATHS = {
    State.ACCEPTED: [],
    State.IN_PROGRESS: [State.ASSIGNED, State.IN_PROGRESS],
    State.CLOSED: [State.RESOLVED, State.CALLBACK_DUE, State.CLOSED],
    State.WITHDRAWN: [State.WITHDRAWN],
}
STEPS = ", ".join(
    f"('{end}', {n}, '{was}', '{then}')"
    for end, path in PATHS.items()
    for n, (was, then) in enumerate(zip(["", State.ACCEPTED, *path], [State.ACCEPTED, *path], strict=False), 1)
)
LOGGED = f"""
    INSERT INTO complaints_statechange (complaint_id, n, was, "then", at, by_id, owner_id, level, reason)
    SELECT c.id, p.n, p.was, p.follows, CASE
            WHEN p.follows IN ('accepted', 'assigned', 'in_progress') THEN c.received_at
            WHEN p.follows IN ({ENDS}) THEN c.ended_at
            ELSE coalesce(c.resolved_at, c.ended_at)
        END, %(by)s, c.owner_id, c.level, CASE WHEN p.follows = c.state THEN coalesce(s.state_word, '') ELSE '' END
    FROM {{classed}} k JOIN {{staged}} s USING (n) JOIN complaints_complaint c ON c.id = k.fact_id
    JOIN (VALUES {STEPS}) p (ends, n, was, follows) ON p.ends = c.state
    WHERE k.outcome = 'create' ORDER BY c.id, p.n
"""  # noqa: S608  our own words
MADE = "SELECT fact_id FROM {classed} WHERE outcome = 'create'"


def follow(about, cursor, values):
    """Repeats, the log and the clocks of what was just made."""
    about.run(cursor, MADE)
    made = [pk for (pk,) in cursor.fetchall()]
    weighing.find_repeats(made)
    about.run(cursor, LOGGED, values)
    following.begin_all(Complaint.objects.filter(pk__in=made))
