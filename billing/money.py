"""Money in words."""

from decimal import Decimal

SIGNS = {"CNY": "¥"}


def said(amount: Decimal, currency: str = "CNY") -> str:
    """¥1,234.50, −¥0.50, 1,234.50 USD: two places, the same in every language."""
    minus, figures = "−" if amount < 0 else "", f"{abs(amount):,.2f}"
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{figures}" if sign else f"{minus}{figures} {currency}"


class Sums(dict):
    """Sums by currency, which are never added up to one figure."""

    def add(self, amount: Decimal, currency: str = "CNY"):
        self[currency] = self.get(currency, Decimal(0)) + amount

    def add_all(self, others: dict):
        for currency, amount in others.items():
            self.add(amount, currency)

    @property
    def lines(self) -> list[str]:
        """One for each currency; of nothing ¥0.00."""
        return [said(amount, currency) for currency, amount in sorted(self.items())] or [said(Decimal(0))]

    def __str__(self):
        return " + ".join(self.lines)
