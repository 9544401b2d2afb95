"""Fields that files about money have in common."""

from django.utils.translation import gettext_lazy as _

from customers.imports.fields import Field

ACCOUNT = Field(
    "account", _("Account number"), "账户编号 账户号 账号 账户编码 账户标识 accountnumber accountno accountid"
)
BILL_WORDS = "账单编号 账单号 账单号码 账单标识 billnumber billno billid invoicenumber invoice"
MONTH = Field("month", _("Month"), "账期 月份 账务周期 计费周期 billingmonth billmonth cycle period")
WAY = Field("way", _("Way of payment"), "付款方式 缴费方式 支付方式 缴费渠道 paymentmethod paymentway")
