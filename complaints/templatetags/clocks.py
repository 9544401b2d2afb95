"""Clocks of complaints in templates."""

from datetime import timedelta

from django import template
from django.utils import timezone

from complaints.clocks import showing

register = template.Library()


@register.filter
def clocks(complaint):
    """{% for one in complaint|clocks %}; where `clocks` is prefetched it asks nothing."""
    return showing.shown(complaint.clocks.all(), timezone.now())


@register.filter
def nearest_clock(complaint):
    """The running clock that is due first, or nothing."""
    return showing.nearest(complaint.clocks.all(), timezone.now())


@register.filter
def minutes(n):
    """{{ version.contact_minutes|minutes }}: as a length of time."""
    return showing.span(timedelta(minutes=n))
