"""What customers wrote back, what it did, and whose it is."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.masking import Shown
from customers.numbers import mask_phone
from customers.paging import address, edges, page_of
from outreach.forms.inbound import WhoseForm
from outreach.inbound import put_to as put
from outreach.models import Inbound
from outreach.showing import mask_email
from staff.access import may
from staff.scope import holds

RIGHT = "outreach.control"
TONES = {"stop": ("warn", "no-symbol"), "consent": ("ok", "check"), "unmatched": ("warn", "question-mark-circle")}


@require_safe
@may("outreach.view")
def inbound(request):
    return _page(request)


@require_POST
@may(RIGHT)
def put_to(request, pk):
    found = get_object_or_404(Inbound.objects.visible_to(request.user), pk=pk)
    form = WhoseForm(request.POST, user=request.user, reply=found)
    if not form.is_valid():
        return _page(request, refused=(found.pk, form))
    put(found, form.cleaned_data["number"], by=request.user)
    messages.success(request, _("It stands with the customer now."))
    return redirect(f"{reverse('inbound')}?of=nobody")


def _page(request, refused=(0, None)):
    nobody = request.GET.get("of") == "nobody" or bool(refused[0])
    rows = Inbound.objects.visible_to(request.user)
    rows = rows.filter(customer=None) if nobody else rows
    page = page_of(rows.select_related("customer__tier", "answers"), "id", descending=True, **edges(request.GET))
    context = {
        "replies": [_drawn(one, request.user, refused) for one in page.rows],
        "following": page.following and address(request.GET, after=page.following),
        "preceding": page.preceding and address(request.GET, before=page.preceding),
        "nobody": nobody,
        "may_put": holds(request.user, RIGHT),
    }
    return render(request, "outreach/inbound/list.html", context, status=422 if refused[0] else 200)


def _drawn(reply, user, refused):
    """As the person may see it: one of nobody's whole, any other as its customer."""
    shown = Shown(reply.customer, user) if reply.customer_id else None
    tone, icon = TONES.get(reply.handled_as, ("info", "chat-bubble-left-right"))
    return {
        "reply": reply,
        "name": shown.title if shown else "",
        "text": shown.text(reply.text) if shown else reply.text,
        "sender": mask_email(reply.sender) if "@" in reply.sender else mask_phone(reply.sender),
        "tone": tone,
        "icon": icon,
        "answers": reply.answers_id if _is_theirs(reply) else None,
        "form": refused[1] if refused[0] == reply.pk else None,
    }


def _is_theirs(reply):
    """The number may have been somebody else's when the message went to it."""
    return reply.answers and reply.answers.customer_id == reply.customer_id
