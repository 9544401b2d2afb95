"""Addresses for tests alone: every shared component on one page, and a search that answers as a test tells it to."""

import time
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseServerError
from django.template import RequestContext, Template
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django_cotton.compiler_regex import CottonCompiler

from crm.urls import handler400, handler403, handler404, handler500  # noqa: F401
from crm.urls import urlpatterns as product

PAGE = Path(__file__).with_name("gallery.html")


class Tier(SimpleNamespace):
    def __str__(self):
        return self.name


TIERS = [Tier(mark=m, name=n) for m, n in (("diamond", "钻石"), ("gold", "金卡"), ("silver", "银卡"), ("none", "普通"))]


class Visit(forms.Form):
    name = forms.CharField(label="Name", help_text="Family name first.", max_length=40)
    channel = forms.ChoiceField(label="Channel", choices=[("hall", "Service hall"), ("app", "App")])
    stage = forms.ChoiceField(label="Stage", widget=forms.RadioSelect, choices=[("a", "Pre-sale"), ("b", "After-sale")])
    note = forms.CharField(label="Note", widget=forms.Textarea({"rows": 3}), required=False)
    on = forms.DateField(label="Date", required=False, widget=forms.DateInput({"type": "date"}))
    told = forms.BooleanField(label="The customer was told", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def gallery(request):
    form = Visit(request.POST if request.method == "POST" else None)
    if "say" in request.GET:
        messages.success(request, "Saved.")
        messages.error(request, "That did not work.")
    page = Template(CottonCompiler().process(PAGE.read_text()))
    context = {"form": form, "tiers": TIERS, "rows": range(1, 9), "evil": request.GET.get("evil", "<b>x</b>")}
    return HttpResponse(page.render(RequestContext(request, context)), status=422 if form.errors else 200)


def panel(request):
    """A fragment that fails with the status asked for, or comes."""
    status = int(request.GET.get("status", 200))
    return HttpResponse("<p>here</p>", status=status)


def found(request):
    """Digits: one exact hit; "slow…": late; "broken": an error; "none": nothing; else five rows."""
    text = request.POST["q"]
    if text == "broken":
        return HttpResponseServerError("no")
    if text.startswith("slow"):
        time.sleep(0.4)
    if text == "none":
        return HttpResponse("<p>Nobody found.</p>")
    rows = [(n, text) for n in range(1, 2 if text.isdigit() else 6)]
    exact = mark_safe(" data-exact") if text.isdigit() else ""
    options = format_html_join(
        "",
        '<li role="option" id="hit-{}"{}><a href="/opened/{}/"><b translate="no">{} {}</b></a></li>',
        ((n, exact, n, text, n) for n, text in rows),
    )
    return HttpResponse(format_html('<ul role="listbox" aria-label="{} found">{}</ul>', len(rows), options))


def opened(request, pk):
    return HttpResponse(format_html("<!DOCTYPE html><html lang=en><title>{}</title><main><h1>{}</h1></main>", pk, pk))


urlpatterns = [
    path("gallery/", gallery),
    path("panel/", panel),
    path("search/", found, name="search"),
    path("opened/<int:pk>/", opened),
    *product,
]
