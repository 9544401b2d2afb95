"""Rows of figures against their budgets, and the line at the end."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """Collects rows; a budget is the largest (or, for rates, the smallest) ratio to the floor that will do."""

    rows: list = field(default_factory=list)
    missed: list = field(default_factory=list)

    def time(self, name, who, times, floor, budget):
        """A page's times in milliseconds against the bare view's median."""
        ratio = times.p50 / floor.p50
        self._row(name, who, f"{times.p50:8.1f} {times.p95:8.1f}", ratio, budget, ratio <= budget)

    def same(self, name, who, times, other, spread):
        """Times that have to equal others within a share."""
        ratio = times.p50 / other.p50
        self._row(name, who, f"{times.p50:8.1f} {times.p95:8.1f}", ratio, 1 + spread, ratio <= 1 + spread)

    def rate(self, name, who, rate, floor, budget):
        """Requests a second, at least `budget` of the floor's."""
        self._row(name, who, f"{rate:8.0f}/s {'':6}", rate / floor, budget, rate / floor >= budget)

    def job(self, name, seconds, floor, budget):
        """A job's seconds against its floor's."""
        self._row(name, "", f"{seconds:8.1f} s {'':6}", seconds / floor, budget, seconds <= budget * floor)

    def most(self, name, figure, budget, unit):
        """A figure that stands by itself, no larger than `budget`."""
        self.rows.append(f"{name} {figure:.0f} {unit} of {budget}")
        if figure > budget:
            self.missed.append(name)
        print(f"{name:45} {figure:8.0f} {unit} of {budget}{'' if figure <= budget else ' ← missed'}", flush=True)

    def _row(self, name, who, figures, ratio, budget, good):
        self.rows.append(f"{name} {who}".strip() + f" {ratio:.2f} of {budget}")
        if not good:
            self.missed.append(f"{name} {who}".strip())
        print(f"{name:32} {who:12} {figures} {ratio:7.2f} of {budget:<5} {'' if good else '← missed'}", flush=True)

    def end(self, title) -> int:
        """All figures in one line, and what was missed."""
        missed = f", missed: {'; '.join(self.missed)}" if self.missed else ", all budgets held"
        print(f"bench: {title}: {len(self.rows)} figures{missed}: {'; '.join(self.rows)}")
        return 1 if self.missed else 0
