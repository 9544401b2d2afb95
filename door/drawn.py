"""Pieces of HTML that come back in many rows of a page."""

from collections.abc import Hashable

from django.template.loader import get_template


class Drawn:
    """What a template draws of the same values is drawn once on a page."""

    def __init__(self, template: str):
        self.template, self.pieces = get_template(template), {}

    def piece(self, key: Hashable, **values) -> str:
        """The HTML of `values`; `key` tells them from others."""
        if key not in self.pieces:
            self.pieces[key] = self.template.render(values)
        return self.pieces[key]
