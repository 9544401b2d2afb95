"""Whom a follow-up rings, and when it stays quiet."""


def fell_due(rows):
    pass


def broke(rows):
    pass


def stalled(rows):
    pass


def escalated(one, to, step, at):
    pass
