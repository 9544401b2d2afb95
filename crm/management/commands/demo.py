"""Load the demo branch, or list its logins."""

import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from crm.demo import load, sizes, staff


class Command(BaseCommand):
    help = "Put a believable prefecture branch into an empty database; a second run does nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--customers", type=int, default=sizes.SMALL, help="how many customers (default %(default)s)"
        )
        parser.add_argument("--logins", action="store_true", help="only print one demo login for each role")

    def handle(self, *, customers, logins, **options):
        if logins:
            for role, username, name in staff.logins():
                self.stdout.write(f"{role}  {username}  {staff.PASSWORD}  {name}")
            return
        if customers < 1000:
            raise CommandError("A demo branch has at least 1,000 customers.")
        try:
            made = load.load(customers, progress=self.progress)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        self.stdout.write("The demo branch is loaded." if made else "The demo branch is already there.")

    def progress(self, done, total):
        """A bar on a terminal; a log gets nothing but the end."""
        if not sys.stderr.isatty() and done < total:
            return
        filled = 40 * done // total
        end = "\n" if done == total else ""
        self.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {done:,} / {total:,}", ending=end)
