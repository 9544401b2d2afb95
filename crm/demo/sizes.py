"""How large the demo branch is (domain 5): the small one that everybody starts with, and the full one."""

from dataclasses import dataclass

SMALL = 6_400
FULL_FROM = 100_000  # customers from which on the organisation is that of a full branch


@dataclass(frozen=True)
class Size:
    """Figures of one demo branch. Everything that grows with the customers is a share of them."""

    customers: int
    halls: tuple = (1, 2, 3)  # flagship, standard, small
    urban: int = 10  # first-level communities by setting
    rural: int = 14
    villages: int = 16  # second-level communities
    community_managers: int = 30
    outlets: int = 62
    channel_managers: int = 5
    vip_managers: int = 4
    group_managers: int = 3

    def share(self, of_small):
        """What is `of_small` in the small branch, scaled to this one."""
        return round(of_small * self.customers / SMALL)

    @property
    def groups(self):
        """Group customers of class A, B, C."""
        return self.share(6), self.share(16), self.share(38)

    @property
    def vips(self):
        """Personal customers of tier diamond, gold, silver."""
        return self.share(6), self.share(20), self.share(54)

    @property
    def contacts(self):
        """Interactions of the last half year."""
        return min(self.share(9_000), 400_000)


def size_for(customers):
    if customers < FULL_FROM:
        return Size(customers)
    return Size(
        customers,
        halls=(2, 10, 24),
        urban=70,
        rural=98,
        villages=240,
        community_managers=300,
        outlets=620,
        channel_managers=42,
        vip_managers=40,
        group_managers=26,
    )
