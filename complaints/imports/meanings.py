"""Words of files of complaints and what they mean here, in both languages."""

CHANNELS = {
    "hall": {"营业厅", "前台", "柜台", "counter", "store", "shop", "branch office"},
    "hotline": {
        "热线", "客服热线", "客户热线", "10000", "10010", "10086", "customer care call", "call centre", "call center",
    },
    "phone": {"电话", "来电", "telephone", "call"},
    "visit": {"上门", "走访", "in person"},
    "app": {"手机应用", "掌厅", "掌上营业厅", "mobile app"},
    "wechat": {"微信", "公众号", "weixin"},
    "web": {"网站", "网上营业厅", "网厅", "互联网", "internet", "website", "online"},
    "email": {"邮件", "电子邮件", "邮箱", "e-mail", "mail"},
    "sms": {"短信", "text message"},
    "letter": {"信函", "来信", "书信", "post", "fax"},
    "regulator": {"监管", "通管局", "通信管理局", "工信部", "12300", "12315", "12345", "申诉", "fcc", "authority"},
}  # fmt: skip
STATES = {
    "accepted": {"open", "new", "received", "未处理", "待处理", "新建", "受理", "已受理", "未办结"},
    "in_progress": {"pending", "in progress", "assigned", "处理中", "在办", "办理中", "已派单", "在途", "待办"},
    "closed": {
        "closed", "solved", "resolved", "done", "已关闭", "关闭", "已解决", "已办结", "办结", "归档", "已归档", "完成",
    },
    "withdrawn": {"withdrawn", "cancelled", "canceled", "撤诉", "已撤诉", "撤销", "已撤销"},
}  # fmt: skip
YES_NO = {"yes": {"是", "y", "true", "1"}, "no": {"否", "n", "false", "0"}}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
