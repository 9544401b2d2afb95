"""The marks of tiers on a page of many customers: there are a handful of tiers, so each is drawn once."""

from django.template.loader import get_template


class TierMarks:
    """`marks[tier]` is the HTML of the shared component."""

    def __init__(self):
        self.template, self.drawn = get_template("cotton/tier.html"), {}

    def __getitem__(self, tier):
        if tier.pk not in self.drawn:
            self.drawn[tier.pk] = self.template.render({"tier": tier})
        return self.drawn[tier.pk]
