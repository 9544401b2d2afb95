"""Rules of late fees that are waived."""

from tests.leaks.rule import Rule

VIEW, ASK, DECIDE = "billing.view_waivers", "billing.waive", "billing.decide_waiver"


def waive_form(world):
    return {"key": "00000000-0000-4000-8000-00000000000b", "amount": "0.01", "reason": "x"}


READERS = {"billing.waiver": lambda knocker: knocker.reaches(VIEW)}
RULES = {
    "waive-late-fee": Rule(ASK, row="late_account", methods="GET POST", body=waive_form),
    "waivers": Rule(VIEW),
    "waiver": Rule(VIEW, row="waiver", shows=lambda w: w.waiver.reason),
    "waiver-approve": Rule(DECIDE, row="waiver", methods="POST"),
    "waiver-refuse": Rule(DECIDE, row="waiver", methods="POST", body=lambda w: {"answer": "x"}),
    "waiver-withdraw": Rule(ASK, row="waiver", methods="POST", sees=lambda knocker: False),  # who asked is not there
}
