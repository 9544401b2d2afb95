"""Who comes from outside while the faults go on: programs at the API, events for others, people who pay."""

from chaos import clients, dunning, messages, outbox, payers, rungs
from chaos.gateway import IDEMPOTENT
from chaos.setting import query


class Others:
    def __init__(self, servers, receiver, gateways, billing, web, said, size, seed):
        """`said`: as `chaos.ready` prints it; `web`: the product's socket."""
        self.servers, self.receiver, self.gateways, self.said = servers, receiver, gateways, said
        self.clients = clients.Clients(web.getsockname()[1], said, seed)
        self.payers = payers.Payers(billing, said["branch"], said["debtors"], size.faults, seed)

    def happen(self):
        """Whatever of it needs the database."""
        query(self.servers, outbox.HAPPEN, [outbox.A_TIME])
        self.payers.pay(query(self.servers, payers.STOPPED)[0])
        self.payers.take_back(query(self.servers, payers.BOOKED)[0])

    def verdicts(self, stands):
        """[(a line of what became of it, whether all is well)]; `stands`: the lines as the billing system has them."""
        return [
            clients.verdict(query(self.servers, clients.THERE)[0], self.clients),
            outbox.verdict(query(self.servers, outbox.BOOK), self.receiver.came),
            messages.verdict(query(self.servers, messages.OWED), self.gateways),
            self._dunned(stands),
        ]

    def _dunned(self, stands):
        debtors = self.said["debtors"]
        known = {"debtors": [one["account"] for one in debtors], "days": [one["days"] for one in debtors]}
        wrong, book = (
            query(self.servers, rungs.WRONG, known)[0],
            query(self.servers, dunning.BOOK, {"since": self.said["since"]})[0],
        )
        return dunning.verdict(wrong, book, self.gateways.book[IDEMPOTENT], self.payers, self.said["lines"], stands)
