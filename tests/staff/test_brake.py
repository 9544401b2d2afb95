import pytest
from django.db import connection
from django.test import Client

from staff import brake
from staff.brake import TooFast, count_try, forget_try, tidy
from staff.login import address_of
from staff.models import Brake
from tests import make

HERE, THERE = "10.0.0.1", "10.0.0.2"
PASSWORD = "correct horse battery"


def later(seconds):
    """As if so many seconds had passed: the database's clock is the one that counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_brake SET next_at = next_at - %(s)s * interval '1 second',"
            " forget_at = forget_at - %(s)s * interval '1 second'",
            {"s": seconds},
        )


def fail(tries, name="zhang", address=HERE):
    """So many failed tries, waiting as long as is asked before each."""
    for _ in range(tries):
        try:
            count_try(name, address)
        except TooFast as early:
            later(early.seconds)
            count_try(name, address)


def wait(name="zhang", address=HERE):
    try:
        count_try(name, address)
    except TooFast as early:
        return early.seconds
    return 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failed", "seconds"), [(4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (30, 900)]
)
def test_after_the_free_tries_each_waits_twice_as_long(failed, seconds):
    fail(failed)
    assert wait() == seconds


@pytest.mark.django_db
def test_a_try_that_came_too_early_does_not_count():
    fail(5)
    assert [wait(), wait(), wait()] == [1, 1, 1]
    later(1)
    assert wait() == 0


@pytest.mark.django_db
def test_one_name_from_elsewhere_is_hardly_held_up():
    """Who guesses at my name somewhere does not keep me out where I am."""
    fail(15)
    assert wait() == 900
    assert wait(address=THERE) == 0


@pytest.mark.django_db
def test_one_name_from_everywhere_is_slowed_down():
    for n in range(40):
        fail(1, address=f"10.1.0.{n}")
    assert wait(address=THERE) == 10
    assert wait(name="wang", address=THERE) == 0


@pytest.mark.django_db
def test_one_address_with_every_name_is_slowed_down(monkeypatch):
    monkeypatch.setattr(brake, "ADDRESS", (30, 5))
    for n in range(40):
        fail(1, name=f"name{n}")
    assert wait(name="wang") == 5
    assert wait(name="wang", address=THERE) == 0


@pytest.mark.django_db
def test_success_forgets_what_was_counted_here():
    fail(4)
    forget_try("zhang", HERE)
    fail(4)
    assert wait() == 0


@pytest.mark.django_db
def test_success_of_many_people_never_slows_their_address_down(monkeypatch):
    monkeypatch.setattr(brake, "ADDRESS", (10, 5))
    for n in range(20):
        count_try(f"name{n}", HERE)
        forget_try(f"name{n}", HERE)
    assert wait() == 0


@pytest.mark.django_db
def test_an_hour_later_all_is_forgotten_and_tidied_away():
    fail(4)
    later(3601)
    assert wait() == 0
    assert Brake.objects.filter(tries=1).count() == 3
    assert tidy() == 0
    later(3601)
    assert tidy() == 3


@pytest.mark.django_db
def test_neither_name_nor_address_is_kept():
    fail(1, name="zhangwei")
    assert all(len(key) == 64 for key in Brake.objects.values_list("key", flat=True))
    assert "zhangwei" not in str(list(Brake.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_all_count():
    """Thirty at the same moment get the five free tries between them."""
    from concurrent.futures import ThreadPoolExecutor

    def guess(_):
        try:
            count_try("zhang", HERE)
        except TooFast:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(15) as pool:
        passed = sum(pool.map(guess, range(30)))
    assert passed in (5, 6)  # a sixth when the first wait of one second has passed meanwhile


@pytest.mark.django_db
def test_the_page_says_how_long_to_wait_and_keeps_the_right_password_out_meanwhile():
    person = make.user(username="zhang")
    person.set_password(PASSWORD)
    person.save()
    browser = Client(headers={"accept-language": "en"})
    answers = [browser.post("/login/", {"username": "zhang", "password": "wrong"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1]["Retry-After"] == "1"
    assert "Try again in 1 second." in answers[-1].content.decode()
    assert browser.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 429
    later(1)
    answer = browser.post("/login/", {"username": "zhang", "password": PASSWORD, "next": "/profile/"})
    assert answer.status_code == 302


@pytest.mark.django_db
def test_unknown_names_are_slowed_down_alike():
    codes = [Client().post("/login/", {"username": "nobody", "password": "wrong"}).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "127.0.0.1"),
        (0, "10.9.9.9", "127.0.0.1"),
        (1, "10.9.9.9", "10.9.9.9"),
        (1, "1.2.3.4, 10.9.9.9", "10.9.9.9"),
        (2, "1.2.3.4, 10.9.9.9,10.0.0.1", "10.9.9.9"),
        (1, "", "127.0.0.1"),
        (2, "10.9.9.9", "127.0.0.1"),
    ],
)
def test_a_forged_forwarding_header_makes_no_new_address(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert address_of(rf.get("/", headers=headers)) == address
