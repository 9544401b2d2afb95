"""The search against a slow and obvious one in Python, over small random populations."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.numbers import document_hash, normalise
from customers.pinyin import keys, other_keys
from customers.search.box import find
from customers.search.index import index
from customers.search.typed import LONG, take_apart
from customers.search.words import grams
from tests import make
from tests.customers.test_search_box import add_number

pytestmark = pytest.mark.django_db(transaction=True)
FEW = 4
NAMES = st.text("张王建国伟", min_size=1, max_size=4) | st.sampled_from(
    ["覃辉", "欧阳建国", "John Smith", "Ann Johnson", "", "云启科技有限公司", "国伟贸易公司", "建国ABC科技"]
)
NUMBERS = st.text("135", min_size=3, max_size=11) | st.sampled_from(["7590-VHVEG", "HT-135", "11010519491231002X"])
KINDS = st.sampled_from(["service", "contact", "card", "contract", "id_document"])
TEXTS = st.one_of(
    NAMES,
    NUMBERS,
    st.text("张王建国伟", min_size=1, max_size=2),
    st.text("135", min_size=1, max_size=6),
    st.text("zwjg", min_size=1, max_size=3),
    st.sampled_from(["zhang", "wang", "jianguo", "smith", "joh", "科技", "启科", "vhve", "qh", "th", "0-vh", "an"]),
    st.builds("{} {}".format, st.text("张王建国zwj", min_size=1, max_size=2), st.text("135", min_size=1, max_size=5)),
)
PEOPLE = st.lists(
    st.tuples(NAMES, st.lists(st.tuples(KINDS, NUMBERS), max_size=3), st.integers(0, FEW)), min_size=1, max_size=8
)


@dataclass
class Person:
    pk: int
    name: str
    group: bool
    values: set
    documents: set
    unit: object
    manager: object


def matches(person, text, typed):
    """Whether the text names the person: by number, by name, or by both where both were typed."""
    if whole(person, typed):
        return True
    if typed.digits:
        digits = {value for value in person.values if value.startswith(typed.digits) or value.endswith(typed.digits)}
        return (named(person, typed) and bool(digits)) or part(person, typed)
    return named(person, typed) or part(person, typed)


def whole(person, typed):
    return bool(typed.number) and (typed.number in person.values or document_hash(typed.number) in person.documents)


def part(person, typed):
    """Up to two characters begin a number, more stand anywhere in it; letters alone need four."""
    number = typed.number
    if not number or ((typed.words or typed.letters) and len(number) < 4):
        return False
    return any(value.startswith(number) or (len(number) > 2 and number in value) for value in person.values)


def named(person, typed):
    name = person.name.lower()
    heads = [name, "" if person.group else name[1:]]
    parts = all(word in name for word in typed.words) and within(typed, person, name)
    if not typed.letters:
        return bool(typed.words) and (begins(heads, typed.name) or parts)
    pinyin, initials = keys(person.name, group=person.group)
    others = other_keys(person.name, group=person.group) or ("", "")
    spelled = [initials, "" if person.group else initials[1:], others[1]]
    if len(typed.letters) > 1:
        spelled += [pinyin, others[0]]
    return begins([*spelled, others[0]], typed.letters) or (bool(typed.words) and parts)


def within(typed, person, name):
    """Parts of a name are searched where it is a company's, a long one, or in Latin letters."""
    wanted, held = set(typed.grams), grams(person.name)
    if not person.group and len(name) <= 3:
        held = {gram for gram in held if gram.startswith("^")}
    return bool(wanted) and wanted <= held


def begins(keys, text):
    return any(key.startswith(text) for key in keys if key)


def populate(people):
    """Two departments, a manager; every customer somewhere."""
    branch = make.branch()
    units = [make.unit("hall", make.unit("department", branch)) for _ in range(FEW)]
    manager = make.user("vip_manager", branch)
    made = []
    for name, numbers, place in people:
        unit, led = units[place % FEW], manager if place == FEW else None
        group = name.endswith(("公司", "科技"))
        customer = make.customer(unit, name=name, kind="group" if group else "personal", manager=led)
        held = {(kind, normalise(written)): written for kind, written in numbers}
        for (kind, _), written in held.items():
            add_number(customer, kind, written)
        values = {value for kind, value in held if kind != "id_document"}
        documents = {document_hash(value) for kind, value in held if kind == "id_document"}
        made.append(Person(customer.pk, name, group, values, documents, unit, led))
    index([person.pk for person in made])
    return branch, units, manager, made


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=PEOPLE, texts=st.lists(TEXTS, min_size=6, max_size=12))
def test_the_search_agrees_with_the_obvious_one(people, texts):
    branch, units, manager, made = populate(people)
    readers = {
        make.user("clerk", branch): made,
        make.user("department_head", units[0].parent): [person for person in made if person.unit == units[0]],
        manager: [person for person in made if person.manager],
    }
    for reader, reached in readers.items():
        for text in texts:
            hits = find(text, reader)
            assert {hit.pk for hit in hits} == expected(reached, text), (text, reader.postings.get().role)
            assert [hit.pk for hit in hits] == list(dict.fromkeys(hit.pk for hit in hits))


def expected(reached, text):
    """The whole of a long number makes its parts uninteresting."""
    typed = take_apart(text)
    owners = {person.pk for person in reached if whole(person, typed)}
    if owners and len(typed.number) >= LONG and not typed.words:
        return owners | {person.pk for person in reached if typed.letters and named(person, typed)}
    return {person.pk for person in reached if matches(person, text, typed)}
