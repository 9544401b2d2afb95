import gettext
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

from crm.translations import Catalogue, Message, in_python, in_template

PYTHON = """
_("Plain")
gettext_lazy("Two "
             "parts")
ngettext("%(n)s row", "%(n)s rows", n)
pgettext_lazy("verb", "Open")
translation.gettext("By attribute")
_now("At once, beside lazy ones")
_(name)
"""
TEMPLATE = """
<c-card title="{% translate "Don't panic" %}">{{ _("In a variable") }}</c-card>
{% translate 'Open' context "verb" as label %} {# {% translate "In a comment" %} #}
{% blocktranslate trimmed with name=customer.name %}
  Hello
  {{ name }}, 5 %
{% endblocktranslate %}
{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% if x == _("Compared") %}{% endif %}
"""


def test_messages_are_found_in_python():
    assert set(in_python(PYTHON)) == {
        Message("Plain"),
        Message("Two parts"),
        Message("%(n)s row", plural="%(n)s rows"),
        Message("Open", context="verb"),
        Message("By attribute"),
        Message("At once, beside lazy ones"),
    }


def test_messages_are_found_in_templates():
    assert set(in_template(TEMPLATE)) == {
        Message("Don't panic"),
        Message("In a variable"),
        Message("Open", context="verb"),
        Message("Hello %(name)s, 5 %%"),
        Message("%(n)s row", plural="%(n)s rows"),
        Message("Compared"),
    }


@pytest.fixture
def catalogue(tmp_path):
    def make(*entries):
        file = polib.POFile()
        file.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
        file.extend(entries)
        file.save(str(tmp_path / "django.po"))
        return Catalogue(tmp_path / "django.po")

    return make


def test_a_complete_catalogue_has_no_fault(catalogue):
    rows = polib.POEntry(msgid="%(n)s row", msgid_plural="%(n)s rows", msgstr_plural={0: "%(n)s 行"})
    known = catalogue(polib.POEntry(msgid="Save", msgstr="保存"), rows)
    assert known.faults({Message("Save"), Message("%(n)s row", plural="%(n)s rows")}) == []
    assert known.unused({Message("Save")}) == ["%(n)s row"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"msgid": "Other", "msgstr": "别的"}, "missing"),
        ({"msgid": "Hi %(name)s", "msgstr": ""}, "untranslated"),
        ({"msgid": "Hi %(name)s", "msgstr": "%(name)s好", "flags": ["fuzzy"]}, "fuzzy"),
        ({"msgid": "Hi %(name)s", "msgstr": "%(nom)s好"}, "other placeholders"),
        ({"msgid": "Hi %(name)s", "msgstr": "你好"}, "other placeholders"),
    ],
)
def test_a_faulty_entry_is_named(catalogue, entry, fault):
    (said,) = catalogue(polib.POEntry(**entry)).faults({Message("Hi %(name)s")})
    assert said.startswith(f"{fault}: 'Hi %(name)s'")


def test_what_is_new_is_added_in_order_and_compiled(catalogue):
    known = catalogue(polib.POEntry(msgid="Save", msgstr="保存"))
    assert known.add({Message("Open", context="verb"), Message("Save")}) == 1
    again = Catalogue(known.path)
    assert [entry.msgid for entry in again.file] == ["Open", "Save"]
    assert (again.compile(), again.compile()) == (True, False)
    with known.path.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Save") == "保存"


def test_the_check_fails_on_a_missing_message(tmp_path, settings, capsys):
    place = tmp_path / "zh_Hans/LC_MESSAGES"
    place.mkdir(parents=True)
    polib.POFile().save(str(place / "django.po"))
    settings.LOCALE_PATHS = [Path(tmp_path)]
    with pytest.raises(CommandError, match="make messages"):
        call_command("translations", "--check")
    assert "missing: 'Service hall'" in capsys.readouterr().out
