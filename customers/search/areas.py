"""Search rows follow their unit through the tree: `area` is the unit directly below the branch over their own."""

from django.db import connection

from staff.models import Unit

MOVE = """
    UPDATE customers_searchentry e SET area_id = moved.area
    FROM (
        SELECT id, coalesce(nullif(split_part(path, '/', 2), '')::bigint, id) AS area
        FROM staff_unit WHERE starts_with(path, %s)
    ) moved
    WHERE e.unit_id = moved.id AND e.area_id <> moved.area
"""


def follow(unit: Unit) -> int:
    """Called in the transaction that moves `unit` with all below it; how many search rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [unit.path])
        return cursor.rowcount
