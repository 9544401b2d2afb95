"""The catalogue of messages: compiled, checked, completed, all without GNU gettext."""

from django.core.management.base import BaseCommand, CommandError

from crm import translations


class Command(BaseCommand):
    help = "Report on the translations; compile them, check that they are complete, or add what is missing."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--compile", action="store_true", help="write the .mo files whose .po is newer")
        what.add_argument("--check", action="store_true", help="fail when a message is missing or wrong")
        what.add_argument("--collect", action="store_true", help="add the sources' new messages to the .po files")

    def handle(self, *, compile, check, collect, **options):
        for catalogue in translations.catalogues():
            if compile:
                catalogue.compile()
            else:
                self.report(catalogue, check, collect)

    def report(self, catalogue, check, collect):
        messages = translations.collect()
        if collect:
            self.stdout.write(f"{catalogue.add(messages)} new in {catalogue.path.name}")
        faults = catalogue.faults(messages)
        for fault in faults:
            self.stdout.write(fault)
        for text in [] if check else catalogue.unused(messages):
            self.stdout.write(f"unused: {text!r}")
        said = f"{len(messages)} messages, {len(faults)} faults"
        if check and faults:
            raise CommandError(f"{said}. `make messages` adds the missing ones; translate them in {catalogue.path}.")
        self.stdout.write(said)
