"""The templates of a branch as it would really have them: what it sends most, in both languages."""

from datetime import timedelta

from complaints import texts as of_complaints
from outreach.models import Template

SERVICE, CARE, MARKETING = "service", "care", "marketing"
# code, purpose, class, name, English name, Chinese, English
TEMPLATES = [
    (
        "arrears_reminder", "arrears", SERVICE, "缴费提醒", "Bill reminder",
        "【{branch}】尊敬的{customer}，您本期账单{amount}元尚未缴清，请于{due_on}前缴费，以免影响使用。缴费途径：{ways}。",
        "{branch}: Dear {customer}, CNY {amount} of your bill is still open. Please pay by {due_on} ({ways}).",
    ),
    (
        "first_bill", "first_bill", SERVICE, "首期账单提醒", "First bill",
        "【{branch}】尊敬的{customer}，欢迎使用我们的服务。您的首期账单请于{due_on}前缴纳，缴费途径：{ways}。",
        "{branch}: Dear {customer}, welcome. Your first bill is due on {due_on}. Ways to pay: {ways}.",
    ),
    (
        "callback_announced", "callback", SERVICE, "回访预告", "Callback announced",
        "【{branch}】尊敬的{customer}，我们将于{day}{time}左右致电回访，届时请保持电话畅通。",
        "{branch}: Dear {customer}, we will call you on {day} at about {time}.",
    ),
    (
        "appointment", "appointment", SERVICE, "预约确认", "Appointment",
        "【{branch}】尊敬的{customer}，您已预约{day}{time}到{place}办理业务，请携带有效证件。",
        "{branch}: Dear {customer}, your appointment is on {day} at {time}, {place}. Please bring your ID.",
    ),
    (
        "plan_change_confirmed", "plan_changed", SERVICE, "套餐变更确认", "Plan change confirmed",
        "【{branch}】尊敬的{customer}，您的套餐将于{day}起变更为{plan}。如非本人办理，请速到营业厅核实。",
        "{branch}: Dear {customer}, you are on {plan} from {day}. If this was not you, come to a hall at once.",
    ),
    (
        "holiday_notice", "notice", SERVICE, "节假日服务安排", "Holiday service notice",
        "【{branch}】尊敬的{customer}，{day}{service}进行割接维护，预计{time}恢复，给您带来不便敬请谅解。",
        "{branch}: Dear {customer}, {service} is maintained on {day} and back by {time}. We apologise.",
    ),
    (
        "birthday_greeting", "greeting", CARE, "生日祝福", "Birthday greeting",
        "【{branch}】尊敬的{customer}，祝您{occasion}快乐，万事顺意！",
        "{branch}: Dear {customer}, we wish you a happy {occasion}!",
    ),
    (
        "spring_festival_greeting", "greeting", CARE, "春节祝福", "Spring Festival greeting",
        "【{branch}】尊敬的{customer}，值此{occasion}佳节，祝您阖家安康、新春如意！",
        "{branch}: Dear {customer}, a happy {occasion} to you and your family!",
    ),
    (
        "new_tariff_offer", "offer", MARKETING, "新套餐推荐", "New tariff offer",
        "【{branch}】尊敬的{customer}，新品{plan}月费{fee}元，{day}前到厅办理可享首月半价。",
        "{branch}: Dear {customer}, {plan} for CNY {fee} a month; half price in the first month until {day}.",
    ),
    (
        "consent_request", "consent", SERVICE, "营销短信征询", "Asking for consent",
        "【{branch}】尊敬的{customer}，是否同意接收我们的优惠信息？同意请回复Y，不同意无需回复。",
        "{branch}: Dear {customer}, may we tell you of offers? Reply Y to agree; no reply means no.",
    ),
]  # fmt: skip
AWAITED = {"callback_announced", "plan_change_confirmed"}  # the customer waits for these
VALID_FOR = timedelta(days=2)


COLUMNS = ("code", "purpose", "message_class", "name", "name_en", "text_zh", "text_en")


def plant(branch, by) -> dict:
    """The templates of the branch by code, composed by the person `by`: those every branch begins with, and these."""
    of_complaints.ship(branch, by=by)
    for row in TEMPLATES:
        said = dict(zip(COLUMNS, row, strict=True))
        any_time = said["code"] in AWAITED
        Template.compose(by=by, branch=branch, channel="sms", any_time=any_time, valid_for=VALID_FOR, **said)
    return {one.code: one for one in Template.objects.filter(branch=branch)}
