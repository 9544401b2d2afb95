"""`{% icon "users" %}`: a heroicon drawn into the page, hidden from screen readers because a word stands beside it."""

from functools import cache

from django import template
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_outline

register = template.Library()


@register.simple_tag
def icon(name, size=""):
    """`size`: "" for 20 px, "small" for 16 px. The names are those of heroicons.com."""
    return _drawn(str(name), size == "small")


@cache
def _drawn(name, small):
    attrs = {"size": None, "class": "icon small" if small else "icon", "aria-hidden": "true", "focusable": "false"}
    return heroicon_micro(name, **attrs) if small else heroicon_outline(name, **attrs)
