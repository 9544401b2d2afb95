"""The marks of tiers on a page of many customers: there are a handful of tiers, so each is drawn once."""

from door.drawn import Drawn

ROW = (  # columns of a customer: what `masking.Shown` needs for a name or a number, and the tier's mark
    "branch", "unit", "manager", "number", "name", "tier__branch", "tier__name", "tier__name_en", "tier__mark"
)  # fmt: skip


class TierMarks:
    """`marks[tier]` is the HTML of the shared component."""

    def __init__(self):
        self.drawn = Drawn("cotton/tier.html")

    def __getitem__(self, tier):
        return self.drawn.piece(tier.pk, tier=tier)
