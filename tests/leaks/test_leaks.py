"""Nobody reads or changes, at any address, what the table of rights does not give them.

Sampled in an everyday run: one person of each kind of reach with the methods of the page; of those whom its right stops
at the door, one from each place; and one for each answer with a method that the page does not use. `PROOF=1` sends
everybody with all of them.
"""

import dataclasses
import os
import random
import re

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import connection, models

from tests.leaks.api_rules import API_RULES
from tests.leaks.routes import routes
from tests.leaks.rule import BAD
from tests.leaks.rules import READERS, RULES
from tests.leaks.world import FACTORIES

PROOF = os.environ.get("PROOF") == "1"
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
NEVER = 10**12
OURS = {"audit", "billing", "complaints", "customers", "jobs", "outreach", "staff", "webhooks", "work"}
TELLING = (
    "customers.view",
    "customers.view_unmasked",
    "jobs.view",
    "jobs.control",
    "webhooks.manage",
)  # rights that change what is shown


def test_every_route_has_a_rule_and_every_rule_a_route():
    assert set(routes()) == set(RULES) | set(API_RULES)


def test_every_rule_names_the_right_that_its_view_asks_for():
    asked = {name: getattr(view, "right", None) for name, view in routes().items() if name in RULES}
    assert {name: right for name, right in asked.items() if right and RULES[name].right != right} == {}


def test_every_business_model_has_its_canaries():
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    business = {model._meta.label_lower for model in ours if any(f.attname == "branch_id" for f in model._meta.fields)}
    assert business - set(FACTORIES) == set()


def test_every_canary_is_unlike_every_other(stage):
    everything = [*stage.world.hidden, *stage.world.told, *stage.foreign.hidden, *stage.foreign.told]
    assert len(set(everything)) == len(everything) > 80


@pytest.mark.parametrize("name", RULES)
def test_nothing_leaks(stage, name):
    for knocker in chosen(stage, name):
        for method in ("GET", "POST"):
            if PROOF or RULES[name].takes(method):
                knock(stage, name, knocker, method)
    for n, knocker in enumerate(chosen(stage, name) if PROOF else few(stage, name)):
        for method in ("GET", "POST"):
            knock(stage, name, knocker, method, headers={"HX-Request": "true"})
        for method in OTHER_METHODS if PROOF else [OTHER_METHODS[n % len(OTHER_METHODS)]]:
            knock(stage, name, knocker, method)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.row])
def test_what_is_out_of_reach_looks_like_what_does_not_exist(stage, name):
    rule = RULES[name]
    for knocker in chosen(stage, name):
        if not knocker.role or not knocker.holds(rule.right) or rule.reached_by(knocker):
            continue
        method = "GET" if rule.takes("GET") else "POST"
        row = getattr(stage.world, rule.row)
        seen = {look(stage, knocker, method, rule, name, pk) for pk in (row.pk, NEVER, used_up(row))}
        assert len(seen) == 1, f"{name}: {knocker.name} can tell a foreign row from none"


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.body])
def test_a_foreign_record_inside_a_form_is_refused(stage, name):
    rule = RULES[name]
    for knocker in chosen(stage, name):
        home, other = stage.home_of(knocker)
        if not knocker.role or expected(rule, "POST", knocker) != rule.success("POST"):
            continue
        valid = rule.body(home)
        for field in [field for field, value in valid.items() if isinstance(value, models.Model)]:
            body = sent(valid | {field: rule.body(other)[field]})
            answer = stage.ask(knocker.client, "POST", rule.url(name, home), body)
            refused(stage, knocker, answer, f"{name}: {knocker.name} sent a foreign {field}")


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.also])
def test_a_foreign_record_further_down_the_address_is_refused(stage, name):
    rule = RULES[name]
    for knocker in chosen(stage, name):
        home, other = stage.home_of(knocker)
        for method in rule.methods.split():
            if knocker.role and expected(rule, method, knocker) == rule.success(method):
                answer = stage.ask(knocker.client, method, rule.url(name, home, beside=other))
                refused(stage, knocker, answer, f"{method} {name}: {knocker.name} named a foreign record")


def refused(stage, knocker, answer, told):
    assert answer.status_code in {200, BAD, 403, 404}, f"{told}: {answer.status_code}"
    assert not answer.wrote, f"{told}: wrote {answer.wrote}"
    assert_silent(stage, knocker, answer, told)


def knock(stage, name, knocker, method, headers=None):
    """One person at one address: the status of the rule, no canary, and nothing written by a refusal."""
    rule = RULES[name]
    home, _ = stage.home_of(knocker)
    target = stage.world if rule.row or rule.about else home
    form = rule.form(method)
    body = sent(form(stage.world if rule.about else home)) if form else {}
    answer = stage.ask(knocker.client, method, rule.url(name, target), body, **(headers or {}))
    told = f"{method} {name} by {knocker.name}"
    wanted = expected(rule, method, knocker)
    fragment = {200, 204} if headers and wanted == rule.success(method) else set()  # instead of a redirect
    assert answer.status_code in wanted | fragment, f"{told}: {answer.status_code} instead of {wanted}"
    if knocker.role == "" and not rule.public:
        assert answer["Location"].startswith("/login/"), f"{told}: sent to {answer['Location']}"
    if method != "POST" or wanted != rule.success("POST"):
        noted = {"audit_event"} if rule.noted and wanted == rule.success(method) else set()
        assert answer.wrote <= noted, f"{told}: wrote {answer.wrote}"
    assert_silent(stage, knocker, answer, told, body)
    if rule.shows and answer.status_code == 200 and method != "HEAD" and knocker.reaches("customers.view_unmasked"):
        assert rule.shows(target) in answer.everything, f"{told}: does not show what it should"


def expected(rule, method, knocker):
    """The statuses that the rule allows; worked out from the table of rights, not from the product."""
    if not rule.public and not knocker.role:
        return {302}
    if method == "OPTIONS" or not rule.takes(method):
        return {405}
    if rule.public:
        return rule.success(method)
    if not knocker.holds(rule.right):
        return {403}
    if rule.row and not rule.reached_by(knocker):
        return {404}
    if rule.may and not rule.may(knocker):
        return {403}
    return rule.success(method)


def assert_silent(stage, knocker, answer, told, body=()):
    """No canary in the answer, but for what the person typed themselves."""
    typed = str(body)
    never = {text: what for text, what in forbidden(stage, knocker).items() if text not in typed}
    leaked = {what for text, what in never.items() if text in answer.everything}
    assert not leaked, f"{told}: leaked {leaked}"


def forbidden(stage, knocker):
    """Every canary this person must not hear, in whatever answer."""
    if not hasattr(knocker, "forbidden"):
        home, other = stage.home_of(knocker)
        found = other.hidden | other.told
        if knocker.role:
            found |= {text: what for text, what in home.hidden.items() if not may_hear(knocker, home, text)}
        else:
            found |= home.hidden | home.told
        knocker.forbidden = found
    return knocker.forbidden


def may_hear(knocker, home, text):
    """Whether a hidden canary of the world they work in is theirs to read; whoever is abroad is near their own."""
    near = dataclasses.replace(knocker, place="beside") if knocker.place == "abroad" else knocker
    reads = READERS.get(home.hidden[text].split()[0], lambda knocker: knocker.reaches("customers.view"))
    return reads(near) and (text not in home.plain_only or near.reaches("customers.view_unmasked"))


def chosen(stage, name):
    """Everybody under PROOF=1, else one person of each kind that the rights tell apart."""
    if PROOF:
        return [*stage.people, *stage.outside]
    right = RULES[name].right
    telling = [right] if right == "staff.configure" else [right, *TELLING]
    dice = random.Random(name)
    return [*let_in(map(dice.choice, kinds_of(stage, telling)), {right}), *stage.outside]


def kinds_of(stage, rights):
    """The people in groups, as place and rights tell them apart."""
    kinds = {}
    for knocker in stage.people:
        kind = [(knocker.holds(one), one is not None and knocker.reaches(one)) for one in rights]
        kinds.setdefault((knocker.place, *kind), []).append(knocker)
    return kinds.values()


def let_in(people, rights):
    """Those who hold one of the rights, and of the others the first of each place: one door stops them all."""
    places = set()
    for knocker in people:
        if any(map(knocker.holds, rights)):
            yield knocker
        elif knocker.place not in places:
            places.add(knocker.place)
            yield knocker


def few(stage, name):
    """For the methods that no page uses: one who may, one who may elsewhere, one who may not, and nobody."""
    rule = RULES[name]
    verb = rule.methods.split()[0]
    by_answer = {}
    for knocker in stage.people:
        by_answer.setdefault(min(expected(rule, verb, knocker)), knocker)
    return [*by_answer.values(), *stage.outside]


def sent(body):
    return {name: value.pk if isinstance(value, models.Model) else value for name, value in body.items()}


def look(stage, knocker, method, rule, name, pk):
    """Everything one can tell from the answer for row `pk`, without the row's own id and the form's token."""
    home, _ = stage.home_of(knocker)
    body = sent(rule.body(home)) if method == "POST" and rule.body else {}
    url = rule.url(name, stage.world, pk)
    answer = stage.ask(knocker.client, method, url, body)
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+', "", answer.content.decode())
    said = " ".join(str(message) for message in get_messages(answer.wsgi_request))
    shape = f"{answer.status_code} {sorted(answer.headers)} {sorted(answer.cookies)}"
    return f"{shape} {answer.get('Location')} {said} {body}".replace(url, "-")


def used_up(row):
    """An id that once was given out and belongs to no row any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [row._meta.db_table])
        return cursor.fetchone()[0]
