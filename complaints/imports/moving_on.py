"""What became of a ticket in the system that has it, told by a later file: its complaint moves as the file says, as
long as nobody has worked on it here. Set by set, in the transaction of the range.
"""

from complaints.clocks import following
from complaints.imports.bringing import ENDS
from complaints.models import Complaint
from complaints.models.states import State

# By which moves a complaint comes from where it is to where the file has it; what is over does not come back.
WAYS = {
    (State.ACCEPTED, State.IN_PROGRESS): [State.ASSIGNED, State.IN_PROGRESS],
    (State.ACCEPTED, State.CLOSED): [State.RESOLVED, State.CALLBACK_DUE, State.CLOSED],
    (State.IN_PROGRESS, State.CLOSED): [State.RESOLVED, State.CALLBACK_DUE, State.CLOSED],
    (State.ACCEPTED, State.WITHDRAWN): [State.WITHDRAWN],
    (State.IN_PROGRESS, State.WITHDRAWN): [State.WITHDRAWN],
}
STEPS = ", ".join(
    f"('{begin}', '{end}', {n}, '{was}', '{then}')"
    for (begin, end), way in WAYS.items()
    for n, (was, then) in enumerate(zip([begin, *way], way, strict=False), 1)
)
LONGEST = max(map(len, WAYS.values()))
# The file says another state than it said last. An empty cell says nothing.
CHANGED = """
    s.state_word IS NOT NULL AND s.state <> coalesce(nullif(x.said_state, ''), x.state) AND s.state <> x.state
"""
CHANGES = f"CASE WHEN {CHANGED} THEN jsonb_build_object('status', jsonb_build_array(x.state, s.state)) ELSE '{{}}' END"
# Whoever does something with a complaint touches it, and all but these do; an absence that lends it touches nothing.
WORKED = """(
    x.touched_at <> x.received_at OR x.incident_id IS NOT NULL
    OR EXISTS (SELECT FROM complaints_regulatorcase a WHERE a.complaint_id = x.id)
)"""
FORWARD = ", ".join(f"('{begin}', '{end}')" for begin, end in WAYS)
WORKED_HERE = f"x.id IS NOT NULL AND {CHANGED} AND {WORKED}"
WENT_BACK = f"x.id IS NOT NULL AND {CHANGED} AND NOT {WORKED} AND (x.state, s.state) NOT IN ({FORWARD})"
HOLD = """
    SELECT o.id FROM complaints_complaint o JOIN {staged} s ON o.key = 'import:' || s.ref
    WHERE o.branch_id = %(branch)s AND o.state <> s.state ORDER BY o.id FOR NO KEY UPDATE OF o
"""
NEXT = f"""
    {{classed}} k JOIN {{staged}} s USING (n)
    JOIN (VALUES {STEPS}) p (begins, ends, n, was, follows)
        ON p.begins = k.changes -> 'status' ->> 0 AND p.ends = s.state AND p.n = %(step)s
"""
MOVED = f"""
    UPDATE complaints_complaint c SET state = p.follows, said_state = s.state, edition = c.edition + 1,
        answer = coalesce(s.answer, c.answer),
        resolved_at = CASE
            WHEN p.ends = 'closed' THEN coalesce(s.answered_at, c.resolved_at, s.closed_at) ELSE c.resolved_at
        END,
        ended_at = CASE WHEN p.follows IN ({ENDS}) THEN coalesce(s.closed_at, s.answered_at, c.received_at) END
    FROM {NEXT} WHERE k.outcome = 'update' AND c.id = k.fact_id
"""  # noqa: S608  our own words
LOGGED = f"""
    INSERT INTO complaints_statechange (complaint_id, n, was, "then", at, by_id, owner_id, level, reason)
    SELECT c.id, last.n + 1, p.was, p.follows, greatest(last.at, CASE
            WHEN p.follows IN ('assigned', 'in_progress') THEN c.received_at
            WHEN p.follows IN ({ENDS}) THEN c.ended_at
            ELSE coalesce(c.resolved_at, c.received_at)
        END), %(by)s, c.owner_id, c.level, CASE WHEN p.follows = p.ends THEN s.state_word ELSE '' END
    FROM {NEXT} JOIN complaints_complaint c ON c.id = k.fact_id
    JOIN LATERAL (
        SELECT o.n, o.at FROM complaints_statechange o WHERE o.complaint_id = c.id ORDER BY o.n DESC LIMIT 1
    ) last ON true
    WHERE k.outcome = 'update' ORDER BY c.id
"""  # noqa: S608  our own words
FOUND = "SELECT fact_id FROM {classed} WHERE outcome = 'update'"


def move_on(about, cursor, values):
    """Every complaint whose row is judged `update`, move by move, with its log and its clocks."""
    about.run(cursor, FOUND)
    moved = [pk for (pk,) in cursor.fetchall()]
    if not moved:
        return
    for step in range(1, LONGEST + 1):
        about.run(cursor, MOVED, values | {"step": step})
        about.run(cursor, LOGGED, values | {"step": step})
    following.catch_up(Complaint.objects.filter(pk__in=moved))
