"""What is owed to subscribers is written down by the database itself, in the transaction of the event.

A trigger on `audit_event` sees single events and sets alike, whoever inserts them. Without a subscription it asks one
question of an empty table and is done. The payload is put together here, so that it says how things stood then: ids,
numbers and codes, and of what changed the names of the fields alone.
"""

from django.db import migrations

OUTBOX = """
CREATE FUNCTION webhooks_put_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM webhooks_subscription WHERE state <> 'withdrawn') THEN
        RETURN NULL;
    END IF;
    INSERT INTO webhooks_delivery (subscription_id, event_id, kind, payload)
    SELECT s.id, e.id, e.verb, jsonb_build_object(
        'type', e.verb,
        'timestamp', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'data', jsonb_build_object(
            'subject', jsonb_build_object('type', split_part(e.subject_type, '.', 2), 'id', e.subject_id),
            'customer', jsonb_build_object('id', c.id, 'number', c.number),
            'branch', home.code,
            'unit', u.code,
            'changed', CASE WHEN jsonb_exists_any(e.data, ARRAY['fields', 'document', 'lines', 'phones'])
                THEN webhooks_changed(e.data) ELSE '[]' END
        ))
    FROM fresh e
    JOIN customers_customer c ON c.id = e.customer_id
    JOIN staff_unit u ON u.id = c.unit_id
    JOIN staff_unit home ON home.id = c.branch_id
    JOIN webhooks_subscription s ON s.branch_id = c.branch_id AND s.state <> 'withdrawn'
        AND (e.verb = ANY (s.kinds) OR split_part(e.verb, '.', 1) || '.*' = ANY (s.kinds))
    JOIN staff_unit reach ON reach.id = s.unit_id AND starts_with(u.path, reach.path)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION webhooks_changed(data jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(name ORDER BY name), '[]') FROM (
        SELECT jsonb_object_keys(
            CASE jsonb_typeof(data -> 'fields') WHEN 'object' THEN data -> 'fields' ELSE '{}' END
        ) AS name
        UNION SELECT name FROM unnest(ARRAY['document', 'lines', 'phones']) name WHERE jsonb_exists(data, name)
    ) named
$$;

CREATE TRIGGER webhooks_put_out AFTER INSERT ON audit_event REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION webhooks_put_out();
"""
NONE = """
DROP TRIGGER webhooks_put_out ON audit_event;
DROP FUNCTION webhooks_put_out();
DROP FUNCTION webhooks_changed(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_initial"),
        ("audit", "0001_initial"),
        ("customers", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [migrations.RunSQL(OUTBOX, NONE)]
