"""What is expected of one address, the kinds of rules that several parts share, and who reaches what."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse

OK, MOVED, NO_CONTENT, BAD = 200, 302, 204, 422


@dataclass(frozen=True)
class Rule:
    """What the harness expects of one route."""

    right: str | None = None  # None: everybody who is signed in
    row: str | None = None
    arg: str = "pk"
    args: dict = field(default_factory=dict)
    also: dict = field(default_factory=dict)  # further parts of the address that are records of the world
    methods: str = "GET"
    body: Callable | None = None
    query: Callable | None = None  # the same for what a GET asks for
    about: bool = False  # the form asks about the record of the world, also where the person works elsewhere
    public: bool = False
    sees: Callable | None = None  # (knocker) -> whether they reach the row; default: by the reach of the right
    may: Callable | None = None  # (knocker) -> whether they may do this to a row they see; otherwise 403
    shows: Callable | None = None  # (world) -> a text that whoever reaches it unmasked must find in the answer
    noted: bool = False  # even a successful GET leaves an audit event
    ok: dict = field(default_factory=dict)  # method -> statuses of success, where not 200 for GET and 302 for POST

    def success(self, method):
        verb = "GET" if method == "HEAD" else method
        return self.ok.get(verb) or ({OK} if verb == "GET" else {MOVED})

    def form(self, method):
        return {"POST": self.body, "GET": self.query}.get(method)

    def takes(self, method):
        return method in self.methods.split() or (method == "HEAD" and "GET" in self.methods.split())

    def reached_by(self, knocker):
        return self.sees(knocker) if self.sees else knocker.reaches(self.right)

    def url(self, name, world, pk=None, beside=None):
        """The address of the world's record, or of `pk`; the `also` parts from the world `beside`."""
        kwargs = {arg: getattr(beside or world, row).pk for arg, row in self.also.items()}
        if self.row:
            kwargs[self.arg] = pk or getattr(world, self.row).pk
        return reverse(name, kwargs=kwargs | self.args)


def public(methods="GET", **options):
    return Rule(public=True, methods=methods, **options)


def sees_run(knocker):
    """One's own, and with `jobs.view` those of the branch."""
    return knocker.place == "owner" or knocker.in_branch("jobs.view")


def controls_run(knocker):
    return knocker.place == "owner" or knocker.in_branch("jobs.control")


def imports_here(knocker):
    return knocker.reaches("customers.import")


def is_owner(knocker):
    return knocker.place == "owner"


def leads_owner(knocker):
    return is_owner(knocker) or knocker.reaches("staff.enter_absence")


def reads_messages(knocker):
    return knocker.reaches("outreach.view")


def sees_money(knocker):
    return knocker.reaches("billing.view")


def name_of(world):
    return world.customer.name


def of_customer(right="customers.view", *, form=None, methods=None, **options):
    return Rule(right, row="customer", body=form, methods=methods or ("GET POST" if form else "GET"), **options)


def arranges(knocker):
    """Its owner, and whoever leads the unit that owes it."""
    return (knocker.holds("work.do") and knocker.place == "owner") or knocker.reaches("work.lead")
