"""The same promise for the API: every address × role × own, foreign, deleted and made-up ids, in whatever place."""

import json
import re
from copy import copy

import pytest
from django.db import models
from django.test import Client

from tests.leaks.api_rules import API_RULES, Code
from tests.leaks.routes import routes
from tests.leaks.test_leaks import NEVER, PROOF, TELLING, assert_silent, kinds_of, let_in, used_up

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
KEY = {"Idempotency-Key": "leak"}
EACH = [(name, method) for name, rules in API_RULES.items() for method in rules]
WITH_ROW = [(name, method) for name, method in EACH if API_RULES[name][method].row]
WITH_RECORDS = [
    (name, method) for name, method in EACH if API_RULES[name][method].body or API_RULES[name][method].query
]


def test_every_rule_names_the_right_that_its_view_asks_for():
    views = {name: view.cls for name, view in routes().items() if name in API_RULES}
    asked = {(name, method): views[name].rights.get(method) for name, method in EACH}
    assert {one: right for one, right in asked.items() if API_RULES[one[0]][one[1]].right != right} == {}


@pytest.mark.parametrize("name", API_RULES)
def test_nothing_leaks_through_the_api(stage, name):
    for method in API_RULES[name]:
        for knocker in chosen(stage, name):
            knock(stage, name, method, knocker)
    others = [method for method in METHODS if method not in API_RULES[name]]
    for knocker in chosen(stage, name) if PROOF else [stage.people[0], stage.people[-1], *stage.outside]:
        for method in others:
            knock(stage, name, method, knocker)


@pytest.mark.parametrize(("name", "method"), WITH_ROW)
def test_what_is_out_of_reach_looks_like_what_does_not_exist(stage, name, method):
    rule = API_RULES[name][method]
    row = getattr(stage.world, rule.row)
    for knocker in chosen(stage, name):
        if not knocker.role or not knocker.holds(rule.right) or rule.reached_by(knocker):
            continue
        home, _ = stage.home_of(knocker)
        body = rule.body(home) if rule.body else None
        seen = {
            told(send(stage, knocker, method, rule, rule.url(name, stage.world, pk), body), pk)
            for pk in (row.pk, NEVER, used_up(row))
        }
        assert len(seen) == 1, f"{method} {name}: {knocker.name} can tell a foreign row from none: {seen}"


@pytest.mark.parametrize(("name", "method"), WITH_RECORDS)
def test_a_record_out_of_reach_inside_a_request_looks_like_none(stage, name, method):
    """In bodies, filters, nested writes and bulk lists: nothing written, and foreign, gone and made up look alike."""
    rule = API_RULES[name][method]
    for knocker in chosen(stage, name):
        home, other = stage.home_of(knocker)
        if not knocker.role or expected(rule, method, knocker) != rule.ok or (rule.row and home is not stage.world):
            continue
        said, url = (rule.body or rule.query)(home), rule.url(name, home)
        for path in list(places_of(said)):
            foreign = at((rule.body or rule.query)(other), path)
            seen = set()
            for value in alike(foreign):
                answer = send(stage, knocker, method, rule, url, put(said, path, value))
                what = f"{method} {name}: {knocker.name} sent {path}"
                assert answer.status_code in refusals(rule, method), f"{what}: {answer.status_code}"
                assert not answer.wrote, f"{what}: wrote {answer.wrote}"
                assert_silent(stage, knocker, answer, what, str(as_sent(value)))
                seen.add(told(answer, as_sent(value)))
            assert len(seen) == 1, f"{method} {name}: {knocker.name} can tell a foreign {path} from none: {seen}"


def test_a_bulk_list_is_checked_one_by_one(stage):
    """Its good contacts are kept, and a foreign one among them is refused like one that never was."""
    rule = API_RULES["api-interactions-bulk"]["POST"]
    clerk = next(one for one in stage.people if one.role == "clerk" and one.place == "beside")
    good, bad = (rule.body(world)["interactions"][0] for world in (stage.world, stage.foreign))
    url = rule.url("api-interactions-bulk", stage.world)
    answer = send(
        stage, clerk, "POST", rule, url, {"interactions": [good, bad, put(good, ("items", 0, "line"), NEVER)]}
    )
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [201, 422, 422]
    assert "customers_interaction" in answer.wrote
    assert_silent(stage, clerk, answer, "bulk")


def refusals(rule, method):
    if method == "GET":
        return {200, 400}  # a filter by nothing one sees finds nothing
    return {200} if rule.apart else {422}


def knock(stage, name, method, knocker):
    rule = API_RULES[name].get("GET" if method == "HEAD" else method)
    home, _ = stage.home_of(knocker)
    any_rule = rule or next(iter(API_RULES[name].values()))
    target = stage.world if any_rule.row else home
    said = (rule.body or rule.query) if rule else None
    body = said(home) if said else None
    answer = send(stage, knocker, method, any_rule, any_rule.url(name, target), body)
    what = f"{method} {name} by {knocker.name}"
    wanted = expected(rule, method, knocker)
    assert answer.status_code == wanted, f"{what}: {answer.status_code} instead of {wanted}: {answer.everything[:500]}"
    if answer.status_code >= 400 and method != "HEAD":
        assert answer["Content-Type"] == "application/problem+json", what
    changed = rule and method in ("POST", "PATCH") and wanted == rule.ok and not rule.reads
    if not changed:
        noted = {"audit_event"} if rule and rule.noted and wanted == rule.ok else set()
        assert answer.wrote <= noted, f"{what}: wrote {answer.wrote}"
    assert_silent(stage, knocker, answer, what, plain(body))
    if rule and rule.shows and wanted == 200 and method == "GET" and knocker.reaches("customers.view_unmasked"):
        assert rule.shows(target) in answer.everything, f"{what}: does not show what it should"


def expected(rule, method, knocker):
    if not knocker.role:
        return 401
    if rule is None:
        return 405
    if not knocker.holds(rule.right):
        return 403
    if rule.row and not rule.reached_by(knocker):
        return 404
    if rule.may and not rule.may(knocker):
        return 403
    if rule.refuses_body(knocker):
        return 422
    return filtered_status(rule, method, knocker)


def filtered_status(rule, method, knocker):
    """The customer list offers the units of one's reach, and refuses to be filtered by any other."""
    names_unit = rule.query and rule.right == "customers.view" and rule.sees
    if not names_unit or knocker.reaches(rule.right):
        return rule.ok
    near = copy(knocker)
    near.place = "beside" if knocker.place == "abroad" else knocker.place
    return rule.ok if near.reaches(rule.right) else 400


def send(stage, knocker, method, rule, url, body=None):
    headers = KEY | ({"Authorization": f"Bearer {knocker.token}"} if knocker.token else {})
    data = plain(body)
    if method == "PATCH":
        headers["If-Match"] = f'"{stage.world.customer.version}.{"0" * 16}"'
    if method in ("GET", "HEAD"):
        return stage.ask(Client(), method, url, data, **headers)
    if rule.form and method == "POST" and body:
        for value in data.values():
            getattr(value, "seek", int)(0)  # a file that was sent before
        return stage.ask(Client(), method, url, data, **headers)
    return stage.ask(Client(), method, url, json.dumps(data or {}), kind="application/json", **headers)


def told(answer, value):
    """Everything one can tell from the answer, without the id of the request and what a message repeats."""
    shape = f"{answer.status_code} {sorted(answer.headers)} {answer.get('Location')}"
    body = re.sub(r'"request_id": ?"\w+"', "", answer.content.decode())
    said = re.sub(r'"message": ?"[^"]*"', lambda found: found[0].replace(str(value), "-"), body)
    return f"{shape} {said}"


def chosen(stage, name):
    """Everybody under PROOF=1, else one person of each kind that the rights tell apart."""
    if PROOF:
        return [*stage.people, *stage.outside]
    rights = {rule.right for rule in API_RULES[name].values()}
    kinds = kinds_of(stage, [*rights, *TELLING])
    return [*let_in((alike[0] for alike in kinds), rights), *stage.outside]


def places_of(said, path=()):
    """Where in the request records are named."""
    if isinstance(said, models.Model | Code):
        yield path
    elif isinstance(said, dict | list):
        for step, inner in said.items() if isinstance(said, dict) else enumerate(said):
            yield from places_of(inner, (*path, step))


def at(said, path):
    for step in path:
        said = said[step]
    return said


def put(said, path, value):
    """A copy of the request with `value` at `path`."""
    if not path:
        return value
    changed = copy(said)
    changed[path[0]] = put(said[path[0]], path[1:], value)
    return changed


def alike(foreign):
    """The foreign record, one that is gone, one that never was."""
    if isinstance(foreign, Code):
        return [foreign, "gone", "never"]
    return [foreign, used_up(foreign), NEVER]


def as_sent(value):
    return value.said if isinstance(value, Code) else value.pk if isinstance(value, models.Model) else value


def plain(said):
    if isinstance(said, dict):
        return {name: plain(inner) for name, inner in said.items()}
    return [plain(inner) for inner in said] if isinstance(said, list) else as_sent(said)
