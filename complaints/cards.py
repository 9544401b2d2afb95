"""The answer cards a branch starts with: what is said at the counter before anybody complains."""

from complaints.models import AnswerCard, Category

# class, title, English title, text, English text
CARDS = [
    (
        "3203", "不明扣费先查明细", "Unknown deduction: look at the items first",
        "先与客户一起看账单明细和订购记录，说明每一笔的来源。未经确认订购的业务当场退订，已扣费用按规定核退。",
        "Look at the bill's items and the orders together and say where each comes from. What was ordered without "
        "consent is cancelled at once and what was charged for it is refunded by the rules.",
    ),
    (
        "3204", "套餐外流量费说明", "Charges outside the plan",
        "套餐流量用完后按标准资费计费，达到提醒值会发短信。可当场办理流量包或调整套餐，并开通用量提醒。",
        "Once the plan's data is used up the standard price holds, and a message says so. Offer a data pack or another "
        "plan now, and switch on reminders.",
    ),
    (
        "1302", "增值业务退订与核查", "Value-added service without consent",
        "查订购时间、渠道与二次确认记录。查无确认的，当场退订并登记核退；客户要求时开通“业务订购需确认”。",
        "Look up when and by which way it was ordered and whether it was confirmed. Without a confirmation cancel it "
        "and note the refund; offer to have every order confirmed.",
    ),
    (
        "22", "宽带上网慢先做三步", "Broadband: three steps first",
        "请客户重启光猫和路由器、用网线直连测速、确认套餐速率。仍不达标的登记报修，并告知上门时间。",
        "Restart modem and router, test by cable, check the speed of the plan. If it is still slow, register a repair "
        "and say when somebody comes.",
    ),
    (
        "2101", "信号弱的处理", "No or weak signal",
        "问清地点、室内还是室外、几个人受影响。先看“正在发生”有无故障；没有则登记测试，三天内答复。",
        "Ask where, indoors or outside, and who else is affected. Look whether an outage is going on; if not, have it "
        "measured and answer within three days.",
    ),
    (
        "1501", "拒收营销信息", "Stop marketing",
        "当场登记拒收，立即生效。告知客户：业务通知（账单、停机提醒）仍会发送。",
        "Note the refusal now; it holds at once. Notices about the service, such as bills, still come.",
    ),
    (
        "1404", "携号转网的条件", "Moving a number to another network",
        "实名、无欠费、无在网约定即可，发送短信即可查询资格。不得劝阻或拖延。",
        "With real-name details, nothing owed and no contract running it can be moved; a message tells. Never hinder "
        "or delay it.",
    ),
    (
        "3303", "缴费后复机", "Restored after payment",
        "缴清后自动复机，一般一小时内恢复，最长二十四小时。超过一小时未恢复的，当场催办。",
        "Once all is paid the service is restored by itself, within an hour as a rule and a day at most. After an hour "
        "ask for it at once.",
    ),
]  # fmt: skip


def ship(branch, *, by=None):
    """The cards that `branch` does not have yet by their title; twice is once."""
    classes = dict(Category.objects.filter(branch=branch).values_list("code", "pk"))
    known = set(AnswerCard.objects.filter(branch=branch).values_list("title", flat=True))
    for code, title, title_en, text, text_en in CARDS:
        if title not in known and code in classes:
            told = {"title": title, "title_en": title_en, "text": text, "text_en": text_en}
            AnswerCard.objects.create(branch=branch, category_id=classes[code], **told).keep_version(by=by)
