"""Give the application's database role what it needs and nothing more; run by the owner after `migrate`."""

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg2 import sql

APPEND_ONLY = ["audit_event"]
RIGHTS = [
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
]
# Kept with the database, not with the connection, so that they also hold behind a transaction-pooling PgBouncer.
# A job that needs longer says `SET LOCAL statement_timeout` in its transaction.
LIMITS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


class Command(BaseCommand):
    help = "Grant the application's database role its rights and set the time limits of its statements."

    def add_arguments(self, parser):
        parser.add_argument("role")

    @transaction.atomic
    def handle(self, *, role, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user")
            database, owner = cursor.fetchone()
            for name, value in LIMITS.items():
                limit = named("ALTER DATABASE {database} SET {name} = %s", database=database, name=name)
                cursor.execute(limit, [value])
            if owner != role:
                grant(cursor, database, owner, role)


def grant(cursor, database, owner, role):
    for statement in RIGHTS:
        cursor.execute(named(statement, database=database, role=role))
    for table in APPEND_ONLY:
        cursor.execute(named("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", table=table, role=role))
    for name in ("statement_timeout", "lock_timeout"):  # migrations take the time they take
        free = "ALTER ROLE {owner} IN DATABASE {database} SET {name} = 0"
        cursor.execute(named(free, owner=owner, database=database, name=name))


def named(statement, **names):
    return sql.SQL(statement).format(**{key: sql.Identifier(name) for key, name in names.items()})
