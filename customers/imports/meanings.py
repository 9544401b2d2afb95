"""Words of files and what they mean here, in both languages."""

KINDS = {
    "personal": {"个人", "个人客户", "公众", "公众客户", "personal customer", "individual", "person", "residential"},
    "group": {"集团", "集团客户", "政企", "政企客户", "单位", "企业", "group customer", "company", "business"},
}
STATUSES = {
    "active": {"在网", "正常", "在用", "否", "no", "false", "0", "n"},
    "left": {"离网", "销户", "已销户", "注销", "拆机", "是", "left the network", "churned", "yes", "true", "1", "y"},
}
LANGUAGES = {
    "zh-hans": {"中文", "汉语", "简体中文", "普通话", "zh", "zh-cn", "chinese", "simplified chinese"},
    "en": {"英文", "英语", "english"},
}
LINE_KINDS = {
    "mobile": {"手机", "移动", "移动电话", "mobile phone", "cellular"},
    "broadband": {"宽带", "固网宽带", "光宽带", "internet", "adsl", "ftth"},
    "fixed": {"固话", "固定电话", "座机", "fixed phone", "landline", "telephone"},
    "iot": {"物联网", "物联网卡"},
    "tv": {"电视", "iptv", "高清电视"},
}
PAYMENT_WAYS = {
    "wechat": {"微信", "微信支付", "wechat pay"},
    "alipay": {"支付宝"},
    "bank_debit": {"银行代扣", "托收", "银行托收", "代扣", "direct debit", "bank transfer (automatic)"},
    "credit_card": {"信用卡", "credit card", "credit card (automatic)"},
    "bank_transfer": {"银行转账", "转账", "bank transfer"},
    "cash": {"现金", "营业厅", "营业厅现金", "hall"},
    "electronic_check": {"电子支票", "electronic check"},
    "mailed_check": {"邮寄支票", "mailed check"},
}
NO_CONTRACT = {"无", "无合约", "没有", "none", "no", "month-to-month", "month to month"}
TERMS = {  # years: words
    1: {"一年", "1年", "12个月", "12", "one year", "1 year", "12 months"},
    2: {"两年", "二年", "2年", "24个月", "24", "two year", "two years", "2 years", "24 months"},
}
