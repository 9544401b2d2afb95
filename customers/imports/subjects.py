"""What a file may be about. Each subject brings the fields of its columns, reads its rows, judges and writes them.

Subjects are named in IMPORT_SUBJECTS: those of higher apps cannot be imported here. What happens to a file on its way,
the ranges, the locks between imports and what is shown of them is the same for all.
"""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from .fields import Fields


class Subject:
    """One kind of file. `judge` and `bring_in` work on temporary tables that `begin` empties, set by set."""

    name = ""  # as `Import.subject`
    title = ""
    right = ""  # over what is brought in, beside the right to bring files in at all
    fields = Fields()
    recipes = {}  # mappings that ship with the product, by name
    shown_with = ""  # the right that shows what stood there before
    open = frozenset()  # fields whose former value is shown to whoever brings files in
    labels = {}  # of changes that are no fields
    known_as = (_("Number"), _("Name"))  # what a row is known by: `ImportRow.number`, `ImportRow.name`
    same_as = _("The same number as row %(row)s.")
    has_day = False  # whether the figures are as of a day that the person says

    def check(self, used):
        """Raises ValidationError unless rows can be read from columns that mean the fields `used`."""
        raise NotImplementedError

    def check_branch(self, branch):
        """Raises ValidationError where the branch lacks what the rows will need."""

    def waiting(self, batch, user):
        """What files left to do, for the page of one: (words, address or "", words of the link), or None."""

    def label(self, code):
        return self.labels.get(code) or self.fields.label(code)

    def known(self, batch, mapping):
        """What rows may name, looked up once for a range."""
        raise NotImplementedError

    def draft(self, n):
        """An empty `drafts.Draft` for row `n`."""
        raise NotImplementedError

    def read(self, draft, cells, fields, known):
        """Fill the draft from the cells by the field each column is mapped to ("" is passed over)."""
        raise NotImplementedError

    def prepare(self, batch, mapping):
        """What has to be there before the first row comes in; twice is once."""

    def begin(self, cursor):
        """Empty stages."""
        raise NotImplementedError

    def stage(self, batch, drafts):
        raise NotImplementedError

    def stage_kept(self, cursor, values):
        """The rows from `first` to `last` that a check kept and found good."""
        raise NotImplementedError

    def judge(self, cursor, values):
        """Class every staged row; returns {outcome: rows}. `values` as made by `ranges.values`."""
        raise NotImplementedError

    def keep(self, cursor, values):
        """What was staged and judged becomes `ImportRow`s, in the place of those of an earlier try."""
        raise NotImplementedError

    def bring_in(self, cursor, batch, values):
        """Judge what is staged under locks, write it, and note in the rows what became of them; {outcome: rows}."""
        raise NotImplementedError


@cache
def subjects():
    """All subjects by name."""
    return {one.name: one for one in map(import_string, settings.IMPORT_SUBJECTS)}


def subject(name):
    return subjects()[name]


def named_by_right():
    """{right: names of the subjects it opens}"""
    found = {}
    for one in subjects().values():
        found.setdefault(one.right, []).append(one.name)
    return found
