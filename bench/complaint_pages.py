"""The desk, a complaint's page, accepting one, and the figures, among 200,000 open complaints: over HTTP, all but the
figures against the bare view of the same person.
"""

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
        floor = Times(*figures.pop("bare view"))
        report.time("complaints: bare view", who, floor, floor, 1)
        for name, taken in figures.items():
            report.time(f"complaints: {name}", who, Times(*taken), floor, ACCEPTED if name == "accept one" else MOST)


def pages(host, port):
    """{who: {name: (median, 95th percentile)}}, milliseconds."""
    return {who: taken((host, int(port)), username) for who, username in PEOPLE.items()}


def taken(address, username):
    from bench.browser import Browser, times
    from complaints.models import Category, Complaint
    from customers.models import Customer
    from staff.models import User
    from staff.scope import holds

    browser, user = Browser(address, username), User.objects.get(username=username)
    customers = list(Customer.objects.visible_to(user).order_by("pk")[:ASKED])
    reached = list(Complaint.objects.visible_to(user).order_by("-pk").values_list("pk", flat=True)[:ASKED])
    classes = cycle(Category.objects.finest().filter(branch=user.branch).order_by("-code"))
    found = {"bare view": times(lambda one: browser.get(f"/bench/bare/{one.pk}/"), customers)}
    for name, path in DESK.items():
        found[name] = times(browser.get, [path] * ASKED)
    found["open one"] = times(lambda pk: browser.get(f"/complaints/{pk}/"), reached)
    if holds(user, "complaints.accept"):
        found["accept one"] = times(lambda one: accept(browser, one, next(classes)), customers)
    if holds(user, "complaints.figures"):
        found["figures"] = times(browser.get, [FIGURES] * COUNTED)
    return {name: (one.p50, one.p95) for name, one in found.items()}


def accept(browser, customer, category):
    """As the form sends it; of each class in turn: the tenth of one class on a day is told to those above."""
    told = {"key": uuid4(), "words": "上网太慢", "channel": "hall", "answer_by": "phone", "category": category.pk}
    browser.post(f"/customers/{customer.pk}/complaint/", told, answers=302)
