"""What the texts of billing may say."""

from django.utils.translation import gettext_lazy as _

from outreach.texts import DAY, purpose

WAYS = ("微信、支付宝", "WeChat Pay, Alipay")
purpose("first_bill", _("First bill of a new customer"), due_on=DAY, ways=WAYS)
OWED = {"amount": ("¥58.60", "¥58.60"), "due_on": DAY, "days": ("7", "7"), "ways": WAYS}
purpose("overdue", _("Overdue bill"), **OWED)
purpose("suspension", _("Suspension or cancellation announced"), stop_on=DAY, **OWED)
purpose("low_balance", _("Low balance"), balance=("¥8.40", "¥8.40"), ways=WAYS)
