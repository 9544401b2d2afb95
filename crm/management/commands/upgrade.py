"""Bring the database to this version; run by its owner before the new version serves."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from crm import new_database
from staff import public_holidays

LOCK = 7_204_511  # any number, always the same: two machines that upgrade at once take turns


class Command(BaseCommand):
    help = "Migrate the database, renew the rights of the application's database role, learn public holidays."

    def add_arguments(self, parser):
        parser.add_argument("role", help="the role the application signs in as")

    def handle(self, *, role, verbosity, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if new_database.is_new():
            new_database.make()
        call_command("migrate", interactive=False, verbosity=max(verbosity - 1, 0))
        call_command("grants", role)
        public_holidays.learn()
