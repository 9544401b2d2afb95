"""Make the first branch on an empty installation: its administrator, and what it starts with."""

import os
from getpass import getpass

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from billing import starter as billing_starter
from complaints import starter as complaints_starter
from customers import starter
from staff.models import Unit, User
from staff.rights import Role

PASSWORD_VARIABLE = "FIRST_PASSWORD"  # noqa: S105


class Command(BaseCommand):
    help = f"Make the first branch and its administrator. The password is asked for, or taken from {PASSWORD_VARIABLE}."

    def add_arguments(self, parser):
        parser.add_argument("username", help="sign-in name of the administrator")
        parser.add_argument("--name", help="their name, family name first (default: the sign-in name)")
        parser.add_argument("--branch", required=True, help="name of the branch")
        parser.add_argument("--branch-en", default="", help="its English name")
        parser.add_argument("--code", default="1", help="code of the branch")
        parser.add_argument("--time-zone", default="Asia/Shanghai")

    def handle(self, *, username, name, branch, branch_en, code, time_zone, **options):
        password = os.environ.get(PASSWORD_VARIABLE) or getpass("Password: ")
        try:
            with transaction.atomic():
                self._refuse_if_people_exist()
                place = {"code": code, "name": branch, "name_en": branch_en, "time_zone": time_zone}
                home = Unit.open(kind=Unit.Kind.BRANCH, parent=None, by=None, **place)
                person = User.hire(by=None, branch=home, username=username, name=name or username, password=password)
                person.post(Role.ADMIN, home, by=None)
                starter.plant(home)
                billing_starter.plant(home, by=person)
                complaints_starter.plant(home, by=person)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        self.stdout.write(f"{username} administers {branch} now and can sign in.")

    def _refuse_if_people_exist(self):
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE staff_user IN SHARE ROW EXCLUSIVE MODE")  # two first people at once are one
        if User.objects.exists():
            raise CommandError("There are people already: the administrator makes further ones in the settings.")
