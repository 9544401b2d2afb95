"""What narrows a list down: the filter sets of the pages and others like them. Ids, codes and days only."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext as _

from door.pages import OWN
from door.problems import BadQuery

LARGEST = 2**63 - 1


class IdFilter(filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=1, max_value=LARGEST, **kwargs)


def filtered(request, kind, rows):
    """The rows that the address asks for; whatever it says that the filter set does not know is refused."""
    known = kind(request.query_params, rows, request=request) if kind else None
    names = set(known.filters) if known else set()
    unknown = set(request.query_params) - names - set(OWN)
    if unknown:
        raise BadQuery({name[:60]: [_("There is no such parameter.")] for name in unknown})
    if known is None:
        return rows
    if not known.is_valid():
        raise BadQuery(known.errors)
    return known.qs
