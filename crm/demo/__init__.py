"""A believable branch of a made-up prefecture, to try the product on; `manage.py demo` makes it."""


def words(text):
    """A list written as one text."""
    return text.split()
