"""What customers of the demo branch complained of in the last month, and how each story goes (domain 5).

Of the 29 that count, ten are about the network, eleven about charges, eight about service; one more was merged.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """`days` ago at `clock`; `goes` names the story in `stories`; `line` is the kind of the line concerned.

    `name`: told again under the same one, it is the same customer.
    """

    days: int
    clock: int
    code: str
    channel: str
    words: str
    goes: str = "usual"
    line: str = "mobile"
    cause: str = "105"
    answer: str = "已核实并处理，向客户说明情况并致歉。"
    name: str = ""
    hours: tuple = (3, 20)  # until the contact, until the answer
    said: dict = field(default_factory=dict)  # of the callback, where it differs
    vip: bool = False


OUT = "家里宽带上不了网，光猫红灯一直闪。"
NETWORK = [
    Case(0, 5, "2201", "hotline", OUT, "fresh", "broadband"),
    Case(0, 4, "2201", "hotline", "整个小区都断网了，什么时候能恢复？", "fresh", "broadband"),
    Case(0, 3, "2201", "app", "宽带断了，孩子网课上不成。", "fresh", "broadband"),
    Case(
        27,
        10,
        "2101",
        "hotline",
        "地下车库完全没有信号，电话打不进来。",
        cause="201",
        answer="已安排加装室分，两周内改善，先行开通WiFi通话。",
        hours=(2, 40),
    ),
    Case(
        24,
        15,
        "2102",
        "hall",
        "晚上八点以后手机上网特别慢，视频打不开。",
        "with_task",
        cause="204",
        answer="该小区基站已扩容，晚间速率恢复正常。",
        hours=(4, 50),
    ),
    Case(
        20,
        9,
        "2203",
        "visit",
        "宽带一天掉线七八次，重启也没用。",
        line="broadband",
        cause="202",
        name="drops",
        answer="更换分光器端口与光猫，现场测速达标。",
        hours=(3, 26),
    ),
    Case(1, 9, "2203", "hotline", "宽带又开始掉线了，上个月刚修过。", "coordinated", "broadband", name="drops"),
    Case(17, 11, "2205", "hotline", "报修十几天了一直没人来修，线路断在楼道里。", "appealed", "broadband"),
    Case(
        11,
        16,
        "2103",
        "wechat",
        "通话断断续续，对方听不清我说话。",
        "unreached",
        cause="204",
        answer="邻区参数已优化，路测通话正常。",
    ),
    Case(2, 14, "2204", "hall", "说好三天装机，一周了还没装上。", "waits", "broadband"),
]
CHARGES = [
    Case(29, 9, "3203", "hall", "账单里多了一笔10元，不知道是什么。", "on_spot", cause="304",
         answer="为客户逐项说明账单：是上月跨月的流量加油包，客户认可。"),
    Case(26, 11, "3205", "hotline", "没订过彩铃，每个月扣6元。", "given", cause="303",
         answer="已退订并退回三个月费用18元。", hours=(2, 18)),
    Case(22, 15, "3101", "web", "老套餐比新套餐贵这么多，不合理。", cause="302", said={"result": 7},
         answer="介绍适合客户的新套餐，次月生效可省20元。"),
    Case(18, 10, "3301", "hotline", "账单金额与短信提醒对不上，差了30元。", "reopened_and_closed", cause="301",
         answer="核对为提醒短信取数早于出账，已说明。"),
    Case(16, 17, "3302", "hall", "刚交的话费没到账，手机还是停机。", "on_spot", cause="202",
         answer="缴费延迟入账，已核销并当场复机。"),
    Case(14, 10, "3202", "hotline", "感觉每个月都乱收费，说不清楚收的什么。", "stuck"),
    Case(9, 9, "3204", "app", "套餐外流量扣了80元，没有收到提醒。", "reopened", cause="304",
         answer="流量提醒已于用满100%时下发，费用属实。"),
    Case(8, 11, "3206", "hall", "提前解约要违约金，办的时候没人告诉我。", "handed_over", name="penalty"),
    Case(7, 9, "3206", "hotline", "违约金的事情问了几次都没有答复。", "merged", name="penalty"),
    Case(5, 15, "3305", "hall", "销户退费说七天到账，十天了还没到。", "asked_for"),
    Case(2, 10, "3303", "hotline", "已经交清欠费，为什么还没有复机？", "answered", cause="202",
         answer="复机指令补发成功，客户已恢复使用。", hours=(1, 5)),
    Case(0, 6, "3207", "wechat", "在香港两天流量费扣了200多，漫游包没生效？", "assigned"),
]  # fmt: skip
SERVICE = [
    Case(28, 14, "1101", "hall", "柜台的人一直低头玩手机，问话爱理不理。", "of_person", cause="101",
         answer="当事人已当面道歉，营业厅安排服务规范培训。", hours=(2, 30)),
    Case(25, 16, "1201", "hall", "排队一个多小时，八个窗口只开了三个。", "on_spot", cause="105",
         answer="值班经理致歉并当场增开窗口办理。"),
    Case(21, 11, "1302", "hotline", "没有同意过，怎么开通了视频会员？", cause="303",
         answer="核实为外呼误开，已退订退费并回听录音问责。", hours=(3, 22)),
    Case(17, 15, "1503", "app", "积分兑换的礼品一直没有发货。", "not_ours"),
    Case(12, 10, "1403", "hotline", "客户经理答应的合约优惠没有兑现。", cause="104", name="promise", vip=True,
         answer="优惠已补录并追溯两个月，客户经理当面致歉。", hours=(1, 12)),
    Case(10, 13, "1501", "sms", "天天收到营销短信，太烦了。", "withdrawn"),
    Case(4, 9, "1202", "phone", "客服热线打了半小时都没人接。", "of_caller", cause="105",
         answer="高峰期已增派坐席，为客户直接受理了业务。", hours=(2, 10)),
    Case(1, 15, "1403", "hotline", "补录的优惠这个月又没有了。", "begun", name="promise", vip=True),
]  # fmt: skip
CASES = NETWORK + CHARGES + SERVICE
# days ago, topic, channel, the suggestion; decision, reason, answer
SUGGESTIONS = [
    (23, "online", "app", "App里希望能直接看到合约还有几个月到期。",
     ("taken", "与合约提醒需求一致，已排入下一版本。", "您的建议已采纳，新版App将显示合约到期日。")),
    (19, "halls", "hall", "营业厅能不能给老年人留一个不用取号的窗口？",
     ("taken", "旗舰厅先行设置爱心窗口。", "旗舰厅已设爱心窗口，其他营业厅陆续开设。")),
    (15, "plans", "hotline", "希望有只打电话不上网的便宜套餐。",
     ("known", "现有8元保号套餐符合需求。", "8元保号套餐可满足您的需要，营业厅和热线均可办理。")),
    (9, "network", "hotline", "新修的公园信号不好，建议加个基站。", None),
    (3, "bills", "wechat", "账单里的增值业务请写清楚是哪天开通的。", None),
    (18, "hotline", "hotline", "热线菜单太长，人工服务应该放在第一层。", None),
]  # fmt: skip
