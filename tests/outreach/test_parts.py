"""A text that a phone sends in several parts is judged whole."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jobs import runs
from jobs.models import Run
from outreach import tasks
from outreach.gateways.smpp import coding
from outreach.gateways.smpp.joining import Part, join_left, take
from outreach.models import Inbound, InboundPart
from tests import make
from tests.outreach.test_smpp_incoming import centre  # noqa: F401
from tests.race import together

pytestmark = pytest.mark.django_db
PHONE = "13800000001"
LONG = "退订。" + "我不想再收到这些营销短信，谢谢😀" * 9


def in_parts(text, reference=7):
    data_coding, pieces = coding.parts(text, reference)
    return [Part(reference, len(pieces), n, piece[6:], data_coding) for n, piece in enumerate(pieces, 1)]


def heard(parts, sender=PHONE):
    return [take("sms", sender, part) for part in parts]


def age(**shift):
    InboundPart.objects.update(received_at=timezone.now() - timedelta(**shift))


def texts():
    return list(Inbound.objects.order_by("pk").values_list("text", flat=True))


def test_it_is_judged_when_the_last_part_has_come_in_whatever_order():
    customer = make.reachable(phone=PHONE)
    for n, order in enumerate(permutations(in_parts(LONG)[:3])):
        parts = [Part(n, 3, part.n, part.content, part.data_coding) for part in order]
        *early, last = heard(parts)
        assert early == [None, None]
        assert last.handled_as == "stop"
        assert LONG.startswith(last.text)
        Inbound.objects.update(received_at=timezone.now() - timedelta(hours=1))
    assert customer.consents.filter(purpose="marketing_sms").get().word == "refused"
    assert not InboundPart.objects.exclude(content=b"").exists()


def test_characters_that_a_part_ends_within_are_whole():
    octets = "😀好".encode("utf-16-be")
    heard([Part(1, 2, 1, octets[:2], 8), Part(1, 2, 2, octets[2:], 8)])
    assert texts() == ["😀好"]


def test_a_part_that_comes_twice_is_one_before_and_after():
    first, second, *rest = in_parts(LONG)
    heard([first, first, second, *rest])
    heard([second, first, *rest])
    assert texts() == [LONG]


def test_two_phones_and_two_texts_of_one_do_not_mix():
    one, other = in_parts("a" * 160 + "1"), in_parts("b" * 160 + "2")
    again = in_parts("c" * 160 + "3", reference=8)
    for parts in zip(one, other, again, strict=True):
        heard(parts[:1])
        heard(parts[1:2], sender="13800000002")
        heard(parts[2:])
    assert sorted(texts()) == ["a" * 160 + "1", "b" * 160 + "2", "c" * 160 + "3"]


def test_the_same_reference_is_another_text_after_a_while():
    heard(in_parts("a" * 161))
    age(minutes=11)
    Inbound.objects.update(received_at=timezone.now() - timedelta(minutes=11))
    heard(in_parts("a" * 161))
    assert texts() == ["a" * 161] * 2


def test_what_is_missing_is_waited_for_and_then_left_out():
    customer = make.reachable(phone=PHONE)
    first, _second, *rest = in_parts(LONG)
    heard([first, *rest])
    assert not join_left()
    age(minutes=11)
    run = Run(job="outreach.understand")
    while tasks.understand(run):
        pass
    (kept,) = texts()
    assert kept.startswith("退订")
    assert customer.consents.get(purpose="marketing_sms").word == "refused"
    InboundPart.objects.update(joined_at=timezone.now() - timedelta(days=2))
    join_left()
    assert not InboundPart.objects.exists()


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=161, max_size=700))
def test_whatever_is_split_is_put_together(text):
    data_coding, pieces = coding.parts(text, 1)
    octets = b"".join(piece[6:] for piece in pieces)
    assert coding.read(octets, data_coding, headed=False) == text


@pytest.mark.django_db(transaction=True)
def test_parts_that_come_beside_each_other_make_one_text():
    parts = in_parts(LONG)
    got = together([lambda part=part: take("sms", PHONE, part) for part in parts])
    assert len([one for one in got if one]) == 1
    assert texts() == [LONG]


def stumbles(inbound):
    raise KeyError(inbound.pk)


@pytest.fixture
def stumbling(settings):
    usual, settings.INBOUND_HANDLERS = settings.INBOUND_HANDLERS, [f"{__name__}.stumbles"]
    return usual


@pytest.mark.django_db(transaction=True)
def test_a_whole_that_cannot_be_understood_is_kept_for_later(stumbling, settings):
    *early, last = in_parts(LONG)
    heard(early)
    with pytest.raises(KeyError):
        take("sms", PHONE, last)
    assert (texts(), Inbound.objects.get().handled_at) == ([LONG], None)
    assert take("sms", PHONE, last) is None, "the centre sends it again and hears that we have it"
    settings.INBOUND_HANDLERS = stumbling
    Inbound.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    runs.work_off(only=[runs.ask("outreach.understand", key="later").pk])
    assert Inbound.objects.get().handled_as == "unmatched"


@pytest.mark.django_db(transaction=True)
def test_what_is_left_of_one_text_does_not_hold_up_that_of_another(stumbling):
    for n, sender in enumerate([PHONE, "13800000002"]):
        heard(in_parts(LONG, reference=n)[1:], sender)
    age(minutes=11)
    run = runs.ask("outreach.understand", key="left")
    runs.work_off(only=[run.pk])
    run.refresh_from_db()
    assert (run.state, run.counts.get("replies", 0)) == ("done", 0)
    assert not InboundPart.objects.filter(joined_at=None).exists()
    kept = Inbound.objects.order_by("pk").values_list("sender", "handled_at")
    assert list(kept) == [(PHONE, None), ("13800000002", None)], "the same words of two phones are two"


# Over the wire.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("head", [b"\5\0\3\7\2", b"\6\x08\4\1\7\2", b"\x08\x24\1\1\0\3\7\2"])
def test_a_centre_hands_over_parts_with_either_header(centre, head):  # noqa: F811
    for n, content in ((2, b"OP"), (1, b"ST")):
        fields = {"source_addr": f"86{PHONE}", "esm_class": 0x40, "data_coding": 1}
        assert centre.deliver(content=head + bytes([n]) + content, **fields) == 0
    assert texts() == ["STOP"]
