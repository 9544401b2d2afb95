"""What a column of a file may mean, and the header words by which it is guessed, in both languages."""

import re
from dataclasses import dataclass

from .values import plain

NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Field:
    code: str
    label: str
    headers: str  # words, separated by spaces, compared without case, spaces and signs


class Fields(dict):
    """The fields of one subject by their codes, in the order in which a person is offered them."""

    def __init__(self, *fields):
        super().__init__({field.code: field for field in fields})
        self.words = {bare(word): one.code for one in fields for word in [one.code, *one.headers.split()]}

    def label(self, code):
        return self[code].label if code in self else code

    def guess(self, header):
        """Field codes by the header's words, "" where none fits; no field twice."""
        taken, guessed = set(), []
        for cell in header:
            code = self.words.get(bare(cell), "")
            guessed.append("" if code in taken else code)
            taken.add(code)
        return guessed


def bare(header):
    """A header word as it is compared: "Customer No." → "customerno"."""
    return NO_LETTER.sub("", plain(header).casefold())
