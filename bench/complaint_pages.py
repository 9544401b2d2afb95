"""The desk, a complaint's page, accepting one, and the figures, among 200,000 open complaints: over HTTP, all but the
figures against the bare view of the same person.
"""

from functools import partial
from itertools import cycle
from uuid import uuid4

PEOPLE = {"branch": "head", "hall": "duty", "manager": "manager", "clerk": "clerk0"}
ASKED = 40
DESK = {
    "desk": "/complaints/",
    "desk, of my units": "/complaints/?whose=units",
    "desk, escalated": "/complaints/?flag=true",
    "desk, in the next hours": "/complaints/?due=soon",
}
MOST, ACCEPTED = 6, 8  # times the bare view
FIGURES, COUNTED, PATIENCE = "/complaints/figures/?by=class", 5, 1000  # how often they are asked for; milliseconds


def run(stage, report, url, ask):
    """In the database `url`. `ask`: what a process there answers."""
    from bench.browser import Times  # knows the product, which a process sets up first

    with stage.web(stage.env | {"DATABASE_URL": url}) as (host, port):
        found = ask("pages", host, str(port))
    for who, figures in found.items():
        if counted := figures.pop("figures", None):
            report.most(f"complaints: figures {who}", counted[0], PATIENCE, "ms")
        for name, (taken, floor) in figures.items():
            most = ACCEPTED if name == "accept one" else MOST
            report.time(f"complaints: {name}", who, Times(*taken), Times(*floor), most)


def pages(host, port):
    """{who: {name: ((median, 95th percentile), the same of the bare view in the same minute)}}, milliseconds; figures
    alone.
    """
    return {who: taken((host, int(port)), username) for who, username in PEOPLE.items()}


def taken(address, username):
    from bench.browser import Browser, in_turn, times
    from complaints.models import Category, Complaint
    from customers.models import Customer
    from staff.models import User
    from staff.scope import holds

    browser, user = Browser(address, username), User.objects.get(username=username)
    customers = list(Customer.objects.visible_to(user).order_by("pk")[:ASKED])
    reached = list(Complaint.objects.visible_to(user).order_by("-pk").values_list("pk", flat=True)[:ASKED])
    classes = Category.objects.finest().filter(branch=user.branch).order_by("-code")
    opened, whose, of = cycle(reached), cycle(customers), cycle(classes)
    bare = f"/bench/bare/{customers[0].pk}/"
    works = {name: partial(browser.get, path) for name, path in DESK.items()}
    works["open one"] = lambda: browser.get(f"/complaints/{next(opened)}/")
    if holds(user, "complaints.accept"):
        works["accept one"] = lambda: accept(browser, next(whose), next(of))
    found = {}
    for name, work in works.items():
        both = in_turn(lambda one: one(), [work, partial(browser.get, bare)], ASKED)
        found[name] = [(one.p50, one.p95) for one in both]
    if holds(user, "complaints.figures"):
        counted = times(browser.get, [FIGURES] * COUNTED)
        found["figures"] = counted.p50, counted.p95
    return found


def accept(browser, customer, category):
    """As the form sends it; of each class in turn: the tenth of one class on a day is told to those above."""
    told = {"key": uuid4(), "words": "上网太慢", "channel": "hall", "answer_by": "phone", "category": category.pk}
    browser.post(f"/customers/{customer.pk}/complaint/", told, answers=302)
