"""The macros a branch begins with; those who lead change them as they like."""

from complaints.models import Macro

COLUMNS = ("key", "name", "name_en", "step", "text", "owner_to", "note")
MACROS = [
    ("1", "我来处理并告知客户", "I take it", "contact", "已告知客户由{me}处理", "me", ""),
    ("2", "等待客户提供材料", "Wait for the customer's papers", "wait", "请客户提供身份证件或缴费凭证", "", ""),
    ("3", "客户已回复，继续处理", "The customer answered", "go_on", "", "", "客户已回复，继续处理。"),
]  # fmt: skip


def ship(branch):
    """What the branch has under the same names or keys stays as it is."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in MACROS]
    Macro.objects.bulk_create([Macro(branch=branch, unit=branch, **row) for row in rows], ignore_conflicts=True)
