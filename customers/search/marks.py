"""Which part of a shown text is the one that was typed."""

from customers.numbers import normalise


def marked(shown, typed):
    """("138 1234 ", "5678", "") for "138 1234 5678" and "5678"; the last place counts, as people give last digits.

    The middle part is empty where what was typed is not there as it stands.
    """
    places = [at for at, sign in enumerate(shown) if normalise(sign)]
    key = "".join(normalise(shown[at]) for at in places)
    at = key.rfind(typed) if typed else -1
    if at < 0 or len(key) != len(places):
        return shown, "", ""
    start, end = places[at], places[at + len(typed) - 1] + 1
    return shown[:start], shown[start:end], shown[end:]


def marked_name(shown, words):
    """The first of the typed words that the name holds."""
    lower = shown.lower()
    for word in words:
        at = lower.find(word)
        if at >= 0 and len(lower) == len(shown):
            return shown[:at], shown[at : at + len(word)], shown[at + len(word) :]
    return shown, "", ""
