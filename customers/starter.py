"""What a branch needs before its first customer: tiers and reasons. Planting twice changes nothing."""

from django.db import transaction

from customers import pinyin, reasons
from customers.models import Reason, Tier
from staff.models import Unit

TIERS = [
    ("diamond", "钻石卡", "Diamond", Tier.Mark.DIAMOND),
    ("gold", "金卡", "Gold", Tier.Mark.GOLD),
    ("silver", "银卡", "Silver", Tier.Mark.SILVER),
    ("ordinary", "普通", "Ordinary", Tier.Mark.NONE),
]


@transaction.atomic
def plant(branch: Unit) -> None:
    """Give a branch the usual tiers and reasons; what it has under the same code stays as it is."""
    plant_tiers(branch)
    plant_reasons(branch)


def plant_tiers(branch):
    Tier.objects.bulk_create(
        [
            Tier(branch=branch, code=code, name=name, name_en=name_en, mark=mark, order=order)
            for order, (code, name, name_en, mark) in enumerate(TIERS, 1)
        ],
        ignore_conflicts=True,
    )


def plant_reasons(branch):
    """Level by level, because a child names its parent's row."""
    rows = list(reasons.rows())
    for length in sorted({len(code) for code, _, _ in rows}):
        planted = dict(Reason.objects.filter(branch=branch).values_list("code", "pk"))
        Reason.objects.bulk_create(
            [_reason(branch, row, planted) for row in rows if len(row[0]) == length], ignore_conflicts=True
        )


def _reason(branch, row, planted):
    code, name, name_en = row
    spelled, initials = pinyin.keys(name, group=True)
    return Reason(
        branch=branch,
        parent_id=planted.get(reasons.parent_of(code)),
        code=code,
        name=name,
        name_en=name_en,
        pinyin=spelled,
        initials=initials,
        stage=reasons.stage_of(code),
    )
