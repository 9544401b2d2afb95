"""Messages of runs and of clients: each must reach a phone once; what the gateways' book says of them."""

from collections import Counter

from chaos.gateway import BLIND, CONTROL, WAYS

OPEN = """
    SELECT count(*) FROM outreach_message
    WHERE (key LIKE 'chaos %%' OR key LIKE 'api/%%')
      AND (state IN ('planned', 'submitting') OR (state = 'unknown' AND next_at IS NOT NULL))
"""
OWED = """
    SELECT (SELECT count(*) FROM chaos_mark JOIN jobs_run r ON r.id = run_id WHERE r.job = 'chaos.steps'),
        count(*) FILTER (WHERE key LIKE 'chaos %%'),
        json_agg(json_build_array(channel, ref, state, reason)) FILTER (WHERE key LIKE 'chaos %%' OR key LIKE 'api/%%'),
        (SELECT count(*) FROM outreach_attempt), json_agg(ref)
    FROM outreach_message
"""


def environment(gateways):
    kinds = [*WAYS.values(), CONTROL]
    return {f"CHAOS_{kind.upper()}": gateways.address(kind) for kind in kinds}


def verdict(row, gateways):
    """(a line of what was lost or doubled, whether all is well). Only a blind gateway may leave a doubt, as a doubt."""
    steps, of_steps, rows, attempts, known = row
    wrong = Counter({"absent": steps * len(WAYS) - of_steps})
    unknown = doubled = 0
    for channel, ref, state, reason in rows:
        kind = WAYS[channel]
        taken = gateways.book[kind][ref]
        doubled += taken > 1
        unknown += state == "unknown"
        if not (state == "accepted" and taken) and not (kind == BLIND and state == "unknown"):
            wrong[f"{kind} {state} {reason}"] += 1
    lost, known = sum(wrong.values()), set(known)
    strange = sum(ref not in known for kind in WAYS.values() for ref in gateways.book[kind])
    said = (
        f"messages: {len(rows)} in {attempts} attempts past {gateways.faults.total()} faults of the gateways: "
        f"{lost} lost, {doubled} doubled, {strange} under another reference, {unknown} left to a person"
    )
    return said + "".join(f"\n{n:6} {what}" for what, n in wrong.items() if n), not (lost or doubled or strange)


def control(asked, gateways):
    """What plain Celery made of its own messages under the same faults."""
    book = gateways.book[CONTROL]
    lost, doubled = sum(not book[ref] for ref in asked), sum(book[ref] > 1 for ref in asked)
    return f"control, plain Celery: {len(asked)} messages: {lost} lost, {doubled} doubled"
