"""Files of billing facts for the tests, and a steward of a branch with a customer and an account."""

from tests import make, money
from tests.imports import files

BILLS = ["账户编号", "账单编号", "账期", "出账日期", "到期日", "金额"]
PAYMENTS = ["账户编号", "流水号", "缴费金额", "缴费时间", "缴费方式"]
ADJUSTMENTS = ["账单编号", "调账编号", "类型", "金额", "原因"]
ACCOUNTS = ["账户编号", "客户编号", "账户名称", "缴费方式", "信用额度", "未出账"]
USAGE = ["账户编号", "业务号码", "账期", "业务", "用量", "单位", "费用"]


def steward():
    return make.user("data_steward", make.branch())


def account(by, **fields):
    return money.account(make.customer(by.branch), **fields)


def a_bill(account, ref="B1", amount="59.00", **fields):
    """A row of a file of bills."""
    row = {"account": account.ref, "ref": ref, "month": "2026-10", "issued": "2026-11-02", "due": "2026-11-22"}
    return list((row | {"amount": amount} | fields).values())


def a_payment(account, ref="P1", amount="59.00", at="2026-11-03 10:30", way="微信"):
    return [account.ref, ref, amount, at, way]


def bills(*rows):
    return files.text(rows, BILLS)


def payments(*rows):
    return files.text(rows, PAYMENTS)


def checked(content, by, subject):
    return files.checked(content, by, subject=subject)


def brought_in(content, by, subject):
    return files.brought_in(content, by, subject=subject)


def adjustments(*rows):
    return files.text(rows, ADJUSTMENTS)
