"""The shared components: what they are given reaches the page once escaped, never raw and never twice."""

import pytest
from django import forms
from django.template import Context, Template
from django_cotton.compiler_regex import CottonCompiler

EVIL = """<script>alert("x")</script>'&"""


def drawn(markup, **context):
    return Template(CottonCompiler().process(markup)).render(Context({"evil": EVIL} | context))


@pytest.mark.parametrize(
    "markup",
    [
        '<c-card title="{{ evil }}">x</c-card>',
        '<c-card title="x">{{ evil }}</c-card>',
        '<c-card title="x" data-of="{{ evil }}">x</c-card>',
        '<c-card :title="evil">x</c-card>',
        '<c-button title="{{ evil }}">x</c-button>',
        '<c-button key="n">{{ evil }}</c-button>',
        '<c-button href="{{ evil }}">x</c-button>',
        "<c-tag>{{ evil }}</c-tag>",
        '<c-tag tone="{{ evil }}">x</c-tag>',
        '<c-empty title="{{ evil }}">x</c-empty>',
        '<c-progress done="1" total="2" label="{{ evil }}" />',
        '<c-stat label="{{ evil }}" value="{{ evil }}" note="{{ evil }}" />',
        '<c-dialog id="d" title="{{ evil }}">x</c-dialog>',
        "<c-note>{{ evil }}</c-note>",
        '<c-placeholder label="{{ evil }}" />',
    ],
)
def test_text_is_escaped_exactly_once(markup):
    page = drawn(markup)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)" in page
    assert "&amp;lt;" not in page


class Visit(forms.Form):
    name = forms.CharField(label=EVIL, help_text="Family name first.")
    told = forms.BooleanField(required=False)
    stage = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", EVIL)], required=False)


def test_a_field_ties_its_label_help_and_error_to_the_control():
    page = drawn('<c-field :field="form.name" />', form=Visit({"name": ""}))
    assert '<label for="id_name">' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_name_error"' in page
    assert "<script>" not in page


def test_choices_stand_in_a_fieldset_with_a_legend():
    page = drawn('<c-field :field="form.stage" />', form=Visit())
    assert "<fieldset" in page
    assert "<legend>" in page
    assert "<script>" not in page


def test_the_summary_links_to_each_field_to_put_right():
    form = Visit({"name": ""})
    form.add_error(None, EVIL)
    page = drawn('<c-errors :form="form" />', form=form)
    assert 'href="#id_name"' in page
    assert "<script>" not in page
    assert drawn('<c-errors :form="form" />', form=Visit()).strip() == ""


def test_a_component_does_not_see_the_page_around_it():
    assert "leaked" not in drawn("<c-card>x</c-card>", title="leaked", actions="leaked")


@pytest.mark.parametrize("mark", ["diamond", "gold", "silver"])
def test_a_tier_is_a_shape_and_a_word(mark):
    tier = type("Tier", (), {"mark": mark, "__str__": lambda self: EVIL})()
    page = drawn('<c-tier :tier="tier" />', tier=tier)
    assert "<svg" in page
    assert f'class="tier {mark}"' in page
    assert "<script>" not in page


def test_a_customer_without_a_tier_has_no_mark():
    assert drawn('<c-tier :tier="tier" />', tier=None).strip() == ""
