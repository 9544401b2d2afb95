"""Customers of the demo branch: who they are, where they live, what they pay."""

from datetime import timedelta

from . import places
from .chance import Ladder, Quota

LOCKED = 15  # of the small branch (domain 5)
WAYS = ["wechat", "alipay", "bank_debit", "cash", "bank_transfer"]
WAY_WEIGHTS = [46, 24, 14, 11, 5]
GROUP_TAGS = ["group-a", "group-b", "group-c"]
PER_MANAGER = 190  # customers one account manager can look after (domain 5)


class Party:
    """One customer on the way into the tables."""

    __slots__ = (
        *("n", "pk", "number", "name", "pinyin", "initials", "language", "birthday", "address", "unit", "joined_on"),
        *("left_on", "tier", "locked", "tags", "manager", "reorganised", "group_class"),
        *("monthly", "total", "way", "last_contact"),
    )


class People:
    """Gives the customers of a branch one after the other, group customers first."""

    def __init__(self, world):
        self.org, self.size, self.names, self.today = world.org, world.size, world.names, world.today
        self.first, self.rng = world.first, world.rng("people")
        org, size, rng, tiers = self.org, self.size, self.rng, world.tiers
        self.ordinary, self.vip_tiers = tiers["ordinary"], [tiers[code] for code in ("diamond", "gold", "silver")]
        self.group_count = sum(size.groups)
        personal = size.customers - self.group_count
        self.vip = Ladder(rng, size.vips, personal)
        self.locked = size.share(LOCKED)
        self.left = Quota(rng, size.share(64), personal)
        self.no_community = Quota(rng, size.customers // 25, size.customers)
        self.classes = [i for i, count in enumerate(size.groups) for _ in range(count)]
        self.weights = [1 / (i + 3) ** 0.7 for i in range(len(org.communities))]
        self.managers = {
            "vip": [m.pk for m in org.people.get("vip_manager", [])],
            "group": [m.pk for m in org.people.get("group_manager", [])],
        }
        self.taken = {"vip": 0, "group": 0}

    def __iter__(self):
        for n in range(self.size.customers):
            make = self.group if n < self.group_count else self.person
            yield make(self.first + n)

    def party(self, n):
        """What every customer has."""
        party, rng = Party(), self.rng
        party.n = n
        months = int(240 * rng.random() ** 1.6)
        party.joined_on = self.today - timedelta(days=months * 30 + rng.randrange(30))
        party.unit = self.place()
        party.manager = party.left_on = party.group_class = party.birthday = None
        party.tier, party.locked, party.tags = self.ordinary, False, "[]"
        party.language = "zh-hans"
        road, house = rng.choice(places.ROADS), rng.randrange(1, 400)
        party.address = f"{places.CITY}{party.unit.town}{road}路{house}号"
        return party

    def place(self):
        if self.no_community.hit():
            return self.rng.choice(self.org.departments)
        return self.rng.choices(self.org.communities, self.weights)[0]

    def group(self, n):
        party = self.party(n)
        party.number = f"JT{n + 1:08}"
        party.name, party.pinyin, party.initials = self.names.company(party.unit.county)
        party.group_class = self.classes[n - self.first]
        party.tags = f'["{GROUP_TAGS[party.group_class]}"]'
        party.manager = self.manager("group")
        return party

    def person(self, n):
        party, rng = self.party(n), self.rng
        party.number = f"7850{n + 1:08}"
        party.name, party.pinyin, party.initials, _, party.language = self.names.person()
        party.birthday = self.today - timedelta(days=self.age_in_days())
        party.address += f"{rng.randrange(1, 30)}栋{rng.randrange(1, 33)}0{rng.randrange(1, 5)}室"
        rung = self.vip.pick()
        if rung is not None:
            self.honour(party, rung)
        elif self.left.hit():
            party.left_on = max(party.joined_on, self.today - timedelta(days=rng.randrange(1, 170)))
        return party

    def honour(self, party, rung):
        """A tier, an account manager, and for the first diamonds and golds the lock."""
        party.tier, party.manager = self.vip_tiers[rung], self.manager("vip")
        if rung < 2 and self.locked:
            party.locked, self.locked = True, self.locked - 1

    def manager(self, desk):
        managers = self.managers[desk]
        turn = self.taken[desk]
        if turn >= len(managers) * PER_MANAGER:
            return None
        self.taken[desk] += 1
        return managers[turn % len(managers)]

    def age_in_days(self):
        """13 of a hundred are 65 and older (domain 5)."""
        if self.rng.random() < 0.13:
            return self.rng.randrange(65 * 366, 92 * 365)
        return int(self.rng.triangular(16 * 366, 65 * 365, 34 * 365))
