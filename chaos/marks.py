"""Effects in the database: each step of a run and each slot leaves a mark, and each exactly one."""

TABLE = """
    CREATE TABLE IF NOT EXISTS chaos_mark (
        id bigint GENERATED ALWAYS AS IDENTITY, run_id bigint NOT NULL, n int NOT NULL, at timestamptz DEFAULT now()
    )
"""
ASK = """
    INSERT INTO jobs_run (job, key, params, state, attempts, cancel_asked, cursor, done, counts, error, next_at)
    SELECT 'chaos.steps', 'chaos-' || n, '{}', 'waiting', 0, false, '{}', 0, '{}', '',
        now() + n * make_interval(secs => %(seconds)s) / %(runs)s
    FROM generate_series(1, %(runs)s) n
"""
DONE = "SELECT count(*) FROM jobs_run WHERE job = 'chaos.steps' AND state = 'done'"
OPEN = "SELECT count(*) FROM jobs_run WHERE job LIKE 'chaos.%%' AND state NOT IN ('done')"
VERDICT = """
    WITH wanted AS (
        SELECT id AS run_id, n FROM jobs_run, generate_series(0, %(steps)s - 1) n WHERE job = 'chaos.steps'
        UNION ALL SELECT run_id, 0 FROM jobs_slot WHERE job = 'chaos.slots'
    ), found AS (SELECT run_id, n, count(*) AS times FROM chaos_mark GROUP BY run_id, n)
    SELECT count(*), count(*) FILTER (WHERE times IS NULL), count(*) FILTER (WHERE times > 1)
    FROM wanted FULL JOIN found USING (run_id, n)
"""
SLOTS = """
    SELECT count(*), coalesce(sum(gap - 1), 0) FROM (
        SELECT extract(epoch FROM slot_at - lag(slot_at) OVER (ORDER BY slot_at)) / 2 AS gap
        FROM jobs_slot WHERE job = 'chaos.slots'
    ) gaps
"""


def verdict(marks, slots):
    """(what was lost or doubled, whether nothing was)."""
    wanted, lost, doubled = marks
    known, missing = slots
    said = f"{wanted} steps and {known} slots: {lost} lost, {doubled} doubled, {missing:.0f} slots missing"
    return said, not (lost or doubled or missing)
