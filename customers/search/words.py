"""The parts by which a company's name, or a name of several Latin words, is found."""

import re

from customers.pinyin import CHINESE, PIECES, latin_words, plain

LEGAL_FORM = re.compile(
    r"(?:股份|集团|控股|责任|有限|总|分|子)*公司|个体工商户|\b(?:co|ltd|inc|llc|corp|limited|company)\b\.?"
)


def grams(text):
    """Pairs of neighbouring Chinese characters, and "^smi" for a word that begins so; the legal form is left out.

    "深圳市云启科技有限公司" → {"深圳", "圳市", "市云", …, "科技"}; "John Smith" → {"^jo", "^joh", "^sm", "^smi"}.
    """
    found = set()
    for piece in PIECES.findall(LEGAL_FORM.sub(" ", plain(text).lower())):
        if CHINESE.match(piece):
            found.update(piece[at : at + 2] for at in range(len(piece) - 1))
        else:
            found.update(f"^{word[:size]}" for word in latin_words(piece) for size in (2, 3) if len(word) >= size)
    return found
