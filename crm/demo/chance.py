"""Exact totals out of random draws, one after the other, without looking ahead."""


class Quota:
    """`total` things given out over `over` takers: by the last of them exactly all are gone."""

    def __init__(self, rng, total, over):
        self.rng, self.total, self.over = rng, total, over

    def hit(self):
        """Whether this taker gets one."""
        got = self.rng.random() * self.over < self.total
        self.total -= got
        self.over -= 1
        return got

    def draw(self):
        """How many this taker gets: about the mean, sometimes one more or less, now and then a dozen more."""
        mean, luck = self.total / self.over, self.rng.random()
        count = int(mean + self.rng.random())
        if luck < 0.12:
            count += 1
        elif luck < 0.24:
            count -= 1
        elif luck < 0.2405:
            count += 12
        self.over -= 1
        count = self.total if self.over == 0 else max(0, min(count, self.total))
        self.total -= count
        return count


class Ladder:
    """`counts` of several classes spread over `over` takers; `pick` gives the class's position or None."""

    def __init__(self, rng, counts, over):
        self.rng, self.left, self.any = rng, list(counts), Quota(rng, sum(counts), over)

    def pick(self):
        if not self.any.hit():
            return None
        at = self.rng.choices(range(len(self.left)), self.left)[0]
        self.left[at] -= 1
        return at
