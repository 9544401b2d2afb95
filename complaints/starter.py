"""What a branch needs before its first complaint: classes, causes, texts, policies. Planting twice changes nothing."""

from django.db import transaction

from complaints import call_texts, cards, classes, shipped_macros, texts
from complaints.causes import CAUSES
from complaints.classing import shipped as keyword_rules
from complaints.clocks import shipped
from complaints.models import Category, Cause
from customers import pinyin
from staff.models import Unit, User


@transaction.atomic
def plant(branch: Unit, *, by: User | None = None):
    """What the branch has under the same codes stays as it is."""
    plant_classes(branch)
    Cause.objects.bulk_create(
        [Cause(branch=branch, code=c, name=n, name_en=e, liability=whose) for c, n, e, whose in CAUSES],
        ignore_conflicts=True,
    )
    texts.ship(branch, by=by)
    call_texts.ship(branch, by=by)
    cards.ship(branch, by=by)
    keyword_rules.ship(branch)
    shipped.ship(branch)
    shipped_macros.ship(branch)


def plant_classes(branch):
    """Level by level, because a class names its parent's row."""
    rows = list(classes.rows())
    for length in sorted({len(row["code"]) for row in rows}):
        planted = dict(Category.objects.filter(branch=branch).values_list("code", "pk"))
        made = [_category(branch, row, planted) for row in rows if len(row["code"]) == length]
        Category.objects.bulk_create(made, ignore_conflicts=True)


def _category(branch, row, planted):
    spelled, initials = pinyin.keys(row["name"], group=True)
    above = planted.get(classes.parent_of(row["code"]))
    return Category(branch=branch, parent_id=above, pinyin=spelled[:200], initials=initials[:60], **row)
