"""One look, for cron: lay out the slots that are due and work them off."""

from django.core.management.base import BaseCommand

from jobs import pendulum


class Command(BaseCommand):
    help = "Lay out what is due and work it off once. Cron may call it beside any number of workers."

    def handle(self, **options):
        pendulum.turn()
