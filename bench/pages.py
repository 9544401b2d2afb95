"""The pages people wait for, over HTTP, one client, against the bare view."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from bench.browser import Browser, times
from bench.samples import PEOPLE, TYPED, sample
from customers.models import Customer
from customers.pinyin import keys
from staff.models import User

HTMX = {"HX-Request": "true"}
DEEP = 10_000 * 25  # rows before page 10,000
CLIENTS, SECONDS = 8, 8
# What is typed, from a customer and a mobile number; the budget is the ratio to the bare view.
SEARCHES = {
    "find: full phone": (3, lambda customer, phone: phone),
    "find: last 4 digits": (5, lambda customer, phone: phone[-4:]),
    "find: inner 4 digits": (5, lambda customer, phone: phone[4:8]),
    "find: first 7 digits": (5, lambda customer, phone: phone[:7]),
    "find: full name": (5, lambda customer, phone: customer.name),
    "find: one character": (5, lambda customer, phone: customer.name[0]),
    "find: given name": (5, lambda customer, phone: customer.name[1:3]),
    "find: pinyin initials": (5, lambda customer, phone: keys(customer.name)[1][:2]),
    "find: full pinyin": (5, lambda customer, phone: keys(customer.name)[0]),
    "find: name and digits": (5, lambda customer, phone: f"{customer.name[0]} {phone[-4:]}"),
    "find: customer number": (3, lambda customer, phone: customer.number),
    "find: nothing there": (5, lambda customer, phone: "齉齾龘" + phone[-1]),
}


def run(stage, report, only):
    with stage.web() as address:
        for who in PEOPLE:
            one(address, sample(who), report, only)
        if wanted("mixed", only):
            mixed(address, sample("branch"), report)


def wanted(name, only):
    return not only or only in name


def one(address, drawn, report, only):
    browser = Browser(address, drawn.username)
    floor = times(lambda row: browser.get(f"/bench/bare/{row.pk}/"), drawn.customers * 3)
    report.time("bare view", drawn.who, floor, floor, 1)
    if wanted("search", only):
        searches(browser, drawn, floor, report)
    if wanted("list", only):
        lists(browser, drawn, floor, report)
    if wanted("accounts", only):
        accounts(browser, drawn, floor, report)
    if wanted("page", only):
        customer_pages(browser, drawn, floor, report)


def searches(browser, drawn, floor, report):
    for name, (budget, typed) in SEARCHES.items():
        pairs = zip(cycle(drawn.customers), islice(cycle(drawn.phones), TYPED), strict=False)
        texts = [typed(customer, phone) for customer, phone in pairs]
        report.time(name, drawn.who, times(lambda q: browser.post("/search/", {"q": q}, **HTMX), texts), floor, budget)


def lists(browser, drawn, floor, report):
    first = times(lambda _: browser.get("/customers/"), range(TYPED))
    report.time("list: first page", drawn.who, first, floor, 6)
    rows = Customer.objects.visible_to(User.objects.get(username=drawn.username))
    deep = list(rows.order_by("number").values_list("pk", flat=True)[DEEP : DEEP + TYPED])
    if deep:
        pages = times(lambda pk: browser.get(f"/customers/?sort=number&after={pk}"), deep)
        report.same("list: page 10,000", drawn.who, pages, first, 0.2)


def accounts(browser, drawn, floor, report):
    report.time("accounts: first page", drawn.who, times(lambda _: browser.get("/accounts/"), range(TYPED)), floor, 6)
    late = times(lambda _: browser.get("/accounts/?overdue=31"), range(TYPED))
    report.time("accounts: over 30 days", drawn.who, late, floor, 6)
    panels = times(lambda row: browser.get(f"/customers/{row.pk}/money/", **HTMX), drawn.customers)
    report.time("accounts: a customer's panel", drawn.who, panels, floor, 6)


def customer_pages(browser, drawn, floor, report):
    opened = times(lambda row: browser.get(f"/customers/{row.pk}/"), drawn.customers)
    report.time("page: customer, first answer", drawn.who, opened, floor, 6)
    report.time("page: customer, all panels", drawn.who, times(whole(browser), drawn.customers), floor, 53)
    report.time("page: home", drawn.who, times(lambda _: browser.get("/"), range(TYPED)), floor, 6)


def whole(browser):
    """Opens a customer as a browser does: the page, then what it asks for as soon as it is there."""

    def load(row):
        page = browser.get(f"/customers/{row.pk}/")
        for part in re.findall(r'hx-get="(/customers/[^"]+)" hx-trigger="load', page):
            browser.get(part, **HTMX)

    return load


def mixed(address, drawn, report):
    """Eight clients at once: mostly searches, then customers and lists, as at a counter."""
    bare = throughput(address, drawn, lambda browser, n, row, phone: browser.get(f"/bench/bare/{row.pk}/"))
    report.rate("mixed, 8 clients", drawn.who, throughput(address, drawn, counter), bare, 0.25)


def counter(browser, n, row, phone):
    if n % 5 < 3:
        browser.post("/search/", {"q": (phone[-4:], row.name, phone)[n % 3]}, **HTMX)
    elif n % 5 == 3:
        browser.get(f"/customers/{row.pk}/")
    else:
        browser.get("/customers/")


def throughput(address, drawn, work):
    """Requests a second of all clients together."""
    until = time.monotonic() + SECONDS

    def client(seed):
        browser, done = Browser(address, drawn.username), 0
        while time.monotonic() < until:
            n = seed * 7 + done
            work(browser, n, drawn.customers[n % len(drawn.customers)], drawn.phones[n % len(drawn.phones)])
            done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS))) / SECONDS
