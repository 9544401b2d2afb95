"""Numbers as people write them, as they are searched, and as they are shown to those who may not see them whole."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

from customers.pinyin import surname_of

NOT_A_KEY = re.compile(r"[^0-9A-Z]")
ABROAD = re.compile(r"(?:[(（]\s*)?(?:\+|00)\s*86")  # how +86 and 0086 begin
MOBILE = re.compile(r"1[3-9]\d{9}")
FIXED = re.compile(r"0?((?:10|[2-9]\d{1,2})\d{7,8})")  # area code without its 0, then the number
SERVICE = re.compile(r"[48]00\d{7}")
OLD_CARD = re.compile(r"\d{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def normalise(text):
    """Digits and upper-case letters only, so that one number has one spelling: "+86 138-1234 5678" → "13812345678".

    Full-width becomes ASCII; the country code goes before a mobile or service number and becomes the trunk 0 before an
    area code ("+86 755 8888 1234" → "075588881234").
    """
    text = unicodedata.normalize("NFKC", text).upper()
    key = NOT_A_KEY.sub("", text)
    if ABROAD.match(text.lstrip()):
        return _at_home(key, key.removeprefix("00").removeprefix("86"))
    bare = key.removeprefix("86")
    return bare if MOBILE.fullmatch(bare) else key


def _at_home(whole, bare):
    if MOBILE.fullmatch(bare) or SERVICE.fullmatch(bare):
        return bare
    fixed = FIXED.fullmatch(bare)
    return f"0{fixed[1]}" if fixed else whole


def document_hash(text):
    """What an ID document is found by: HMAC-SHA-256, hex, under SEARCH_HASH_KEY. An old card of 15 digits and the
    18 characters that replaced it are the same document."""
    key = normalise(text)
    if OLD_CARD.fullmatch(key):
        key = _replaced(key)
    return hmac.new(settings.SEARCH_HASH_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()


def _replaced(old):
    """The 18 characters that replaced an identity card of 15 digits (GB 11643-1999)."""
    body = f"{old[:6]}19{old[6:]}"
    return body + check_digit(body)


def check_digit(body):
    """The last of an identity card's 18 characters, "0" to "9" or "X", by its first 17 digits (GB 11643-1999)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def mask_phone(text):
    """ "13812345678" → "138****5678"; short numbers keep less."""
    return _mask(normalise(text), 3, 4)


def mask_document(text):
    """ "440202199001011234" → "4402**********1234"."""
    return _mask(normalise(text), 4, 4)


def _mask(key, head, tail):
    if len(key) < head + tail + 2:
        head, tail = 0, min(2, len(key) // 2)
    return key[:head] + "*" * (len(key) - head - tail) + key[len(key) - tail :]


def mask_name(name):
    """The family name stays: "张伟明" → "张**", "欧阳娜" → "欧阳*", "John Smith" → "J*** S****"."""
    if name.isascii():
        return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
    shown = min(len(surname_of(name)), len(name) - 1)
    return name[:shown] + "*" * (len(name) - shown)
