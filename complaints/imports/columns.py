"""What a column of a file of complaints may mean."""

from django.utils.translation import gettext_lazy as _

from customers.imports.fields import Field, Fields

FIELDS = Fields(
    Field(
        "ref", _("Ticket"),
        "工单号 工单编号 投诉编号 投诉单号 受理单号 流水号 编号 ticket ticketno ticketnumber caseid complaintid",
    ),
    Field("customer", _("Customer number"), "客户编号 客户编码 客户号 客户标识 customernumber customerno customerid"),
    Field("line", _("Service number"), "业务号码 投诉号码 受理号码 服务号码 手机号码 servicenumber linenumber msisdn"),
    Field("caller_name", _("Caller"), "投诉人 联系人 姓名 客户姓名 客户名称 caller callername complainant name"),
    Field(
        "caller_number", _("Number to reach them"),
        "联系电话 联系号码 电话 callernumber contactnumber phone telephone",
    ),
    Field(
        "words", _("In the customer's words"),
        "投诉内容 投诉描述 问题描述 内容 描述 客户诉求 words text complaint customercomplaint description details",
    ),
    Field("wanted", _("What they want"), "客户要求 诉求 期望 wanted request demand"),
    Field("category", _("Class"), "投诉分类 投诉类别 投诉类型 分类 类别 class category complainttype issue"),
    Field(
        "received_at", _("Received"),
        "受理时间 投诉时间 受理日期 投诉日期 接收时间 日期 received receivedat date datereceived createdat",
    ),
    Field("received_on", _("The day once more"), "datemonthyear"),
    Field("time", _("Time of day"), "时间 受理时刻 time timeofday"),
    Field(
        "channel", _("Channel"),
        "渠道 受理渠道 投诉渠道 来源 投诉来源 channel receivedvia via source submittedvia",
    ),
    Field("place", _("Place"), "地点 地址 投诉地址 故障地址 place address location"),
    Field("city", _("Town"), "城市 市 市县 city town"),
    Field("province", _("Province"), "省 省份 province state"),
    Field("postcode", _("Postal code"), "邮编 邮政编码 zipcode zip postcode postalcode"),
    Field("status", _("State"), "状态 工单状态 处理状态 投诉状态 stage"),
    Field(
        "on_behalf", _("Complains for somebody else"),
        "代投诉 代他人投诉 是否代办 onbehalf filingonbehalfofsomeone",
    ),
    Field("answered_at", _("Answered"), "答复时间 回复时间 办结时间 处理完成时间 answeredat resolvedat dateresolved"),
    Field("closed_at", _("Closed"), "关闭时间 归档时间 结案时间 closedat dateclosed closed"),
    Field("answer", _("What the customer was told"), "处理结果 答复内容 回复内容 处理意见 answer result resolution"),
)  # fmt: skip
