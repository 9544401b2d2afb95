"""Money in templates."""

from django import template

from billing import money as words

register = template.Library()


@register.filter
def money(amount, currency="CNY"):
    """{{ bill.amount|money }}, {{ bill.amount|money:account.currency }}; nothing for None."""
    return "" if amount is None else words.said(amount, currency)
