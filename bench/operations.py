"""What is measured, with the budgets of docs/performance.md. Each generator yields results as they come."""

import threading
import time
from functools import partial
from itertools import cycle

from django.conf import settings
from django.urls import reverse

from bench.cast import texts
from bench.measure import Budget, Result, against_the_floor
from bench.stage import Browser
from customers.filters import SORTS
from customers.models import Customer
from customers.paging import SIZE

WHOLE, PART, NAME = Budget(5, 10, 3), Budget(8, 20, 5), Budget(6, 12, 5)
LIST, OPEN, PANELS, HOME = Budget(12, 25, 6), Budget(12, 25, 6), Budget(80, 150, 40), Budget(15, 30, 6)
OF_NUMBERS = {"full phone": WHOLE, "last 4": PART, "last 6": PART, "first 7": PART, "inner 4": PART, "inner 5": PART}
FAR = 10_000  # the page that may cost no more than the first
ROUNDS = 60
CLIENTS, SECONDS = 8, 10


def search(port, people):
    """Every kind of text, as every reach."""
    for person in people:
        browser = Browser(port, person.cookies)
        for kind, asked in texts(person.user).items():
            asks = [partial(browser.post, "/search/", q=text) for text in asked]
            if asks:
                budget = OF_NUMBERS.get(kind, NAME)
                yield against_the_floor(kind, person.reach, budget, browser, asks, ROUNDS)


def listing(port, people):
    """The first page and one far down, in each order."""
    for person in people:
        browser = Browser(port, person.cookies)
        rows = Customer.objects.visible_to(person.user)
        for name, column in SORTS.items():
            first = f"/customers/?sort={name}"
            far = f"{first}&after={row_far_down(rows, column)}"
            for label, address in ((f"list by {name}", first), (f"list by {name}, far", far)):
                yield against_the_floor(
                    label, person.reach, LIST, browser, [partial(browser.get, address)], ROUNDS // 2
                )


def row_far_down(rows, column):
    """The key of the row before page FAR, or half-way down a shorter list."""
    keys = rows.order_by(column, "pk").values_list("pk", flat=True)
    position = FAR * SIZE
    return keys[position : position + 1].first() or keys[rows.count() // 2]


def pages(port, people):
    """The customer's page, its panels, and the home page."""
    for person in people:
        browser = Browser(port, person.cookies)
        keys = list(Customer.objects.visible_to(person.user).order_by().values_list("pk", flat=True)[:40])
        opened = [partial(browser.get, f"/customers/{pk}/") for pk in keys]
        yield against_the_floor("open a customer", person.reach, OPEN, browser, opened, ROUNDS // 2)
        whole = [partial(with_panels, browser, pk) for pk in keys]
        yield against_the_floor("open with all panels", person.reach, PANELS, browser, whole, ROUNDS // 2)
        yield against_the_floor("home", person.reach, HOME, browser, [partial(browser.get, "/")], ROUNDS // 2)


def with_panels(browser, pk):
    """One after the other, as one connection would fetch them."""
    panels = [reverse(url_name, args=[pk]) for _, url_name, *_ in settings.CUSTOMER_PANELS]
    return browser.get(f"/customers/{pk}/") + sum(browser.get(panel) for panel in panels)


def throughput(port, people):
    """Eight people at once, a front desk's mix, in requests a second; the floor the same way."""
    person = people[0]
    asked = [text for kind in texts(person.user).values() for text in kind[:10]]
    keys = Customer.objects.visible_to(person.user).order_by().values_list("pk", flat=True)[:40]
    mix = [("post", text) for text in asked[:80]]
    mix += [("get", f"/customers/{pk}/") for pk in keys] + [("get", "/customers/"), ("get", "/")] * 10
    floor = rate(port, person, [("get", "/bench/floor/")])
    mixed = rate(port, person, mix)
    yield Result("8 clients, seconds a request", person.reach, Budget(1000 / 300, 0, 4), [1000 / mixed], [1000 / floor])


def rate(port, person, mix):
    """Requests a second of CLIENTS at once."""
    done, until = [], time.monotonic() + SECONDS

    def client(offset):
        browser, count = Browser(port, person.cookies), 0
        for verb, what in cycle(mix[offset:] + mix[:offset]):
            if time.monotonic() > until:
                break
            browser.get(what) if verb == "get" else browser.post("/search/", q=what)
            count += 1
        done.append(count)

    clients = [threading.Thread(target=client, args=(len(mix) * n // CLIENTS,)) for n in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return sum(done) / SECONDS


ALL = {"search": search, "listing": listing, "pages": pages, "throughput": throughput}
