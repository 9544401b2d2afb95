"""What was to be followed up and is not done yet becomes a follow-up."""

from django.db import migrations

CATCH_UP = """
    INSERT INTO work_followup (branch_id, unit_id, customer_id, key, kind, what, told_by, origin, made_by_id, made_at,
        interaction_id, about_type, owner_id, handed_over, due_at, late_at, escalate_at, keeps_time, number, priority,
        state, round, noted_at, moved_times, level, version, passed_numbers)
    SELECT i.branch_id, i.unit_id, i.customer_id, 'contact:' || i.key, 'callback', i.follow_up, '', 'person', i.by_id,
        i.at, i.id, '', i.first_owner_id, 0,
        (i.follow_up_on + time '08:30') AT TIME ZONE u.time_zone,
        (i.follow_up_on + 1)::timestamp AT TIME ZONE u.time_zone,
        (i.follow_up_on + 1)::timestamp AT TIME ZONE u.time_zone,
        false, '', 3, 'planned', 1, i.at, 0, 0, 1, '{}'
    FROM customers_interaction i JOIN staff_unit u ON u.id = i.unit_id
    WHERE i.next_step = 'follow_up' AND i.followed_up_at IS NULL
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0002_follow_ups"), ("customers", "0002_words_of_the_back_office")]

    operations = [migrations.RunSQL(CATCH_UP, migrations.RunSQL.noop)]
