"""What a column of a file of customers may mean."""

from django.utils.translation import gettext_lazy as _

from .fields import Field, Fields

FIELDS = Fields(
    Field("number", _("Customer number"), "客户编号 客户编码 客户号 客户标识 customernumber customerno customerid"),
    Field("name", _("Name"), "姓名 客户名称 客户姓名 名称 单位名称 name fullname customername"),
    Field("kind", _("Kind of customer"), "客户类型 客户类别 类型 kind customertype customerkind"),
    Field("phone", _("Contact numbers"), "联系电话 联系号码 联系手机 电话 phone contactnumber contactphone telephone"),
    Field("document", _("ID document"), "证件号码 证件号 身份证号 身份证 身份证号码 idnumber iddocument idcard"),
    Field("birthday", _("Birthday"), "出生日期 生日 出生年月 birthday dateofbirth birthdate dob"),
    Field("address", _("Address"), "地址 联系地址 客户地址 住址 装机地址 address"),
    Field("language", _("Language"), "语言 语种 language"),
    Field("tier", _("Tier"), "等级 客户等级 客户级别 级别 tier level viplevel"),
    Field("community", _("Community"), "社区 社区编码 网格 网格编码 community communitycode grid"),
    Field("unit", _("Unit"), "归属 归属部门 营业部 归属单位 单位编码 unit unitcode department"),
    Field("manager", _("Account manager"), "客户经理 客户经理工号 经理 manager accountmanager"),
    Field("joined_on", _("Customer since"), "入网时间 入网日期 开户日期 开户时间 joined joinedon since customersince"),
    Field("tenure_months", _("Months on the network"), "在网时长 网龄 在网月数 tenure tenuremonths"),
    Field("status", _("Status"), "状态 客户状态 是否离网 status churn churned"),
    Field("left_on", _("Left on"), "离网日期 离网时间 销户日期 lefton leavingdate churndate"),
    Field(
        "monthly_charge",
        _("Monthly charge"),
        "月费 月租 月消费 月均消费 月均 arpu monthlycharge monthlycharges monthlyfee",
    ),
    Field("total_charge", _("Total charge"), "累计消费 总消费 累计费用 totalcharge totalcharges"),
    Field("payment_way", _("Way of payment"), "付款方式 缴费方式 支付方式 paymentmethod paymentway payment"),
    Field("line", _("Service numbers"), "业务号码 服务号码 号码 设备号码 servicenumber linenumber line msisdn"),
    Field("line_kind", _("Kind of line"), "业务类型 产品类型 号码类型 linekind linetype servicetype"),
    Field("mobile", _("Mobile numbers"), "手机 手机号 手机号码 移动号码 mobile mobilenumber cellphone"),
    Field("broadband", _("Broadband accounts"), "宽带 宽带账号 宽带号码 broadband broadbandaccount"),
    Field("fixed", _("Fixed-line numbers"), "固话 固话号码 座机 fixed fixedline landline"),
    Field("plan", _("Plan"), "套餐 套餐编码 套餐代码 套餐名称 主套餐 资费 plan plancode planname tariff"),
    Field("options", _("Add-on services"), "增值业务 可选包 附加业务 options addons"),
    Field(
        "contract_end",
        _("Contract ends"),
        "合约 合约到期 合约到期日 合约结束日期 协议到期 contract contractend contractenddate",
    ),
)
LINE_FIELDS = {"line", "line_kind", "mobile", "broadband", "fixed", "plan", "options", "contract_end"}
