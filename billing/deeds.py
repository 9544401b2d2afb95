"""What the simulated billing system did, as people read it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from billing.models import ServiceRequest
from customers.numbers import mask_phone

WORDS = {
    "accept": pgettext_lazy("billing system", "Accepted"),
    "confirm": pgettext_lazy("billing system", "Confirmed"),
    "refuse": pgettext_lazy("billing system", "Refused"),
    "payment": gettext_lazy("Payment sent"),
    "reversal": gettext_lazy("Payment taken back"),
    "line": gettext_lazy("Did something to a line by itself"),
}
ANSWERS = {"accept", "confirm", "refuse"}


def shown(deed: dict) -> dict:
    """{at, what, action, about: service number (masked) or the account's or payment's, taken, said: why it was not}."""
    by_line = deed["what"] in ANSWERS | {"line"}
    return {
        "at": deed["at"],
        "what": WORDS[deed["what"]],
        "action": ServiceRequest.Action(deed["action"]).label if deed["action"] else "",
        "about": mask_phone(deed["about"]) if by_line else deed["about"],
        "taken": deed["status"] < 300,
        "said": deed["said"] or _("Status %(status)s") % {"status": deed["status"]},
    }
