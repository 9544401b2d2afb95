"""What the texts of billing may say."""

from django.utils.translation import gettext_lazy as _

from outreach.texts import DAY, purpose

WAYS = ("微信、支付宝", "WeChat Pay, Alipay")
purpose("first_bill", _("First bill of a new customer"), due_on=DAY, ways=WAYS)
