from django.core.management.base import BaseCommand

from outreach.simulator import __main__ as simulator


class Command(BaseCommand):
    help = "Run an SMS and mail centre for trying things out, until it is stopped (docs/gateways.md)."
    requires_system_checks = []

    def add_arguments(self, parser):
        simulator.arguments(parser)

    def handle(self, *args, **options):
        simulator.run(**{name: options[name] for name in simulator.OPTIONS})
