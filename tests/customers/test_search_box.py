"""What the search box finds, for whom, and in which order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Identifier
from customers.numbers import document_hash, mask_document, normalise
from customers.search.box import LIMIT, find
from customers.search.index import index
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def clerk(hall):
    return make.user("clerk", hall)


def findable(unit, *numbers, name="张伟", **fields):
    """A customer with numbers, each "kind:written" or a service number."""
    customer = make.customer(unit, name=name, **fields)
    for text in (f"customer:{customer.number}", *numbers):
        kind, _, written = text.rpartition(":")
        add_number(customer, kind or "service", written)
    index([customer.pk])
    return customer


def add_number(customer, kind, written, **fields):
    value = normalise(written)
    if kind == "id_document":
        written, value = mask_document(written), document_hash(written)
    fields = {"branch": customer.branch, "unit": customer.unit} | fields
    Identifier.objects.create(customer=customer, kind=kind, written=written, value=value, **fields)


def found(text, user):
    return [hit.pk for hit in find(text, user)]


PHONES = [
    "13812345678",
    "+86 138-1234 5678",
    "0086 138 1234 5678",
    "(138) 1234.5678",
    "１３８１２３４５６７８",
    "138 12345678",
]


@pytest.mark.parametrize("text", PHONES)
def test_a_phone_is_found_in_any_written_form(hall, clerk, text):
    customer = findable(hall, "13812345678")
    findable(hall, "13812345679")
    hits = find(text, clerk)
    assert [hit.pk for hit in hits] == [customer.pk]
    assert hits[0].exact


@pytest.mark.parametrize(
    "text", ["5678", "45678", "345678", "12345678", "1381", "138123", "8123", "81234", "138", "678", "123"]
)
def test_a_phone_is_found_by_its_end_its_beginning_and_a_part_inside(hall, clerk, text):
    customer = findable(hall, "13812345678")
    findable(hall, "15900000000")
    assert found(text, clerk) == [customer.pk]


@pytest.mark.parametrize("text", ["7590-VHVEG", "7590vhveg", "7590", "VHVEG", "vhve", "HVEG", "90-VH", "759", "veg1"])
def test_a_customer_number_is_found_by_any_part(hall, clerk, text):
    customer = findable(hall, number="7590-VHVEG", name="")
    findable(hall, number="5575-GNVDE", name="")
    assert found(text, clerk) == ([] if text == "veg1" else [customer.pk])


@pytest.mark.parametrize(
    ("number", "texts"),
    [
        ("card:6222 0212 3456 7890 123", ["6222021234567890123", "7890123", "0123", "2123 4567"]),
        ("contract:HT-2024-00017", ["HT202400017", "ht-2024", "00017", "2024"]),
        ("contact:0755-88881234", ["075588881234", "0755 8888 1234", "+86 755 88881234", "88881234", "1234"]),
    ],
)
def test_cards_contracts_and_contact_numbers_find_too(hall, clerk, number, texts):
    customer = findable(hall, number)
    assert {text: found(text, clerk) for text in texts} == {text: [customer.pk] for text in texts}


def test_an_id_document_is_found_whole_and_only_whole(hall, clerk):
    customer = findable(hall, "id_document:11010519491231002X")
    for text in ("11010519491231002X", "11010519491231002x", "110105 19491231 002X", "110105491231002"):
        hits = find(text, clerk)
        assert [hit.pk for hit in hits] == [customer.pk], text
        assert hits[0].exact
        assert hits[0].number == "1101**********002X"
    assert found("002X", clerk) == found("1101051949", clerk) == found("110105194912310021", clerk) == []


NAMES = {
    "张建国": [
        "张",
        "张建",
        "张建国",
        "建",
        "建国",
        "z",
        "zj",
        "zjg",
        "jg",
        "zhang",
        "zhangj",
        "zhangjianguo",
        "zhang jianguo",
    ],
    "曾国藩": ["曾", "国藩", "zgf", "zeng", "cgf", "ceng"],
    "欧阳娜娜": ["欧", "欧阳", "阳娜", "娜娜", "oynn", "ouyang"],
    "覃辉": ["qh", "qin", "th", "tanhui"],
    "吕布": ["lvbu", "lb", "lübu"],
    "阿卜杜拉·买买提": ["阿卜", "买买提", "杜拉", "abdl"],
    "John Smith": ["john", "JOHN SMITH", "smith", "smi", "js", "smith john", "johnsmith"],
    "José Ñandú": ["jose", "josé", "nandu", "jn"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in NAMES.items() for text in texts])
def test_a_name_is_found_by_character_pinyin_and_initials(hall, clerk, name, text):
    customer = findable(hall, name=name)
    findable(hall, name="孙悟空")
    findable(hall, name="Wukong Ho")
    assert found(text, clerk) == [customer.pk]


@pytest.mark.parametrize(
    "text", ["云启", "科技", "深圳", "云启科技", "深圳市云启", "启科", "云启 深圳", "szs", "shenzhen", "深"]
)
def test_a_company_is_found_by_any_part_of_its_name(hall, clerk, text):
    company = findable(hall, name="深圳市云启科技有限公司", kind="group")
    findable(hall, name="广州华盛贸易有限公司", kind="group")
    assert found(text, clerk) == [company.pk]


def test_the_legal_form_finds_nobody_but_narrows_nothing_down_either(hall, clerk):
    company = findable(hall, name="深圳市云启科技有限公司", kind="group")
    assert found("有限公司", clerk) == []
    assert found("云启科技有限公司", clerk) == [company.pk]


@pytest.mark.parametrize(
    "text", ["张建 5678", "张建5678", "5678 张建", "zj 138", "zj138", "zjg 5678", "张 138", "建国 345678", "zhang 5678"]
)
def test_a_name_and_digits_must_both_hold(hall, clerk, text):
    customer = findable(hall, "13812345678", name="张建国")
    findable(hall, "13999995678", name="李建国", number="L1")
    findable(hall, "15900000000", name="张建军", number="L2")
    hits = find(text, clerk)
    assert [hit.pk for hit in hits] == [customer.pk]
    assert hits[0].number == "13812345678"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "%",
        "_",
        "%%%%",
        "'; DROP TABLE x; --",
        "\\",
        "😀",
        '"',
        "\x00",
        "a" * 101,
        "9" * 5000,
        "a b c d e f g",
        "（）",
        "·",
    ],
)
def test_signs_are_only_signs(hall, clerk, text):
    findable(hall, "13812345678", name="张建国")
    assert found(text, clerk) == []


@pytest.mark.parametrize("text", ["张%", "张_", "张 '", '张"', " 张 ", "%张"])
def test_signs_beside_a_name_are_passed_over(hall, clerk, text):
    customer = findable(hall, name="张建国")
    findable(hall, name="李四")
    assert found(text, clerk) == [customer.pk]


def test_whole_numbers_come_before_names_and_names_before_parts(hall, clerk):
    part = findable(hall, "contract:XWANGX", name="李四")
    whole = findable(hall, "contract:WANG", name="赵六")
    name = findable(hall, name="王五")
    assert found("wang", clerk) == [whole.pk, name.pk, part.pk]


def test_exact_names_come_first_then_the_shorter_then_the_tier_and_the_latest_contact(hall, clerk):
    gold = make.tier(hall.branch, code="gold", name="金卡", order=2)
    longer = findable(hall, name="张伟明", tier=gold)
    ordinary = findable(hall, name="张伟")
    lately = findable(hall, name="张伟")
    vip = findable(hall, name="张伟", tier=gold)
    gone = findable(hall, name="张伟", status="left", left_on="2026-01-01")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET last_contact_at = now() WHERE id = %s", [lately.pk])
    index([lately.pk])
    assert found("张伟", clerk) == [vip.pk, lately.pk, ordinary.pk, gone.pk, longer.pk]
    assert found("zw", clerk) == [vip.pk, lately.pk, ordinary.pk, gone.pk, longer.pk]


def test_an_old_number_still_finds_and_is_marked(hall, clerk):
    before, now = findable(hall, name="李四"), findable(hall, "13812345678", name="王五")
    add_number(before, "service", "13812345678", valid_to="2026-01-01")
    index([before.pk])
    hits = find("13812345678", clerk)
    assert [(hit.pk, hit.old, hit.exact) for hit in hits] == [(now.pk, False, True), (before.pk, True, False)]


def test_a_number_that_two_customers_have_is_no_exact_hit(hall, clerk):
    pair = [findable(hall, "contact:13812345678").pk for _ in range(2)]
    hits = find("13812345678", clerk)
    assert [hit.pk for hit in hits] == pair
    assert not any(hit.exact for hit in hits)


def test_a_company_with_a_block_of_numbers_does_not_crowd_out_the_others(hall, clerk):
    findable(hall, *[f"1381234{n:04}" for n in range(45)], name="云启", kind="group")
    other = findable(hall, "13812349999")
    assert other.pk in found("1381234", clerk)


@pytest.mark.parametrize(
    "text", ["13812345678", "5678", "1381", "8123", "678", "张伟", "张", "伟", "z", "zw", "zhang", "张 5678", "zw 138"]
)
def test_nobody_finds_what_is_out_of_reach(hall, text):
    """Two departments, a manager, another branch: each finds theirs and nothing tells of the others."""
    here = findable(hall, "13812345678")
    elsewhere = make.unit("community", make.unit("department", hall.branch))
    there = findable(elsewhere, "13812345678")
    abroad = findable(make.unit("hall", make.unit("department")), "13812345678")
    own = findable(elsewhere, "13812345678", manager=make.user("vip_manager", hall.branch))
    expected = {
        make.user("clerk", hall): {here.pk, there.pk, own.pk},
        make.user("department_head", hall.parent): {here.pk},
        make.user("department_head", elsewhere.parent): {there.pk, own.pk},
        make.user("community_manager", elsewhere): {there.pk, own.pk},
        own.manager: {own.pk},
        make.user("clerk", abroad.unit): {abroad.pk},
        make.user("vip_manager", hall.branch): set(),
        make.user("finance", hall.branch): set(),
    }
    assert {user: set(found(text, user)) for user in expected} == expected


def test_two_postings_have_both_reaches(hall):
    manager = make.user("vip_manager", hall.branch)
    elsewhere = make.unit("hall", make.unit("department", hall.branch))
    make.post(manager, "department_head", hall.parent)
    both = {findable(hall).pk, findable(elsewhere, manager=manager).pk, findable(hall, manager=manager).pk}
    findable(elsewhere)
    assert {*found("张伟", manager)} == both


def test_copies_that_lag_behind_never_show_a_customer(hall):
    """Reach is decided by the customer; a stale search row may miss one, but leaks none."""
    head = make.user("department_head", hall.parent)
    customer = findable(hall, "13812345678")
    elsewhere = make.unit("department", hall.branch)
    Customer.objects.filter(pk=customer.pk).update(unit=elsewhere)
    assert found("张伟", head) == found("5678", head) == []


def test_whoever_sees_masked_finds_masked(hall):
    findable(hall, "13812345678", "customer:VIP-1", name="张建国")
    hit = find("5678", make.user("guide", hall))[0]
    assert (hit.name, hit.number) == ("张**", "138****5678")
    assert find("张建国", make.user("quality", hall.branch))[0].name == "张**"


def test_a_customer_without_a_name_is_shown_by_number(hall, clerk):
    customer = findable(hall, "13812345678", name="")
    assert find("5678", clerk)[0].name == customer.number


def test_what_was_typed_is_marked(hall, clerk):
    findable(hall, "138 1234 5678", name="张建国")
    assert find("345678", clerk)[0].marked_number == "138 12<mark>34 5678</mark>"
    assert find("建国", clerk)[0].marked_name == "张<mark>建国</mark>"


def test_marked_text_is_escaped(hall, clerk):
    findable(hall, name="<b>张</b>")
    assert find("<b>", clerk)[0].marked_name == "<mark>&lt;b&gt;</mark>张&lt;/b&gt;"


def test_no_more_than_asked_for(hall, clerk):
    index([make.customer(hall).pk for _ in range(LIMIT + 5)])
    assert len(find("张伟", clerk)) == LIMIT
    assert len(find("张伟", clerk, limit=3)) == 3


@pytest.mark.parametrize("text", ["张伟", "5678", "zw", "张 5678"])
def test_a_search_is_one_statement_for_one_hit_and_for_twenty(hall, clerk, text):
    def statements():
        find("x", clerk)  # the postings are read once a request
        with CaptureQueriesContext(connection) as queries:
            hits = find(text, clerk)
        return len(hits), len(queries)

    findable(hall, "13812345678")
    assert statements() == (1, 1)
    for n in range(30):
        findable(hall, f"139{n:04}5678")
    assert statements() == (20, 1)
