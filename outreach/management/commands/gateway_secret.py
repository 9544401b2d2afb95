from django.conf import settings
from django.core.management.base import BaseCommand

from outreach import signing


class Command(BaseCommand):
    help = "Print the secret with which a gateway signs its reports and replies (docs/gateways.md)."

    def add_arguments(self, parser):
        parser.add_argument("name", help="what the gateway is called: its address's option `name`, else its channel")

    def handle(self, *args, **options):
        self.stdout.write(signing.secret(settings.GATEWAY_KEY, options["name"]))
