"""Words of files about money and what they mean here, in both languages."""

WAYS = {
    "cash": {"现金", "营业厅", "营业厅现金", "前台", "counter", "hall"},
    "wechat": {"微信", "微信支付", "wechat pay"},
    "alipay": {"支付宝"},
    "bank_debit": {"银行代扣", "托收", "银行托收", "代扣", "direct debit"},
    "bank_transfer": {"银行转账", "转账", "bank transfer"},
    "card": {"银行卡", "刷卡", "信用卡", "bank card", "credit card"},
    "other": {"其他", "其它", "other way"},
}
SERVICES = {
    "fee": {"月租", "月费", "套餐费", "套餐", "基本费", "monthly fee", "rental", "subscription"},
    "voice": {"语音", "通话", "通话费", "calls"},
    "data": {"流量", "上网", "数据", "流量费", "internet"},
    "text": {"短信", "短信费", "sms", "text messages"},
    "broadband": {"宽带", "宽带费"},
    "tv": {"电视", "iptv", "高清电视"},
    "value_added": {"增值业务", "增值", "增值业务费", "value-added", "value added", "value-added services"},
    "roaming": {"漫游", "国际漫游", "漫游费"},
    "other": {"其他", "其它", "其他费用", "other charges"},
}
MEASURES = {
    "minutes": {"分钟", "分", "min", "minute"},
    "megabytes": {"mb", "兆", "m"},
    "pieces": {"条", "次", "个", "piece", "pcs"},
    "months": {"月", "个月", "month"},
}
ADJUSTMENTS = {
    "credit": {"冲减", "减免", "退费", "credit note"},
    "late_fee": {"滞纳金", "违约金", "late fee"},
    "waiver": {"滞纳金减免", "减免滞纳金", "late fee waived"},
    "compensation": {"赔偿", "补偿"},
    "correction": {"更正", "调账", "改正"},
}
