"""The scenarios a branch begins with (domain 4.3); all of it is data that the branch changes later."""

from billing.models import Scenario, ScenarioStep, ScenarioVersion, Stage

MESSAGE, TASK = ScenarioStep.Action.MESSAGE, ScenarioStep.Action.TASK
ONE_WAY, TWO_WAY = ScenarioStep.Action.SUSPEND_ONE_WAY, ScenarioStep.Action.SUSPEND_TWO_WAY
CANCEL = ScenarioStep.Action.CANCEL
STOPPED = {"counts_from": ScenarioStep.From.SUSPENDED}
NO_CREDIT = {"when": ScenarioStep.When.CREDIT_USED_UP}


def _message(stage, template, days, **fields):
    return {"stage": stage, "action": MESSAGE, "template": template, "days": days} | fields


def _task(stage, days, **fields):
    return {"stage": stage, "action": TASK, "doer": ScenarioStep.Doer.MANAGER, "days": days} | fields


END = [
    _message(Stage.PRE_CANCELLATION, "cancellation_notice", 53, **STOPPED),
    {"stage": Stage.CANCELLED, "action": CANCEL, "days": 60, "gap": 7, **STOPPED},
]
MOBILE_STOP = [
    {"stage": Stage.SUSPENDED_ONE_WAY, "action": ONE_WAY, "days": 12, "gap": 2, **NO_CREDIT},
    {"stage": Stage.SUSPENDED_TWO_WAY, "action": TWO_WAY, "days": 15, **STOPPED},
    *END,
]
FIXED_STOP = [{"stage": Stage.SUSPENDED_ONE_WAY, "action": ONE_WAY, "days": 31, "gap": 2}, *END]
NOTICES = [
    _message(Stage.NOTICE_1, "overdue_notice", 1),
    _message(Stage.NOTICE_2, "overdue_notice_2", 7),
]
MOBILE = [*NOTICES, _message(Stage.PRE_SUSPENSION, "suspension_notice", 10, **NO_CREDIT), *MOBILE_STOP]
FIXED = [*NOTICES, _message(Stage.PRE_SUSPENSION, "suspension_notice", 28), *FIXED_STOP]
# Those a manager looks after hear from a person first, and have days of grace before anything goes out by itself.
VALUED = [
    _task(Stage.OVERDUE, 1),
    _message(Stage.NOTICE_1, "overdue_notice", 5),
    _message(Stage.NOTICE_2, "overdue_notice_2", 12),
    _task(Stage.NOTICE_2, 22),
    _message(Stage.PRE_SUSPENSION, "suspension_notice", 28),
    {"stage": Stage.SUSPENDED_ONE_WAY, "action": ONE_WAY, "days": 31, "gap": 3, **NO_CREDIT},
    {"stage": Stage.SUSPENDED_TWO_WAY, "action": TWO_WAY, "days": 15, **STOPPED},
    *END,
]
VALUED_FIXED = [step for step in VALUED if step["action"] != TWO_WAY]
VIP = ["diamond", "gold", "silver"]
# (code, Chinese name, English name, whom it is for, steps), in the order in which they are asked
SCENARIOS = [
    ("group", "集团客户催缴", "Group customers", {"kinds": ["group"]}, VALUED),
    ("locked", "锁定高价值客户催缴", "Locked high-value customers", {"locked": True}, VALUED),
    ("vip-mobile", "VIP移动业务催缴", "VIP, mobile", {"tiers": VIP, "products": ["mobile"]}, VALUED),
    ("vip-fixed", "VIP固网业务催缴", "VIP, fixed", {"tiers": VIP, "products": ["fixed"]}, VALUED_FIXED),
    ("fixed", "固网业务催缴", "Fixed line and broadband", {"products": ["fixed"]}, FIXED),
    ("mobile", "移动业务催缴", "Mobile", {}, MOBILE),
]


def ship(branch):
    """The scenarios that `branch` does not have yet by their code; twice is once."""
    for order, (code, name, name_en, whom, steps) in enumerate(SCENARIOS, 1):
        named = {"name": name, "name_en": name_en, "order": order}
        scenario, is_new = Scenario.objects.get_or_create(branch=branch, code=code, defaults=named)
        if is_new:
            version = ScenarioVersion.objects.create(scenario=scenario, n=1, current=True, **whom)
            ScenarioStep.objects.bulk_create(
                ScenarioStep(version=version, n=n, **one) for n, one in enumerate(steps, 1)
            )
