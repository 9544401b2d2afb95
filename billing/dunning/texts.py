"""The messages a branch begins with: polite, with the sum, the day and how to pay (A25). The branch changes them."""

from datetime import timedelta

from outreach.models import Template

COLUMNS = ("code", "purpose", "name", "name_en", "text_zh", "text_en")
TEMPLATES = [
    (
        "low_balance", "low_balance", "余额不足提醒", "Low balance",
        "【{branch}】尊敬的{customer}，您的账户可用余额为{balance}，为不影响您的使用，请及时充值。缴费途径：{ways}。",
        "{branch}: Dear {customer}, {balance} is left on your account. Please top up in time ({ways}).",
    ),
    (
        "overdue_notice", "overdue", "逾期缴费提醒", "Overdue: first notice",
        "【{branch}】尊敬的{customer}，您有{amount}话费应于{due_on}前缴纳，目前尚未到账。如已缴费请忽略本短信。"
        "缴费途径：{ways}。",
        "{branch}: Dear {customer}, {amount} was to be paid by {due_on}. If you have paid, please ignore this. "
        "Ways to pay: {ways}.",
    ),
    (
        "overdue_notice_2", "overdue", "逾期缴费再次提醒", "Overdue: second notice",
        "【{branch}】尊敬的{customer}，您有{amount}话费已逾期{days}天，请您抽空缴纳，以免影响使用。"
        "缴费途径：{ways}。如有疑问，欢迎致电客服热线或联系客户经理。",
        "{branch}: Dear {customer}, {amount} is {days} days overdue. Please pay so that your service goes on "
        "({ways}). Call us if anything is unclear.",
    ),
    (
        "suspension_notice", "suspension", "停机提醒", "Suspension announced",
        "【{branch}】尊敬的{customer}，您欠费{amount}，已逾期{days}天。若{stop_on}前仍未缴清，您的号码将被暂停呼出，"
        "缴清后自动恢复。缴费途径：{ways}。如有困难，可联系我们办理承诺缴费。",
        "{branch}: Dear {customer}, {amount} is {days} days overdue. Unless it is paid, your service will "
        "be suspended from {stop_on}, and restored once you have paid ({ways}). Talk to us if that is difficult.",
    ),
    (
        "cancellation_notice", "suspension", "销号提醒", "Cancellation announced",
        "【{branch}】尊敬的{customer}，您欠费{amount}，服务已停。若{stop_on}前仍未缴清，您的号码将被销号。"
        "缴清后我们将立即为您恢复。缴费途径：{ways}。",
        "{branch}: Dear {customer}, {amount} is open and your service is stopped. Unless it is paid, it will be "
        "cancelled on {stop_on}. Once you have paid we restore it at once ({ways}).",
    ),
]  # fmt: skip
VALID_FOR = timedelta(days=2)  # then it is written anew, with what is owed by that time


def ship(branch, *, by=None):
    """The templates that `branch` does not have yet by their code; twice is once."""
    known = set(Template.objects.filter(branch=branch).values_list("code", flat=True))
    for row in TEMPLATES:
        fields = dict(zip(COLUMNS, row, strict=True))
        if fields["code"] not in known:
            Template.compose(
                by=by, branch=branch, channel="sms", message_class="service", valid_for=VALID_FOR, **fields
            )
