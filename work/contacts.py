"""What was promised when a contact was recorded is a follow-up (A11); both are done together."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from work import attempting, owing
from work.models import FollowUp
from work.models.states import Kind

OPENING = time(8, 30)  # of the day by which a contact is to be followed up
# For contacts that came in by the thousand, past `record_visit`.
CATCH_UP = """
    INSERT INTO work_followup (branch_id, unit_id, customer_id, key, kind, what, told_by, origin, made_by_id, made_at,
        interaction_id, about_type, owner_id, handed_over, due_at, late_at, escalate_at, keeps_time, number, priority,
        state, round, noted_at, moved_times, level, version, passed_numbers)
    SELECT i.branch_id, i.unit_id, i.customer_id, 'contact:' || i.key, 'callback', i.follow_up, '', 'person', i.by_id,
        i.at, i.id, '', i.first_owner_id, 0,
        (i.follow_up_on + %(opening)s::time) AT TIME ZONE u.time_zone,
        (i.follow_up_on + 1)::timestamp AT TIME ZONE u.time_zone,
        (i.follow_up_on + 1)::timestamp AT TIME ZONE u.time_zone,
        false, '', 3, 'planned', 1, i.at, 0, 0, 1, '{}'
    FROM customers_interaction i JOIN staff_unit u ON u.id = i.unit_id
    WHERE i.branch_id = %(branch)s AND i.next_step = 'follow_up' AND i.followed_up_at IS NULL
    ON CONFLICT DO NOTHING
"""


def follow(interaction, *, by):
    """Make the follow-up agree with the contact: there while it waits, done once it is done."""
    found = FollowUp.objects.filter(interaction=interaction).first()
    if interaction.awaits_follow_up and not found:
        _owe(interaction)
    elif found and not interaction.awaits_follow_up:
        attempting.tick_off(found, by=by, at=interaction.followed_up_at)


def _owe(interaction):
    due_at, late_at = _window(interaction.follow_up_on, ZoneInfo(interaction.unit.time_zone), interaction.at)
    owing.owe(
        interaction.customer,
        Kind.CALLBACK,
        interaction.follow_up,
        key=f"contact:{interaction.key}",
        due_at=due_at,
        late_at=late_at,
        by=interaction.by,
        owner=interaction.first_owner,
        unit=interaction.unit,
        interaction=interaction,
    )


def _window(day, zone, at):
    """From the opening of the day, or from now on, until the day is over."""
    late_at = datetime.combine(day + timedelta(days=1), time.min, zone)
    return min(max(datetime.combine(day, OPENING, zone), at), late_at), late_at


def catch_up(branch):
    """Follow-ups for all contacts of the branch that wait for one and have none; returns how many were made."""
    with connection.cursor() as cursor:
        cursor.execute(CATCH_UP, {"branch": branch.pk, "opening": OPENING})
        return cursor.rowcount
