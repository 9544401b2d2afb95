"""What people type, drawn from what they reach."""

import random
from dataclasses import dataclass

from django.db.models import Max, Min

from customers.models import Customer, Identifier
from staff.models import User

TYPED = 60
PEOPLE = {
    "branch": "branch_head",
    "department": "department_head",
    "hall": "community_leader",  # one community holds about as many customers as one hall serves
    "manager": "vip_manager",
}


@dataclass
class Sample:
    """A person with customers they reach and the mobile numbers of these."""

    who: str
    username: str
    customers: list
    phones: list


def sample(who, seed=1):
    chance = random.Random(f"{seed}{who}")
    user = User.objects.get(username=PEOPLE[who])
    customers = list(drawn(Customer.objects.visible_to(user), chance))
    numbers = Identifier.objects.filter(customer__in=customers, kind="service", valid_to=None)
    phones = list(numbers.filter(value__startswith="1").values_list("value", flat=True))
    return Sample(who, user.username, customers, [chance.choice(phones) for _ in range(TYPED)])


def drawn(visible, chance):
    """Up to sixty of the rows, by keys drawn at random; a small reach is read whole."""
    ends = visible.aggregate(first=Min("pk"), last=Max("pk"))
    keys = [chance.randint(ends["first"], ends["last"]) for _ in range(20_000)]
    rows = list(visible.filter(pk__in=keys).exclude(name="")[: TYPED * 20])
    chance.shuffle(rows)
    return rows[:TYPED]
