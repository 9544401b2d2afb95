"""The messages and scripts of callbacks, surveys and suggestions a branch begins with; it changes them as it likes."""

from complaints.models import Script, Topic
from complaints.texts import COLUMNS
from outreach.models import Template

TEMPLATES = [
    (
        "complaint_unreached", "complaint_unreached", "投诉回访未联系上", "Not reached in the callback",
        "【{branch}】尊敬的{customer}，我们多次致电回访您的工单{ticket}未能接通，现先行办结。如问题仍未解决，请随时联系我们。",
        "{branch}: Dear {customer}, we could not reach you about {ticket} and close it for now. If it is not solved, "
        "please tell us.",
    ),
    (
        "complaint_survey", "complaint_survey", "投诉满意度调查", "Survey after a complaint",
        "【{branch}】尊敬的{customer}，工单{ticket}已办结，请于{day}前评价我们的服务：{link}",
        "{branch}: Dear {customer}, {ticket} is closed. Please tell us by {day} how we did: {link}",
    ),
    (
        "suggestion_answer", "suggestion_answer", "建议答复", "Answer to a suggestion",
        "【{branch}】尊敬的{customer}，感谢您的建议。{answer}",
        "{branch}: Dear {customer}, thank you for your suggestion. {answer}",
    ),
]  # fmt: skip
SCRIPTS = {
    "": (
        "您好，我是{branch}回访员，想就您反映的问题做个回访，大约两分钟，方便吗？\n问题解决了吗？您对服务态度、处理速度、处理结果各打几分（1–10）？\n"
        "事先您期望几分，实际体验几分？您愿意把我们推荐给朋友吗（0–10）？",
        "Hello, I call from {branch} about what you complained of. It takes two minutes; is now a good time?\n"
        "Is it solved? How do you rate our attitude, our speed and the result, from 1 to 10?\n"
        "What had you expected, and what did you experience? Would you recommend us, from 0 to 10?",
    ),
    "service": (
        "您好，我是{branch}回访员。您反映的服务问题已处理，想听听您的意见。\n接待人员是否向您说明并致歉？问题解决了吗？",
        "Hello, I call from {branch}. We have looked into how you were served and would like to hear from you.\n"
        "Did somebody explain and apologise? Is it solved?",
    ),
    "network": (
        "您好，我是{branch}回访员。您反映的网络问题已处理，请问现在信号、网速是否正常？\n原来出问题的时间和地点您再试过吗？",
        "Hello, I call from {branch}. The network where you had trouble was mended: does it work now?\n"
        "Have you tried again at the place and time where it failed?",
    ),
    "charges": (
        "您好，我是{branch}回访员。您反映的费用问题已核查，退费或说明您收到了吗？\n账单现在看得明白吗？",
        "Hello, I call from {branch}. We have checked the charge: did you get the refund or the explanation?\n"
        "Is the bill clear to you now?",
    ),
}  # fmt: skip
TOPICS = [
    ("plans", "套餐资费", "Plans and prices"),
    ("network", "网络质量", "Network quality"),
    ("halls", "营业厅服务", "Service in the halls"),
    ("hotline", "热线服务", "Hotline"),
    ("online", "网上营业厅与App", "Website and app"),
    ("bills", "账单与缴费", "Bills and payment"),
    ("staff", "员工表扬与评议", "About our people"),
    ("other", "其他", "Anything else"),
]


def ship(branch, *, by=None):
    """Texts, scripts and topics that `branch` does not have yet; twice is once."""
    known = set(Template.objects.filter(branch=branch).values_list("code", flat=True))
    for row in TEMPLATES:
        fields = dict(zip(COLUMNS, row, strict=True))
        if fields["code"] not in known:
            Template.compose(by=by, branch=branch, channel="sms", message_class="service", **fields)
    called, called_en = branch.name, branch.name_en or branch.name
    said = [
        Script(
            branch=branch,
            area=area,
            text=text.replace("{branch}", called),
            text_en=english.replace("{branch}", called_en),
        )
        for area, (text, english) in SCRIPTS.items()
    ]
    Script.objects.bulk_create(said, ignore_conflicts=True)
    topics = [Topic(branch=branch, code=code, name=name, name_en=english) for code, name, english in TOPICS]
    Topic.objects.bulk_create(topics, ignore_conflicts=True)
