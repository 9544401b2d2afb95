"""Files of accounts, bills, payments, adjustments and usage: what comes in, what is refused, and why."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from audit.models import Event
from billing import checking
from billing.models import Account, Adjustment, Bill, MonthlyUsage, Payment
from customers.imports.reasons import reasons_of
from tests import make, money
from tests.billing import files
from tests.imports import files as imports

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return files.steward()


@pytest.fixture
def account(by):
    return files.account(by)


def owed(account):
    account.refresh_from_db()
    assert checking.differences() == []
    return account.owed, account.credit


def test_a_dry_run_of_bills_changes_nothing(by, account):
    batch = files.checked(files.bills(files.a_bill(account)), by, "bills")
    assert imports.outcomes(batch) == ["create"]
    assert not Bill.objects.exists()
    row = batch.rows.get()
    assert (row.number, row.name, row.customer_id) == ("B1", account.ref, account.customer_id)


def test_bills_come_in_and_are_paid_from_what_lay_there(by, account):
    money.payment(account, "40.00")
    files.brought_in(files.bills(files.a_bill(account), files.a_bill(account, "B2", "¥1,000.50")), by, "bills")
    bill = Bill.objects.get(ref="B1")
    assert (bill.month, bill.issued_on, bill.due_on) == (date(2026, 10, 1), date(2026, 11, 2), date(2026, 11, 22))
    assert (bill.amount, bill.open) == (Decimal("59.00"), Decimal("19.00"))
    assert owed(account) == (Decimal("1019.50"), 0)


def test_each_bill_leaves_an_event_with_its_customer_and_branch(by, account):
    batch = files.brought_in(files.bills(files.a_bill(account)), by, "bills")
    event = Event.objects.get(verb="bill.issued")
    bill = Bill.objects.get()
    assert (event.subject_type, event.subject_id) == ("billing.bill", bill.pk)
    assert (event.customer_id, event.branch_id, event.actor) == (account.customer_id, account.branch_id, by)
    assert (event.data["import"], event.data["row"], event.data["account"]) == (batch.pk, 2, account.pk)


def test_the_same_file_again_changes_nothing(by, account):
    content = files.bills(files.a_bill(account), files.a_bill(account, "B2"))
    files.brought_in(content, by, "bills")
    assert imports.outcomes(files.brought_in(content, by, "bills")) == ["unchanged"] * 2
    assert (Bill.objects.count(), Event.objects.filter(verb="bill.issued").count()) == (2, 2)


def test_other_figures_under_a_known_number_are_a_conflict_and_never_overwrite(by, account):
    files.brought_in(files.bills(files.a_bill(account)), by, "bills")
    changed = files.a_bill(account, amount="69.00", due="2026-11-30")
    batch = files.brought_in(files.bills(changed), by, "bills")
    assert imports.reasons(batch) == {2: ["conflict"]}
    assert reasons_of(batch.rows.get()) == [
        "It is there already with other figures (Due on, Amount) and is not overwritten."
    ]
    with translation.override("zh-hans"):
        assert "缴费期限、金额" in reasons_of(batch.rows.get())[0]
    assert Bill.objects.get().amount == Decimal("59.00")


WRONG_BILLS = {
    ("账户编号", "NOBODY"): "unknown_accounts",
    ("账户编号", ""): "missing",
    ("账单编号", ""): "missing",
    ("账期", "2026-13"): "bad_month",
    ("出账日期", "31.11.2026"): "bad_date",
    ("到期日", "2026-11-01"): "due_before_issue",
    ("到期日", "2199-11-01"): "bad_date",
    ("金额", "-1"): "bad_amount",
    ("金额", "many"): "bad_amount",
    ("金额", "99999999999"): "bad_amount",
}


@pytest.mark.parametrize(("cell", "code"), WRONG_BILLS.items())
def test_a_wrong_row_is_refused_with_its_reason_and_the_others_come_in(by, account, cell, code):
    column, value = cell
    wrong = dict(zip(files.BILLS, files.a_bill(account, "B9"), strict=True)) | {column: value}
    batch = files.brought_in(imports.text([wrong, files.a_bill(account)], files.BILLS), by, "bills")
    assert imports.outcomes(batch) == ["error", "create"]
    assert imports.reasons(batch) == {2: [code]}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert "%" not in reasons_of(batch.rows.get(n=2))[0]
    assert Bill.objects.get().ref == "B1"


def test_accounts_of_other_branches_are_as_unknown_as_those_that_do_not_exist(by):
    foreign = money.account(ref="F1")
    batch = files.brought_in(files.bills(files.a_bill(foreign)), by, "bills")
    assert imports.reasons(batch) == {2: ["unknown_accounts"]}
    assert not Bill.objects.exists()


def test_a_number_twice_in_a_file_comes_in_once(by, account):
    rows = [files.a_payment(account), files.a_payment(account), files.a_payment(account, amount="1.00")]
    batch = files.brought_in(files.payments(*rows), by, "payments")
    assert imports.outcomes(batch) == ["create", "duplicate", "duplicate"]
    assert reasons_of(batch.rows.get(n=3)) == ["The same number as row 2."]
    assert owed(account) == (0, Decimal("59.00"))


def test_a_number_twice_in_ranges_apart_comes_in_once(by, account, monkeypatch):
    monkeypatch.setattr("customers.imports.ranges.ROWS", 1)
    rows = [files.a_payment(account), files.a_payment(account), files.a_payment(account, "P2")]
    batch = files.brought_in(files.payments(*rows), by, "payments")
    assert imports.outcomes(batch) == ["create", "duplicate", "create"]


def test_payments_come_in_in_the_branch_s_time_and_pay_the_oldest_bill(by, account):
    bill = money.bill(account, "50.00")
    rows = [files.a_payment(account), files.a_payment(account, "P2", "1.00", "2026/11/4", "柜台")]
    batch = files.brought_in(files.payments(*rows), by, "payments")
    assert imports.reasons(batch) == {3: ["unknown_payment_way"]}
    payment = Payment.objects.get()
    assert payment.at.isoformat() == "2026-11-03T02:30:00+00:00"
    assert (payment.way, payment.source, payment.used) == ("wechat", "billing", Decimal("50.00"))
    bill.refresh_from_db()
    assert bill.open == 0
    assert owed(account) == (0, Decimal("9.00"))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"amount": "0"}, "not_above_zero"),
        ({"at": "2099-01-01"}, "in_future"),
        ({"at": "25:00"}, "bad_time"),
        ({"at": "1900-01-01"}, "bad_time"),
    ],
)
def test_payments_of_nothing_or_of_the_future_are_refused(by, account, cells, code):
    batch = files.brought_in(files.payments(files.a_payment(account, **cells)), by, "payments")
    assert imports.reasons(batch) == {2: [code]}


def test_a_payment_that_is_there_is_the_same_however_its_way_is_left_out(by, account):
    files.brought_in(files.payments(files.a_payment(account)), by, "payments")
    batch = files.brought_in(files.payments(files.a_payment(account, way="")), by, "payments")
    assert imports.outcomes(batch) == ["unchanged"]
    moved = files.brought_in(files.payments(files.a_payment(account, at="2026-11-03 10:31")), by, "payments")
    assert imports.reasons(moved) == {2: ["conflict"]}


def adjusted(by, *rows):
    return files.brought_in(imports.text(rows, files.ADJUSTMENTS), by, "adjustments")


def test_adjustments_make_room_in_paid_bills_and_the_money_goes_on(by, account):
    money.bill(account, "59.00", ref="B1")
    money.payment(account, "40.00")
    money.payment(account, "19.00")
    money.bill(account, "5.00", ref="B2")
    adjusted(by, ["B1", "J1", "减免", "-20.00", "线路故障"], ["B1", "J2", "滞纳金", "1.50", ""])
    assert Adjustment.objects.get(ref="J1").reason == "线路故障"
    bill = Bill.objects.get(ref="B1")
    assert (bill.adjusted, bill.paid, bill.open) == (Decimal("-18.50"), Decimal("40.50"), 0)
    assert owed(account) == (0, Decimal("13.50"))
    assert Event.objects.filter(verb="bill.adjusted", customer_id=account.customer_id).count() == 2


def test_no_order_of_adjustments_brings_a_bill_below_nothing(by, account):
    money.bill(account, "40.00", ref="B1")
    amounts = ["-30.00", "-20.00", "5.00", "-15.00", "0"]
    batch = adjusted(by, *(["B1", f"J{n}", "correction", amount, ""] for n, amount in enumerate(amounts)))
    assert imports.outcomes(batch) == ["create", "error", "create", "error", "error"]
    assert imports.reasons(batch) == {3: ["below_zero"], 5: ["below_zero"], 6: ["zero"]}
    assert owed(account) == (Decimal("15.00"), 0)


def test_adjustments_name_bills_of_the_branch(by):
    foreign = money.bill(money.account(), ref="B7")
    batch = adjusted(by, [foreign.ref, "J1", "credit", "-1.00", ""], ["B8", "J2", "gift", "1.00", ""])
    assert imports.reasons(batch) == {2: ["unknown_bills"], 3: ["unknown_adjustment", "unknown_bills"]}


def accounts(by, *rows):
    return files.brought_in(imports.text(rows, files.ACCOUNTS), by, "accounts")


def test_accounts_are_opened_and_changed_by_the_file(by):
    customer = make.customer(by.branch, number="K1")
    accounts(by, ["A1", "K1", "张伟", "托收", "200", "12.50"])
    account = Account.objects.get()
    assert (account.customer, account.name, account.way, account.version) == (customer, "张伟", "bank_debit", 1)
    assert account.available == Decimal("187.50")
    batch = accounts(by, ["A1", "", "", "支付宝", "300", ""])
    assert batch.rows.get().changes == {"way": ["bank_debit", "alipay"], "credit_limit": ["200.00", "300.00"]}
    account.refresh_from_db()
    assert (account.name, account.way, account.credit_limit, account.version) == ("张伟", "alipay", 300, 2)
    assert imports.outcomes(accounts(by, ["A1", "K1", "", "", "", ""])) == ["unchanged"]
    verbs = Event.objects.filter(subject_type="billing.account").order_by("pk").values_list("verb", "customer_id")
    assert list(verbs) == [("account.opened", customer.pk), ("account.changed", customer.pk)]


def test_an_account_stays_with_its_customer(by, account):
    make.customer(by.branch, number="K2")
    make.customer(number="K3")
    rows = [[account.ref, "K2"], ["A2", "K3"], ["A3", ""], ["", "K2"], ["A4", "K2", "", "", "-5"]]
    batch = accounts(by, *(row + [""] * (6 - len(row)) for row in rows))
    codes = [["account_of_other"], ["unknown_customers"], ["missing"], ["missing"], ["bad_amount"]]
    assert list(imports.reasons(batch).values()) == codes
    assert Account.objects.count() == 1


def used(by, *rows):
    return files.brought_in(imports.text(rows, files.USAGE), by, "usage")


def test_usage_comes_in_by_service_and_line_and_is_said_anew(by, account):
    line = make.line(account.customer, number="18900000001")
    make.identifier(account.customer, "18900000001", kind="service", line=line)
    rows = [
        [account.ref, "189 0000 0001", "202610", "语音", "120", "分钟", "12.00"],
        [account.ref, "", "202610", "语音", "3", "", "-2.00"],
    ]
    assert imports.outcomes(used(by, *rows)) == ["create", "create"]
    first = MonthlyUsage.objects.get(line=line)
    assert (first.month, first.service, first.quantity, first.measure) == (date(2026, 10, 1), "voice", 120, "minutes")
    rows[0][4] = "150"
    assert imports.outcomes(used(by, *rows, rows[0])) == ["update", "unchanged", "duplicate"]
    first.refresh_from_db()
    assert (first.quantity, MonthlyUsage.objects.count()) == (150, 2)


def test_usage_of_a_line_of_somebody_else_is_refused(by, account):
    other = make.customer(by.branch)
    make.identifier(other, "18900000002", kind="service", line=make.line(other, number="18900000002"))
    rows = [
        [account.ref, "18900000002", "2026-10", "fee", "", "", "1"],
        [account.ref, "", "2026-10", "gas", "", "", ""],
    ]
    assert imports.reasons(used(by, *rows)) == {2: ["unknown_lines"], 3: ["unknown_service"]}


def test_a_mapping_that_lacks_what_every_row_says_is_refused(by, account):
    batch = imports.upload(files.bills(files.a_bill(account)), by, subject="bills")
    fields = [field if field != "due_on" else "" for field in batch.columns["fields"]]
    with pytest.raises(imports.intake.ValidationError, match="Due on"):
        imports.intake.ask_check(batch, by=by, chosen=batch.columns | {"fields": fields, "day": ""})


def test_who_may_not_bring_in_such_files_is_refused(account):
    clerk = make.user("clerk", account.branch)
    with pytest.raises(imports.intake.ValidationError, match="may not"):
        imports.upload(files.bills(files.a_bill(account)), clerk, subject="bills")
