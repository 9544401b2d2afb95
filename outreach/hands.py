"""How many messages a sender takes in hand."""

from outreach.gateways import Gateway

MOST = 32
LONG = 0.2  # seconds that a hand should take to call
WEIGHT = 0.3  # of the newest hand in the average of the pace


class Hand:
    """`size` begins at one, doubles at most, and is what the gateway takes in LONG at its recent pace.

    It is always one at a gateway that can neither be asked nor told again: if the sender dies, all that it had in hand
    may have arrived, and nobody could say.
    """

    def __init__(self, gateway: Gateway):
        self.most = MOST if gateway.idempotent or gateway.queryable else 1
        self.size, self.pace = 1, None  # seconds of a call

    def took(self, seconds: float, calls: int):
        """All of a hand was called, without a failure."""
        pace = seconds / calls
        self.pace = pace if self.pace is None else WEIGHT * pace + (1 - WEIGHT) * self.pace
        self.size = max(1, min(self.most, 2 * self.size, int(LONG / max(self.pace, 1e-6))))

    def broke_off(self):
        """After a failure, or a hand that was given back in part, it begins anew."""
        self.size, self.pace = 1, None
