"""Money in templates."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from billing import money as words

register = template.Library()


@register.filter
def money(amount, currency="CNY"):
    """{{ bill.amount|money }}, {{ bill.amount|money:account.currency }}; nothing for None."""
    return "" if amount is None else words.said(amount, currency)


@register.filter
def sums(found):
    """{{ row.asked|sums }}: a line for each currency of `billing.money.Sums`."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in found.lines))
