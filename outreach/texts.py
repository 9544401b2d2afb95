"""Texts with `{names}`: what may stand in them, how they are filled, and how long they are on a phone.

A filled-in value is plain text: it is put in once and never read again, so nothing that a customer or another system
wrote can name a variable. There is no template language here to escape from.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outreach.kinds import Channel, MessageClass

VARIABLE = re.compile(r"\{([a-z_]+)\}")
MOST_PARTS = 6  # of one SMS
LONGEST_VALUE = 200  # characters
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # marks that turn the direction of writing
# How to refuse, put at the end of every marketing text (domain 2.1 no. 21).
REFUSE = {
    (Channel.SMS, "zh"): "拒收请回复R",
    (Channel.SMS, "en"): " Reply R to stop",
    (Channel.EMAIL, "zh"): "\n\n如不想再收到此类邮件，请回复“退订”。",
    (Channel.EMAIL, "en"): "\n\nReply “STOP” if you do not want such mails any more.",
}


@dataclass(frozen=True)
class Purpose:
    """What a template is for. `variables`: name → (sample in Chinese, sample in English)."""

    code: str
    label: str
    variables: dict


# The product fills these in by itself.
ALWAYS = {"customer": ("张伟", "Zhang Wei"), "branch": ("市分公司", "City branch")}
NOBODY = {"zh": "客户", "en": "customer"}  # in place of a name that nobody knows
PURPOSES = {}


def purpose(code, label, **variables):
    """Declare a purpose of templates; an app may declare its own."""
    PURPOSES[code] = Purpose(code, label, ALWAYS | variables)


DAY, TIME = ("12月1日", "1 December"), ("15:00", "15:00")
purpose("general", _("Anything"))
purpose("arrears", _("Reminder of a bill"), amount=("58.60", "58.60"), due_on=DAY, ways=("营业厅、网上", "halls, web"))
purpose("complaint_accepted", _("Complaint accepted"), ticket=("T20261201007", "T20261201007"), answer_by=DAY)
purpose("complaint_result", _("Result of a complaint"), ticket=("T20261201007", "T20261201007"))
purpose("callback", _("Callback announced"), day=DAY, time=TIME)
purpose("appointment", _("Appointment"), day=DAY, time=TIME, place=("人民路营业厅", "Renmin Road hall"))
purpose("plan_changed", _("Plan changed"), plan=("畅享 59", "Freedom 59"), day=DAY)
purpose("greeting", _("Greeting"), occasion=("春节", "Spring Festival"))
purpose("offer", _("Offer"), plan=("畅享 59", "Freedom 59"), fee=("59", "59"), day=DAY)
purpose("notice", _("Service notice"), service=("宽带", "broadband"), day=DAY, time=TIME)
purpose("consent", _("Asking for consent"))
purpose("stopped", _("Marketing stopped"))


def tongue(language) -> str:
    """ "zh" or "en"."""
    return "en" if language.startswith("en") else "zh"


def check(text, code):
    """ValidationError for what is not a text with variables that the purpose `code` knows."""
    if code not in PURPOSES:
        raise ValidationError(gettext("There is no purpose of this name."))
    known = PURPOSES[code].variables
    rest = VARIABLE.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValidationError(gettext("A brace belongs to a variable, like {customer}."), code="brace")
    if unknown := sorted(set(VARIABLE.findall(text)) - known.keys()):
        said = {"name": unknown[0], "known": ", ".join(known)}
        raise ValidationError(gettext("%(name)s is not known here. Known are: %(known)s.") % said, code="variable")


class Whole(str):
    """A value that somebody wrote to be sent: it is not cut, and a text that gets too long by it is refused."""


def plain(value) -> str:
    """`value` as one line without characters that steer a screen."""
    most = None if isinstance(value, Whole) else LONGEST_VALUE
    if str(value).isprintable():
        return str(value).strip()[:most]
    text = "".join(" " if one in "\t\n\r\u2028\u2029" else one for one in str(value))
    return "".join(one for one in text if _harmless(one)).strip()[:most]


def _harmless(one):
    return unicodedata.category(one) not in ("Cc", "Cs") and one not in TURNING


def fill(text, values) -> str:
    """Put the values in. ValidationError where one is missing."""

    def value(found):
        if found[1] not in values:
            raise ValidationError(gettext("%(name)s is missing.") % {"name": found[1]}, code="missing")
        return plain(values[found[1]])

    return VARIABLE.sub(value, text)


def samples(code, language) -> dict:
    """A value for each variable of the purpose."""
    place = 1 if tongue(language) == "en" else 0
    return {name: sample[place] for name, sample in PURPOSES[code].variables.items()}


def finished(text, *, message_class, channel, language) -> str:
    """The text as it is sent: with the way to refuse where it is marketing. ValidationError for one too long."""
    whole = text if text.isprintable() else "".join(one for one in text if one == "\n" or _harmless(one))
    whole = whole.strip()
    if not whole:
        raise ValidationError(gettext("The text is empty."), code="empty")
    if message_class == MessageClass.MARKETING:
        whole += REFUSE[channel, tongue(language)]
    if channel == Channel.SMS and size(whole).parts > MOST_PARTS:
        said = {"parts": size(whole).parts, "most": MOST_PARTS}
        raise ValidationError(gettext("%(parts)s parts are too many: %(most)s at most.") % said, code="long")
    return whole


GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = set("\f^{}\\[~]|€")  # an escape and a character
GSM_ALL = GSM | GSM_DOUBLE
ALONE, JOINED = {"gsm7": 160, "ucs2": 70}, {"gsm7": 153, "ucs2": 67}  # in one part, in each of several


@dataclass(frozen=True)
class Size:
    """`units` are septets ("gsm7") or UTF-16 units ("ucs2")."""

    encoding: str
    units: int
    parts: int


def size(text) -> Size:
    """How an SMS is counted. A character of two units is never cut in two."""
    used = set(text)
    encoding, wide = ("gsm7", GSM_DOUBLE) if used <= GSM_ALL else ("ucs2", {one for one in used if ord(one) > 0xFFFF})
    units = len(text) + sum(text.count(one) for one in used & wide)
    return Size(encoding, units, 1 if units <= ALONE[encoding] else _parts(text, wide, JOINED[encoding]))


def _parts(text, wide, each):
    parts, room = 0, 0
    for one in text:
        width = 2 if one in wide else 1
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts
