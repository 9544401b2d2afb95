"""Give the application's database role what it needs and nothing more; run by the owner after `migrate`."""

from django.core.management.base import BaseCommand
from django.db import connection
from psycopg2 import sql

APPEND_ONLY = ["audit_event"]


class Command(BaseCommand):
    help = "Grant the application's database role its rights on the tables (no ownership, no truncate)."

    def add_arguments(self, parser):
        parser.add_argument("role")

    def handle(self, *, role, **options):
        role = sql.Identifier(role)
        with connection.cursor() as cursor:
            for statement in (
                "GRANT USAGE ON SCHEMA public TO {}",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            ):
                cursor.execute(sql.SQL(statement).format(role))
            for table in APPEND_ONLY:
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role)
                )
