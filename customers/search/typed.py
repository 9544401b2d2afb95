"""What somebody typed into the search box, taken apart before anything is searched."""

import re
from dataclasses import dataclass

from customers.numbers import normalise
from customers.pinyin import CHINESE, CJK, fold, plain
from customers.search.words import grams

LONGEST = 100  # characters; more is no name and no number
MOST_WORDS = 6
LONG = 7  # characters from which on a number is nobody's last few digits
TOKENS = re.compile(rf"[{CJK}·]+|[^\s{CJK}·]+")
DIGIT, WORD = re.compile(r"\d"), re.compile(r"[^\W_]")  # signs alone are no words
LETTERS_THEN_DIGITS = re.compile(r"([a-z]+)(\d+)")


@dataclass(frozen=True)
class Shape:
    """What decides which arms a search has: two texts of one shape are one statement."""

    words: int
    one_character: bool
    grams: bool
    letters: int  # up to 2
    number: int  # characters, up to LONG
    digits: int  # up to 5


@dataclass(frozen=True)
class Typed:
    """`words` of a name in lower case, `letters` for pinyin and initials, `number` for identifiers.

    `digits` is set where a name and digits were typed together: both must hold.
    """

    words: tuple = ()
    letters: str = ""
    number: str = ""
    digits: str = ""

    def __bool__(self):
        return bool(self.words or self.letters or self.number)

    @property
    def name(self):
        """As it stands in `SearchEntry.name`: Chinese words without a space between them."""
        return ("" if all(CHINESE.match(word) for word in self.words) else " ").join(self.words)

    @property
    def grams(self):
        return sorted(set().union(*map(grams, self.words)))

    @property
    def shape(self):
        return Shape(
            words=len(self.words),
            one_character=len(self.name) == 1,
            grams=bool(self.grams),
            letters=min(len(self.letters), 2),
            number=min(len(self.number), LONG),
            digits=min(len(self.digits), 5),
        )


def take_apart(text):
    """ "张建 5678" is a name with digits, "zj138" that or a number, "7590-VHVEG" a number, "zhang wei" letters."""
    text = plain(text.replace("\0", "")).lower()
    tokens = TOKENS.findall(text)
    if not tokens or len(text) > LONGEST or len(tokens) > MOST_WORDS:
        return Typed()
    words = tuple(token for token in tokens if not DIGIT.search(token) and WORD.search(token))
    if words:
        return _named(text, words, normalise(" ".join(token for token in tokens if DIGIT.search(token))))
    split = LETTERS_THEN_DIGITS.fullmatch(text)
    letters, digits = split.groups() if split else ("", "")
    return Typed(letters=letters, number=normalise(text), digits=digits)


def _named(text, words, digits):
    """Letters alone may also be part of a customer number; Chinese characters never are."""
    chinese = any(CHINESE.search(word) for word in words)
    letters = "" if chinese else re.sub(r"[^a-z0-9]", "", fold("".join(words)))
    return Typed(words=words, letters=letters, number="" if chinese else normalise(text), digits=digits)
