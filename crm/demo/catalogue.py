"""Plans of the demo branch at every stage of life, with what they cost and used to cost."""

from datetime import timedelta
from decimal import Decimal

from customers.models import Plan, PlanPrice

PLANS = [  # code, name, English name, kind, stage, monthly fee, what it cost before (or None), weight among its kind
    ("M5G239", "5G 尊享 239 元套餐", "5G Premium 239", "mobile", "on_sale", 239, None, 2),
    ("M5G169", "5G 畅享 169 元套餐", "5G Plus 169", "mobile", "on_sale", 169, 159, 6),
    ("M5G129", "5G 畅享 129 元套餐", "5G Plus 129", "mobile", "on_sale", 129, None, 14),
    ("M5G059", "5G 惠享 59 元套餐", "5G Value 59", "mobile", "on_sale", 59, 69, 24),
    ("M5G039", "孝心 39 元套餐", "Senior 39", "mobile", "on_sale", 39, None, 13),
    ("MSTU19", "校园 19 元套餐", "Campus 19", "mobile", "on_sale", 19, 29, 9),
    ("M4G099", "4G 乐享 99 元套餐", "4G 99", "mobile", "withdrawn", 99, None, 12),
    ("M4G049", "4G 乐享 49 元套餐", "4G 49", "mobile", "withdrawn", 49, 56, 12),
    ("M3GOLD", "老用户 26 元套餐", "Heritage 26", "mobile", "withdrawn", 26, None, 8),
    ("M5G399", "5G 至尊 399 元套餐", "5G Ultimate 399", "mobile", "draft", 399, None, 0),
    ("M2GEND", "神州 10 元套餐", "2G 10", "mobile", "ended", 10, None, 0),
    ("B0100", "宽带 100M", "Broadband 100M", "broadband", "withdrawn", 39, 59, 20),
    ("B0300", "宽带 300M", "Broadband 300M", "broadband", "on_sale", 49, None, 40),
    ("B1000", "千兆宽带", "Gigabit broadband", "broadband", "on_sale", 79, 99, 30),
    ("B2000", "全屋光宽 2000M", "Whole-home fibre 2000M", "broadband", "on_sale", 129, None, 10),
    ("F20", "固话 20 元", "Fixed line 20", "fixed", "on_sale", 20, None, 70),
    ("F35", "固话 35 元", "Fixed line 35", "fixed", "withdrawn", 35, 30, 30),
]
STARTED = 1_900  # days ago the plans began


def plant(branch, today):
    """Make the plans and their dated prices; returns {kind: ([plan], [monthly fee], [weight])} of those held."""
    began, changed = today - timedelta(days=STARTED), today.replace(day=1) - timedelta(days=245)
    held = {}
    for code, name, name_en, kind, stage, fee, before, weight in PLANS:
        plan = Plan.objects.create(branch=branch, code=code, name=name, name_en=name_en, kind=kind, stage=stage)
        if before:
            PlanPrice.objects.create(plan=plan, monthly_fee=before, valid_from=began, valid_to=changed)
        PlanPrice.objects.create(plan=plan, monthly_fee=fee, valid_from=changed if before else began)
        if weight:
            plans, fees, weights = held.setdefault(kind, ([], [], []))
            plans.append(plan)
            fees.append(Decimal(fee))
            weights.append(weight)
    return held
