"""The messages about complaints a branch begins with; it changes them as it likes."""

from datetime import timedelta

from outreach.models import Template

COLUMNS = ("code", "purpose", "name", "name_en", "text_zh", "text_en")
TEMPLATES = [
    (
        "complaint_accepted", "complaint_accepted", "投诉受理告知", "Complaint accepted",
        "【{branch}】尊敬的{customer}，您反映的问题已受理，工单号{ticket}，我们最迟于{answer_by}答复您。",
        "{branch}: Dear {customer}, your complaint is registered as {ticket}. We will answer by {answer_by}.",
    ),
    (
        "complaint_result", "complaint_result", "投诉处理结果", "Result of a complaint",
        "【{branch}】尊敬的{customer}，工单{ticket}已处理完毕，稍后将有专人回访，感谢您的监督。",
        "{branch}: Dear {customer}, {ticket} has been dealt with. We will call you about it. Thank you.",
    ),
    (
        "complaint_withdrawn", "complaint_withdrawn", "投诉撤诉告知", "Complaint taken back",
        "【{branch}】尊敬的{customer}，您已撤回工单{ticket}的投诉。如仍有问题，请随时联系我们。",
        "{branch}: Dear {customer}, you took back {ticket}. If it troubles you again, please tell us.",
    ),
    (
        "complaint_incident", "complaint_incident", "群障进展告知", "News of an incident",
        "关于您的投诉 {ticket}：{text}",
        "About your complaint {ticket}: {text}",
    ),
]  # fmt: skip
AWAITED = {"complaint_accepted"}  # the customer waits for it: at any hour
VALID_FOR = timedelta(days=2)


def ship(branch, *, by=None):
    """The templates that `branch` does not have yet by their code; twice is once."""
    known = set(Template.objects.filter(branch=branch).values_list("code", flat=True))
    for row in TEMPLATES:
        fields = dict(zip(COLUMNS, row, strict=True))
        if fields["code"] not in known:
            shape = {"channel": "sms", "message_class": "service", "valid_for": VALID_FOR}
            Template.compose(by=by, branch=branch, any_time=fields["code"] in AWAITED, **shape, **fields)
