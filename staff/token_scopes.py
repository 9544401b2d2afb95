"""What a token may be limited to: reading and writing, by kind of record. It never exceeds its person's rights."""

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "customers:read": _("Customers, lines and numbers: read"),
    "customers:write": _("Customers, lines and numbers: change"),
    "interactions:read": _("Contacts: read"),
    "interactions:write": _("Contacts: record"),
    "follow_ups:read": _("Follow-ups: read"),
    "follow_ups:write": _("Follow-ups: record and arrange"),
    "messages:read": _("Messages and consent: read"),
    "messages:write": _("Messages and consent: write, cancel, keep consent"),
    "billing:read": _("Accounts, bills, payments and usage: read"),
    "billing:write": _("Accounts, bills, payments and usage: bring in"),
    "complaints:read": _("Complaints and what customers said of them: read"),
    "complaints:write": _("Complaints: accept, work on, ask departments"),
    "suggestions:read": _("Suggestions: read"),
    "suggestions:write": _("Suggestions: write down and decide"),
    "imports:read": _("Imports: read"),
    "imports:write": _("Imports: upload, check and bring in"),
    "jobs:read": _("Jobs: read"),
    "jobs:write": _("Jobs: cancel and retry"),
    "bulk:read": _("What is done with whole lists: read"),
    "bulk:write": _("What is done with whole lists: ask, carry out, undo"),
    "notices:read": _("Notices: read"),
    "notices:write": _("Notices: mark read"),
    "units:read": _("Units: read"),
}
