"""Play a file of invoices through a scenario, day by day, and say who would have been reminded when, and why."""

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from billing.dunning import receivables, shipped
from billing.dunning.ladder import DISPUTED, PAID, Rung
from billing.models import ScenarioStep

SCENARIOS = {code: steps for code, *_words, steps in shipped.SCENARIOS}
ACTIONS = dict(ScenarioStep.Action.choices)


class Command(BaseCommand):
    help = (
        "Play a file of invoices (customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, Disputed,"
        " SettledDate) through a shipped scenario, day by day. Nothing is sent and nothing is kept but --state."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="mobile", help="which ladder")
        parser.add_argument("--explain", action="store_true", help="every step with its invoices, and why it comes now")
        parser.add_argument("--until", type=date.fromisoformat, help="last day (default: when all is settled)")
        parser.add_argument("--state", type=Path, help="file that keeps the days that are over, for going on later")

    def handle(self, *, file, scenario, explain, until, state, **options):
        rungs = [Rung(n=n, **step) for n, step in enumerate(SCENARIOS[scenario], 1)]
        try:
            customers, journal = receivables.read(file), receivables.Journal(state and str(state))
        except (OSError, KeyError, ValueError) as error:
            raise CommandError(_("This file cannot be read as invoices: %(why)s") % {"why": error}) from None
        replay = receivables.Replay(customers, rungs, journal=journal)
        try:
            for customer, one, is_new in replay.run(until):
                if explain and is_new:
                    self.stdout.write(explained(customer, one))
        except receivables.Differs as day:
            raise CommandError(_("The state file says something else about %(day)s.") % {"day": day}) from None
        self.report(replay)

    def report(self, replay):
        figures = [
            (_("Customers"), len(replay.customers)),
            (_("Invoices"), sum(map(len, replay.customers.values()))),
            (_("Cases"), len(replay.cases)),
            *((named(rung), many) for rung, many in sorted(replay.steps.items(), key=lambda one: one[0].n)),
            (_("Left out because it was paid"), replay.left_out[PAID]),
            (_("Left out because it is disputed"), replay.left_out[DISPUTED]),
            (_("Asked for although it was settled"), replay.settled),
            (_("Asked for although it is disputed"), replay.disputed),
            (_("Fingerprint of all steps"), replay.hash.hexdigest()),
        ]
        for words, figure in figures:
            self.stdout.write(f"{words}: {figure}")


def named(rung) -> str:
    return _("Step %(n)s: %(what)s") % {"n": rung.n, "what": ACTIONS[rung.action]}


def explained(customer, one) -> str:
    """One line: the day, the customer, what happens, for which invoices, and why now."""
    said = {
        "day": one.day,
        "customer": customer,
        "step": named(one.rung) if one.rung else "–",
        "cycle": one.cycle,
        "bills": ", ".join(f"{ref} {much}" for ref, much in one.debts),
        "sum": one.sum,
        "days": one.days,
    }
    if one.reason == PAID:
        return _("%(day)s %(customer)s: case %(cycle)s ends, everything overdue is paid; no %(step)s") % said
    if one.reason == DISPUTED:
        return _("%(day)s %(customer)s: nothing is said about what is disputed: %(bills)s") % said
    words = _("%(day)s %(customer)s: case %(cycle)s, %(step)s, %(sum)s (%(bills)s), the oldest %(days)s days late")
    return words % said
