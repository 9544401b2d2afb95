"""Money in words."""

from decimal import Decimal

SIGNS = {"CNY": "¥"}


def said(amount: Decimal, currency: str = "CNY") -> str:
    """¥1,234.50, −¥0.50, 1,234.50 USD: two places, the same in every language."""
    minus, figures = "−" if amount < 0 else "", f"{abs(amount):,.2f}"
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{figures}" if sign else f"{minus}{figures} {currency}"
