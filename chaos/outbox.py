"""Events that must reach the receiver: each under one id, at least once."""

TOLD = """
    INSERT INTO webhooks_subscription (branch_id, unit_id, key, name, url, kinds, state, stopped_for, salt,
        secret_number, failures, last_error, created_by_id)
    SELECT u.id, u.id, gen_random_uuid(), 'Chaos', %s, '{customer.*}', 'active', '', gen_random_uuid(), 1, 0, '',
        (SELECT min(id) FROM staff_user)
    FROM staff_unit u WHERE u.kind = 'branch' AND u.id = (SELECT min(branch_id) FROM customers_customer)
"""
HAPPEN = """
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'customer.changed', 'customers.customer', id, id, branch_id, 'chaos', '{}' FROM customers_customer
    WHERE branch_id = (SELECT branch_id FROM webhooks_subscription WHERE name = 'Chaos') ORDER BY random() LIMIT %s
"""
OPEN = "SELECT count(*) FROM webhooks_delivery WHERE state <> 'delivered'"
BOOK = """
    SELECT (SELECT count(*) FROM audit_event WHERE request_id = 'chaos'), count(*), coalesce(sum(attempts), 0),
        array_agg('msg_' || replace(d.key::text, '-', ''))
    FROM webhooks_delivery d JOIN webhooks_subscription s ON s.id = d.subscription_id WHERE s.name = 'Chaos'
"""
A_TIME = 4  # events at one moment, in one statement


def verdict(row, came):
    """A line that says what was lost or doubled, and whether nothing was. `came`: how often each id came."""
    events, owed, attempts, ids = row
    lost = events - len(set(ids or ()) & set(came))
    strange = len(set(came) - set(ids or ()))
    again = sum(came.values()) - len(came)
    said = f"{events} events told in {attempts} attempts: {lost} lost, {strange} under another id, {again} came again"
    return said, not lost and not strange and events == owed
