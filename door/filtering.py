"""What narrows a list down: the filter sets of the pages and others like them. Ids, codes and days only."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext as _

from door.pages import OWN
from door.problems import BadQuery

CHOICES = (filters.ChoiceFilter, filters.TypedChoiceFilter)
LARGEST = 2**63 - 1


class IdFilter(filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=1, max_value=LARGEST, **kwargs)


class PageFilter(filters.FilterSet):
    """The form above the list of a page, as `_filter.html` draws it: choices, what is typed, and ids that are kept."""

    @property
    def qs(self):
        """All where the address asks for nothing, and nothing where it asks for what is not there."""
        if not self.narrowed:
            return self.queryset.all()
        return super().qs if self.is_valid() else self.queryset.none()

    def get_form_class(self):
        """Without the choices that the address leaves open: a form of many takes longer to make than rows to read."""
        open_choices = {name for name, one in self.filters.items() if isinstance(one, CHOICES) and not self._asks(name)}
        fields = {name: one.field for name, one in self.filters.items() if name not in open_choices}
        return type(f"{type(self).__name__}Form", (self._meta.form,), fields)

    @property
    def narrowed(self):
        """Whether the address asks for anything."""
        return any(map(self._asks, self.filters))

    def _asks(self, name):
        return bool(self.data.get(name))

    @property
    def selections(self):
        """(name, label, [(value, words, whether it is chosen)]) of each field that offers a choice."""
        return self.selections_of(self.filters)

    def selections_of(self, names):
        """The same of these fields alone."""
        for name in names:
            one = self.filters.get(name)
            if one and "choices" in one.extra:
                chosen = self.data.get(name, "")
                offered = [("", one.extra.get("empty_label") or _("All")), *one.extra["choices"]]
                yield name, one.label, [(value, words, str(value) == chosen) for value, words in offered]

    @property
    def typed(self):
        """Bound fields of what is neither chosen nor an id."""
        return [self.form[name] for name, one in self.filters.items() if not _is_id(one) and "choices" not in one.extra]

    @property
    def kept(self):
        """(name, value) of the ids that the address names: another page has put them there."""
        return [(name, self.data.get(name)) for name, one in self.filters.items() if _is_id(one) and self._asks(name)]


def _is_id(one):
    return isinstance(one, IdFilter)


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
