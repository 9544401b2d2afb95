"""The table of rights says what domain 4.11 and its amendments say, for the rows that exist now."""

import pytest

from staff.rights import RIGHTS, Reach, Role

# One column per role, in the order of 4.11 with the slashed columns apart; "-" none, "o" own, "u" unit, "b" branch.
ROLES = """
guide clerk duty_manager hotline vip_manager group_manager community_manager community_leader channel_manager
channel_support channel_supervision complaint_desk dunning_clerk commission_clerk finance quality department_head
branch_head agent admin privacy_officer data_steward
"""
COLUMNS = ROLES.split()
TABLE = """
                               gu cl du ho vi gr cm cl ch su sv co dn cc fi qu de br ag ad pr da
customers.view                  b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  b  u  b  -  -  -  -
customers.view_unmasked         -  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  u  b  -  -  -  -
customers.create                -  b  -  b  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
customers.change                -  b  b  b  o  o  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
customers.assign_manager        -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  u  b  -  -  -  -
customers.change_tier           -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  u  b  -  -  -  -
customers.record_interaction    b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  -  -  -  -  -  -
customers.import                -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b
work.view                       b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  b  u  b  -  -  -  -
work.do                         b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  -  -  -  -  -  -
work.lead                       -  -  u  -  -  -  -  u  -  -  -  -  -  -  -  -  u  b  -  -  -  -
outreach.view                   b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  u  b  -  -  -  -
outreach.write                  -  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  -  -  -  -  -  -
outreach.decide                 -  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  u  b  -  -  -  -
outreach.templates              -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  b  -  -  -  -
outreach.control                -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  b  -  -  -  -
billing.view                    -  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  u  b  -  -  -  -
billing.import                  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b
billing.take_payment            -  b  b  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
billing.approve                 -  -  u  -  -  -  -  -  -  -  -  -  -  -  -  -  u  -  -  -  -  -
billing.view_shifts             -  o  u  -  -  -  -  -  -  -  -  -  -  -  b  -  u  b  -  -  -  -
billing.view_dunning            -  -  u  -  o  o  -  -  -  -  -  -  b  -  -  -  u  b  -  -  -  -
billing.dun                     -  -  -  -  -  -  -  -  -  -  -  -  b  -  -  -  -  b  -  -  -  -
billing.promise                 -  b  b  b  o  o  -  -  -  -  -  -  b  -  -  -  u  -  -  -  -  -
billing.exempt                  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  u  b  -  -  -  -
billing.end_exemption           -  b  b  b  o  o  -  -  -  -  -  -  b  -  -  -  u  b  -  -  -  -
billing.waive                   -  -  b  -  o  o  -  -  -  -  -  -  b  -  -  -  u  b  -  -  -  -
billing.decide_waiver           -  -  -  -  -  -  -  -  -  -  -  -  b  -  b  -  u  b  -  -  -  -
billing.waive_large             -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  -  u  b  -  -  -  -
billing.view_waivers            -  -  b  -  o  o  -  -  -  -  -  -  b  -  b  -  u  b  -  -  -  -
billing.scenarios               -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  b  -  -  -  -
complaints.know                 b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  b  u  b  -  -  -  -
complaints.accept               b  b  b  b  o  o  u  u  -  -  -  b  b  -  -  -  -  -  -  -  -  -
complaints.view                 -  u  u  b  o  o  u  u  -  -  -  b  b  -  -  b  u  b  -  -  -  -
complaints.handle               -  o  u  b  o  o  o  o  -  -  -  b  -  -  -  -  u  b  -  -  -  -
complaints.lead                 -  -  u  -  -  -  -  -  -  -  -  b  -  -  -  -  u  b  -  -  -  -
complaints.call_back            -  -  -  b  o  o  -  -  -  -  -  b  -  -  -  b  -  -  -  -  -  -
complaints.do_task              -  -  u  -  -  -  -  u  u  u  u  u  u  -  u  -  u  -  -  -  -  -
complaints.compensate           -  b  b  b  o  o  -  -  -  -  -  b  -  -  -  -  -  -  -  -  -  -
complaints.approve              -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  u  b  -  -  -  -
complaints.regulator            -  -  -  -  -  -  -  -  -  -  -  b  -  -  -  -  -  b  -  -  -  -
complaints.incidents            -  -  -  -  -  -  -  -  -  -  -  b  -  -  -  -  b  b  -  -  -  -
complaints.policies             -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  b  -  -  -  -
complaints.figures              -  -  u  -  -  -  -  -  -  -  -  b  -  -  -  b  u  b  -  -  -  -
complaints.suggestions          -  b  b  b  o  o  u  u  -  -  -  b  b  -  -  b  u  b  -  -  -  -
complaints.decide_suggestions   -  -  -  -  -  -  -  -  -  -  -  b  -  -  -  -  u  b  -  -  -  -
complaints.import               -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b
jobs.view                       -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  -  b
jobs.control                    -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  -  -
staff.enter_absence             -  -  u  -  -  -  -  -  -  -  -  -  -  -  -  -  u  b  -  -  -  -
staff.share_views               -  -  u  -  -  -  -  u  -  -  -  u  -  -  -  -  u  b  -  -  -  -
staff.configure                 -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  -  -
webhooks.manage                 -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  -  b  -  -
"""
EXPECTED = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()[1:]}
LETTERS = {"o": Reach.OWN, "u": Reach.UNIT, "b": Reach.BRANCH}


def test_every_role_has_a_column():
    assert set(COLUMNS) == set(Role.values)


def test_every_right_is_expected_here():
    assert set(EXPECTED) == set(RIGHTS)


@pytest.mark.parametrize("right", EXPECTED)
def test_the_right_is_held_as_the_table_of_the_domain_says(right):
    letters = EXPECTED[right]
    assert len(letters) == len(COLUMNS)
    expected = {role: LETTERS[letter] for role, letter in zip(COLUMNS, letters, strict=True) if letter != "-"}
    assert RIGHTS[right] == expected


def test_the_administrator_and_the_privacy_officer_hold_no_right_over_customers():
    for right, granted in RIGHTS.items():
        if right.startswith("customers."):
            assert not {Role.ADMIN, Role.PRIVACY_OFFICER, Role.AGENT} & set(granted)


def test_nobody_changes_what_they_do_not_see():
    for right, granted in RIGHTS.items():
        if right.startswith("customers.") and right not in ("customers.view", "customers.import"):
            assert granted.keys() <= RIGHTS["customers.view"].keys()


def test_configuring_lies_with_the_administrator_alone():
    assert set(RIGHTS["staff.configure"]) == {Role.ADMIN}
