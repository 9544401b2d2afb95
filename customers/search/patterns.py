"""LIKE patterns that find what was typed and nothing else, whatever signs it holds."""

import re


def plainly(text):
    return re.sub(r"([\\%_])", r"\\\1", text)


def starting(text):
    return plainly(text) + "%"


def ending(text):
    return "%" + plainly(text)


def anywhere(text):
    return "%" + plainly(text) + "%"


def containing(text):
    """Inside: neither at the beginning nor at the end."""
    return "_%" + plainly(text) + "%_"
