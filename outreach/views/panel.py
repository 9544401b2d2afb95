"""The customer's messages on their page, with what they agreed to and when they want to be left in peace."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.masking import reaches
from customers.views.lookup import customer_of
from customers.views.panels import AT_FIRST
from outreach.kinds import Purpose
from outreach.models import Consent, ContactPreference, Message
from outreach.showing import Line, lines_of, mask_email
from outreach.standing import undisturbed
from staff.access import may

WORD_TONES = {"given": ("ok", "check"), "refused": ("bad", "no-symbol"), "withdrawn": ("bad", "no-symbol")}


@require_safe
@may("outreach.view")
def panel(request, pk):
    return draw(request, *customer_of(request, pk))


def draw(request, customer, shown):
    user = request.user
    preference = ContactPreference.objects.visible_to(user).filter(customer=customer).first()
    context = {
        "customer": customer,
        "lines": _lines(customer, user),
        "words": _words(customer, user),
        "preference": preference,
        "email": preference and _email(preference.email, shown),
        "undisturbed_until": undisturbed(preference and preference.do_not_disturb_until),
        "may_write": reaches(user, "outreach.write", customer),
    }
    return render(request, "outreach/panels/_messages.html", context)


def _email(address, shown):
    return address if shown.whole else mask_email(address)


def _lines(customer, user) -> list[Line]:
    rows = Message.objects.visible_to(user).filter(customer=customer).select_related("template").order_by("-pk")
    found = list(rows[:AT_FIRST])
    for message in found:
        message.customer = customer
    return lines_of(found, user, {customer.tier: ""})


def _words(customer, user):
    """(purpose, the customer's word or None, tone and icon): what was said, and marketing in any case."""
    said = {one.purpose: one for one in Consent.objects.visible_to(user).filter(customer=customer).current()}
    shown = [one for one in Purpose.choices if one[0] in said or one[0] == Purpose.MARKETING_SMS]
    return [(label, said.get(purpose), *_tone(said.get(purpose))) for purpose, label in shown]


def _tone(consent):
    return WORD_TONES[consent.word] if consent else ("plain", "minus")
