"""Who may do what, and over which rows: one table (domain 4.11 with its amendments).

A right names an operation (`customers.view`); a role holds it with a reach: OWN the records the person is responsible
for, UNIT those of the posting's unit and everything below it, BRANCH the whole branch of the posting. What the table
does not list is refused.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    GUIDE = "guide", _("Hall guide")
    CLERK = "clerk", _("Hall clerk")
    DUTY_MANAGER = "duty_manager", _("Duty manager")
    HOTLINE = "hotline", _("Hotline agent")
    VIP_MANAGER = "vip_manager", _("VIP account manager")
    GROUP_MANAGER = "group_manager", _("Group account manager")
    COMMUNITY_MANAGER = "community_manager", _("Community manager")
    COMMUNITY_LEADER = "community_leader", _("Community leader")
    CHANNEL_MANAGER = "channel_manager", _("Channel manager")
    CHANNEL_SUPPORT = "channel_support", _("Channel support")
    CHANNEL_SUPERVISION = "channel_supervision", _("Channel supervision")
    COMPLAINT_DESK = "complaint_desk", _("Complaint desk")
    DUNNING_CLERK = "dunning_clerk", _("Dunning clerk")
    COMMISSION_CLERK = "commission_clerk", _("Commission clerk")
    FINANCE = "finance", _("Finance")
    QUALITY = "quality", _("Quality inspector")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    BRANCH_HEAD = "branch_head", _("Branch head")
    DATA_STEWARD = "data_steward", _("Branch data steward")
    AGENT = "agent", _("Agent")
    ADMIN = "admin", _("Administrator")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")


class Reach(models.TextChoices):
    OWN = "own", _("own")
    UNIT = "unit", _("unit")
    BRANCH = "branch", _("branch")


OWN, UNIT, BRANCH = Reach.OWN, Reach.UNIT, Reach.BRANCH
R = Role

SEES_CUSTOMERS = {
    R.GUIDE: BRANCH,
    R.CLERK: BRANCH,
    R.DUTY_MANAGER: BRANCH,
    R.HOTLINE: BRANCH,
    R.VIP_MANAGER: OWN,
    R.GROUP_MANAGER: OWN,
    R.COMMUNITY_MANAGER: UNIT,
    R.COMMUNITY_LEADER: UNIT,
    R.COMPLAINT_DESK: BRANCH,
    R.DUNNING_CLERK: BRANCH,
    R.QUALITY: BRANCH,
    R.DEPARTMENT_HEAD: UNIT,
    R.BRANCH_HEAD: BRANCH,
}
MASKED_FOR = {R.GUIDE, R.QUALITY}  # see customers, but names, numbers and addresses stay masked
FRONT = SEES_CUSTOMERS.keys() - {R.QUALITY, R.DEPARTMENT_HEAD, R.BRANCH_HEAD}  # speak with customers
PROMISES = {
    R.CLERK, R.DUTY_MANAGER, R.HOTLINE, R.VIP_MANAGER, R.GROUP_MANAGER, R.DUNNING_CLERK, R.DEPARTMENT_HEAD,
}  # fmt: skip
PROPOSES_WAIVERS = {
    R.DUTY_MANAGER, R.VIP_MANAGER, R.GROUP_MANAGER, R.DUNNING_CLERK, R.DEPARTMENT_HEAD, R.BRANCH_HEAD,
}  # fmt: skip
DECIDES_MONEY = {R.FINANCE: BRANCH, R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH}
LEADS = {R.DUTY_MANAGER: UNIT, R.COMMUNITY_LEADER: UNIT, R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH}


def seen_by(roles):
    """The reach in which each of `roles` sees customers."""
    return {role: reach for role, reach in SEES_CUSTOMERS.items() if role in roles}


RIGHTS = {
    "customers.view": SEES_CUSTOMERS,
    "customers.view_unmasked": seen_by(SEES_CUSTOMERS.keys() - MASKED_FOR),
    "customers.create": {R.CLERK: BRANCH, R.HOTLINE: BRANCH},
    "customers.change": seen_by({R.CLERK, R.DUTY_MANAGER, R.HOTLINE, R.VIP_MANAGER, R.GROUP_MANAGER}),
    "customers.assign_manager": {R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH},
    "customers.change_tier": {R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH},
    "customers.record_interaction": seen_by(FRONT),  # amendment 6
    "customers.import": {R.DATA_STEWARD: BRANCH},  # amendment 6
    "billing.view": seen_by(SEES_CUSTOMERS.keys() - MASKED_FOR),  # what is owed, billed, paid and used
    "billing.import": {R.DATA_STEWARD: BRANCH},  # bring in what the billing system says, by file or program
    "billing.take_payment": seen_by({R.CLERK, R.DUTY_MANAGER}),  # at the counter (amendment 6); ask for its reversal
    # Reversals of counter payments, and differences of a till; the department head for what a duty manager took.
    "billing.approve": {R.DUTY_MANAGER: UNIT, R.DEPARTMENT_HEAD: UNIT},
    "billing.view_shifts": {
        R.CLERK: OWN,
        R.DUTY_MANAGER: UNIT,
        R.DEPARTMENT_HEAD: UNIT,
        R.BRANCH_HEAD: BRANCH,
        R.FINANCE: BRANCH,
    },
    # Dunning: its lists, dry run and recovery; who works them; what the customer promises (4.3, 4.11).
    "billing.view_dunning": {
        **seen_by({R.DUNNING_CLERK, R.VIP_MANAGER, R.GROUP_MANAGER, R.DEPARTMENT_HEAD, R.BRANCH_HEAD}),
        R.DUTY_MANAGER: UNIT,
    },
    # run now, restore, settle disputes, stop dunning, promises beyond the rules
    "billing.dun": {R.DUNNING_CLERK: BRANCH, R.BRANCH_HEAD: BRANCH},
    # take promises to pay and disputes, ask for exempt lines
    "billing.promise": seen_by(PROMISES),
    "billing.end_exemption": {**seen_by(PROMISES), R.BRANCH_HEAD: BRANCH},
    "billing.exempt": {R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH},  # approve lines that are never stopped
    # Late fees: ask for a waiver, decide on one, on a large one too; the rules of billing say how much at once.
    "billing.waive": seen_by(PROPOSES_WAIVERS),
    "billing.decide_waiver": {R.DUNNING_CLERK: BRANCH, **DECIDES_MONEY},
    "billing.waive_large": DECIDES_MONEY,
    "billing.view_waivers": {**seen_by(PROPOSES_WAIVERS), **DECIDES_MONEY},
    "billing.scenarios": {R.DEPARTMENT_HEAD: BRANCH, R.BRANCH_HEAD: BRANCH},
    # Complaints (4.11). That there is one, its class, state and clock: whoever sees the customer.
    "complaints.know": SEES_CUSTOMERS,
    "complaints.accept": seen_by(FRONT),
    "complaints.view": {
        R.CLERK: UNIT,
        R.DUTY_MANAGER: UNIT,
        **seen_by(SEES_CUSTOMERS.keys() - {R.GUIDE, R.CLERK, R.DUTY_MANAGER}),
    },
    "complaints.handle": {  # what is theirs, or of the units and customers they answer for
        R.CLERK: OWN,
        R.DUTY_MANAGER: UNIT,
        R.HOTLINE: BRANCH,
        R.VIP_MANAGER: OWN,
        R.GROUP_MANAGER: OWN,
        R.COMMUNITY_MANAGER: OWN,
        R.COMMUNITY_LEADER: OWN,
        R.COMPLAINT_DESK: BRANCH,
        R.DEPARTMENT_HEAD: UNIT,
        R.BRANCH_HEAD: BRANCH,
    },
    # hand over, merge, reject, reopen what is closed, whole lists at once
    "complaints.lead": {
        R.DUTY_MANAGER: UNIT,
        R.COMPLAINT_DESK: BRANCH,
        R.DEPARTMENT_HEAD: UNIT,
        R.BRANCH_HEAD: BRANCH,
    },
    "complaints.call_back": seen_by({R.HOTLINE, R.VIP_MANAGER, R.GROUP_MANAGER, R.COMPLAINT_DESK, R.QUALITY}),
    "complaints.do_task": dict.fromkeys(
        (
            R.DUTY_MANAGER,
            R.COMMUNITY_LEADER,
            R.CHANNEL_MANAGER,
            R.CHANNEL_SUPPORT,
            R.CHANNEL_SUPERVISION,
            R.COMPLAINT_DESK,
            R.DUNNING_CLERK,
            R.FINANCE,
            R.DEPARTMENT_HEAD,
        ),
        UNIT,
    ),
    "complaints.compensate": seen_by(
        {R.CLERK, R.DUTY_MANAGER, R.HOTLINE, R.VIP_MANAGER, R.GROUP_MANAGER, R.COMPLAINT_DESK}
    ),
    "complaints.approve": {R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH},
    "complaints.regulator": {R.COMPLAINT_DESK: BRANCH, R.BRANCH_HEAD: BRANCH},
    "complaints.incidents": {R.COMPLAINT_DESK: BRANCH, R.DEPARTMENT_HEAD: BRANCH, R.BRANCH_HEAD: BRANCH},
    "complaints.policies": {R.DEPARTMENT_HEAD: BRANCH, R.BRANCH_HEAD: BRANCH},
    "complaints.figures": {
        R.DUTY_MANAGER: UNIT,
        R.COMPLAINT_DESK: BRANCH,
        R.QUALITY: BRANCH,
        R.DEPARTMENT_HEAD: UNIT,
        R.BRANCH_HEAD: BRANCH,
    },
    "complaints.suggestions": seen_by(SEES_CUSTOMERS.keys() - {R.GUIDE}),
    "complaints.decide_suggestions": {R.COMPLAINT_DESK: BRANCH, R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH},
    "complaints.import": {R.DATA_STEWARD: BRANCH},
    "work.view": SEES_CUSTOMERS,
    "work.do": seen_by(FRONT),  # follow-ups: try, answer, note
    "work.lead": LEADS,  # what the units below owe, late, unreached or promised; hand it over
    "jobs.view": {R.DATA_STEWARD: BRANCH, R.ADMIN: BRANCH},
    "jobs.control": {R.ADMIN: BRANCH},
    "outreach.view": seen_by(FRONT | {R.DEPARTMENT_HEAD, R.BRANCH_HEAD}),
    "outreach.write": seen_by(FRONT - {R.GUIDE}),
    "outreach.decide": seen_by(FRONT - {R.GUIDE} | {R.DEPARTMENT_HEAD, R.BRANCH_HEAD}),  # about one message
    "outreach.templates": {R.DEPARTMENT_HEAD: BRANCH, R.BRANCH_HEAD: BRANCH},
    "outreach.control": {R.DEPARTMENT_HEAD: BRANCH, R.BRANCH_HEAD: BRANCH},  # a stop of sending is for the branch
    "webhooks.manage": {R.ADMIN: BRANCH},
    "staff.enter_absence": {R.DUTY_MANAGER: UNIT, R.DEPARTMENT_HEAD: UNIT, R.BRANCH_HEAD: BRANCH},
    # views of a list for everybody of a unit, by who leads it
    "staff.share_views": {**LEADS, R.COMPLAINT_DESK: UNIT},
    "staff.configure": {R.ADMIN: BRANCH},  # units, parameters, people and their postings; no business data
}
