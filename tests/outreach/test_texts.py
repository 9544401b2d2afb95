"""Texts with variables: nothing that was put in is ever read again, and the length is what a phone counts."""

import string

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from outreach import texts
from outreach.models import Template
from tests import make
from tests.race import together

ANY = st.text(max_size=60)
TRICKY = st.lists(
    st.sampled_from(
        ["{", "}", "{{", "}}", "{%", "%}", "{customer}", "{amount}", "{0.__class__}", "%s", "\x00", "a", "好"]
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "{amuont}",
        "{",
        "}",
        "{{customer}}",
        "{% now %}",
        "{0.__class__}",
        "{customer!r}",
        "{customer:>9}",
        "{}",
        "{ customer }",
    ],
)
def test_what_is_not_a_known_variable_is_refused(text):
    with pytest.raises(ValidationError):
        texts.check(text, "arrears")


def test_variables_are_those_of_the_purpose():
    texts.check("{customer}: {amount}", "arrears")
    with pytest.raises(ValidationError, match="amount is not known here"):
        texts.check("{amount}", "general")


@given(before=TRICKY | ANY, value=TRICKY | ANY)
def test_a_value_is_put_in_as_it_is_and_never_read_again(before, value):
    text = before.replace("{", "").replace("}", "") + "<{customer}><{amount}>"
    texts.check(text, "arrears")
    filled = texts.fill(text, {"customer": value, "amount": "{customer}"})
    assert filled.endswith(f"<{texts.plain(value)}><{{customer}}>")


@given(text=TRICKY | ANY)
def test_a_text_is_sound_or_refused_and_sound_ones_can_always_be_filled(text):
    try:
        texts.check(text, "arrears")
    except ValidationError:
        return
    filled = texts.fill(text, texts.samples("arrears", "en"))
    assert "{" not in filled
    assert "}" not in filled


@given(value=ANY)
def test_a_value_is_one_line_that_steers_nothing(value):
    plain = texts.plain(value)
    assert len(plain) <= texts.LONGEST_VALUE
    assert not set(plain) & set("\n\r\t\x00\x1b\u2028\u202e")
    assert texts.plain(plain) == plain


def test_a_missing_value_is_an_error_and_not_a_gap():
    with pytest.raises(ValidationError, match="amount is missing"):
        texts.fill("{amount}", {})


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("a" * 152 + "€" + "a" * 7, "gsm7", 161, 2),
        ("a" * 152 + "€" * 77, "gsm7", 306, 3),  # no escape is cut from its character
        ("好" * 70, "ucs2", 70, 1),
        ("好" * 71, "ucs2", 71, 2),
        ("好" * 134, "ucs2", 134, 2),
        ("好" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
        ("好" * 66 + "😀" + "好" * 66, "ucs2", 134, 3),  # no pair is cut in two
    ],
)
def test_length_is_counted_as_phones_do(text, encoding, units, parts):
    assert texts.size(text) == texts.Size(encoding, units, parts)


@given(text=st.text(alphabet=string.ascii_letters + "好€😀", max_size=400))
def test_parts_are_enough_and_no_more_than_one_too_many(text):
    size = texts.size(text)
    room = texts.JOINED[size.encoding]
    assert size.parts == 1 or size.units <= size.parts * room
    assert size.parts <= 1 or size.units > (size.parts - 1) * (room - 1)


@pytest.mark.parametrize(("language", "ending"), [("zh-hans", "拒收请回复R"), ("en", "Reply R to stop")])
def test_marketing_says_how_to_refuse_it_and_that_counts(language, ending):
    kind = {"channel": "sms", "language": language}
    text = texts.finished("hello", message_class="marketing", **kind)
    assert text.endswith(ending)
    assert texts.finished("hello", message_class="care", **kind) == "hello"
    with pytest.raises(ValidationError, match="parts are too many"):
        texts.finished("a" * (153 * 6 - 5), message_class="marketing", **kind)


@pytest.mark.django_db
def test_a_template_is_checked_as_it_would_be_sent():
    branch = make.branch()
    sound = {
        "code": "offer", "purpose": "offer", "message_class": "marketing", "name": "新套餐",
        "text_zh": "{customer}您好，{plan}每月{fee}元。", "text_en": "Dear {customer}, {plan} is {fee} a month.",
    }  # fmt: skip
    made = Template.compose(by=make.user(at=branch), branch=branch, **sound)
    with pytest.raises(ValidationError) as refused:
        Template.compose(by=None, branch=branch, **sound | {"code": "b", "text_en": "{oops}", "any_time": True})
    assert set(refused.value.error_dict) == {"text_en", "any_time"}
    assert made.change(by=None, version=1, text_en="Only {fee}!") == {"text_en"}
    with pytest.raises(ValidationError, match="in the meantime"):
        made.change(by=None, version=1, text_en="Only {plan}!")
    assert (made.version, made.text_en) == (2, "Only {fee}!")


@pytest.mark.django_db
def test_a_text_that_the_product_sends_by_its_code_holds_only_what_it_fills_in():
    branch = make.branch()
    fields = {"code": "complaint_accepted", "purpose": "offer", "message_class": "service", "name": "受理"}
    with pytest.raises(ValidationError, match=r"plan is not known here\. Known are: .*ticket") as refused:
        Template.compose(by=None, branch=branch, **fields, text_zh="{customer}", text_en="{plan}")
    assert set(refused.value.error_dict) == {"text_en"}


@pytest.mark.django_db(transaction=True)
def test_a_code_taken_at_the_same_moment_is_refused_in_words():
    branch = make.branch()
    sound = {"code": "c", "message_class": "service", "name": "模板", "text_zh": "您好", "text_en": "Hello"}
    made = together(lambda: Template.compose(by=None, branch=branch, **sound), 3)
    assert sorted(type(one).__name__ for one in made) == ["Template", "ValidationError", "ValidationError"]
