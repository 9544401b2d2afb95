"""What messages about complaints are for, beyond acceptance and result (see outreach.texts)."""

from django.utils.translation import gettext_lazy as _

from outreach.texts import DAY, purpose

TICKET = ("26-000123", "26-000123")
LINK = ("https://crm.example.com/s/…", "https://crm.example.com/s/…")

purpose("complaint_unreached", _("Not reached in the callback"), ticket=TICKET)
purpose("complaint_withdrawn", _("Complaint taken back"), ticket=TICKET)
purpose(
    "complaint_incident", _("News of an incident"), ticket=TICKET, text=("光缆已找到，正在抢修", "The fibre is found")
)
purpose("complaint_survey", _("Survey after a complaint"), ticket=TICKET, link=LINK, day=DAY)
purpose("suggestion_answer", _("Answer to a suggestion"), answer=("已采纳，谢谢。", "We took it up, thank you."))
purpose(
    "complaint_macro",
    _("Macros of complaints"),
    ticket=TICKET,
    category=("宽带频繁掉线", "Broadband drops often"),
    me=("李工", "Li Gong"),
    unit=("投诉中心", "Complaint desk"),
)
