"""The map of docs/architecture.md, kept true, and a few habits that are not left to memory."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
# An app imports only from those before it.
MAP = ["audit", "door", "jobs", "staff", "customers", "outreach", "work", "billing", "complaints", "webhooks", "crm"]
RANK = {app: rank for rank, app in enumerate(MAP)}
FILES = [file for app in MAP for file in sorted((ROOT / app).rglob("*.py")) if "migrations" not in file.parts]
DOORS = [file for file in FILES if {"views", "api"} & {file.stem, *file.relative_to(ROOT).parts}]
FORBIDDEN_NAMES = {"services", "utils", "helpers", "managers", "signals", "base", "misc", "selectors"}
ENQUEUE = {"apply_async", "send_task", "signature", "retry"}
LATER = {"countdown", "eta"}


def imported_apps(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)


def where(fault, files=FILES):
    """The files that `fault(file)` says something about, with what it says."""
    return {str(file.relative_to(ROOT)): found for file in files if (found := fault(file))}


def test_imports_point_down():
    def upward(file):
        app = file.relative_to(ROOT).parts[0]
        imported = set(imported_apps(ast.parse(file.read_text())))
        return {other for other in imported if RANK.get(other, -1) > RANK[app]}

    assert where(upward) == {}


def test_every_app_is_on_the_map():
    assert {folder.parent.name for folder in ROOT.glob("*/models*")} | {"crm"} == set(MAP)


def test_views_reach_rows_only_through_visible_to():
    assert where(lambda file: re.findall(r"\w+\.objects\.(?!visible_to\()\w+", file.read_text()), DOORS) == {}


def test_only_the_demo_tells_of_the_past_afterwards():
    told = where(lambda file: {"retelling"} & set(re.findall(r"audit\.(retelling)", file.read_text())))
    assert set(told) == {"audit/trail.py", "crm/demo/complaints.py"}


def test_files_are_named_for_what_they_do():
    assert where(lambda file: {file.stem} & FORBIDDEN_NAMES) == {}


def calls(file):
    return [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]


def test_no_task_waits_in_the_memory_of_a_worker():
    """Due times are rows; a task with a countdown is lost with its worker or runs again and again."""

    def waiting(file):
        enqueued = [call for call in calls(file) if getattr(call.func, "attr", "") in ENQUEUE]
        return {keyword.arg for call in enqueued for keyword in call.keywords} & LATER

    assert where(waiting) == {}


def test_no_query_is_built_from_the_names_in_a_request():
    def spread(file):
        values = [ast.unparse(key.value) for call in calls(file) for key in call.keywords if key.arg is None]
        return [value for value in values if re.match(r"(self\.)?request\b", value)]

    assert where(spread) == {}


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [str(path.relative_to(ROOT)) for path in (ROOT / "static").rglob("*") if path.is_file()]
    return [name for name in listed.stdout.split("\0") if name]


def test_no_file_of_a_third_party_is_kept_here():
    assert not [name for name in tracked() if re.search(r"\.min\.|node_modules|/vendor/|\.(woff2?|ttf|otf)$", name)]


def test_templates_carry_no_inline_script_or_style():
    """The content-security policy would refuse them; better to hear of it here."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.I
    )
    found = {
        str(file.relative_to(ROOT)): inline.findall(file.read_text()) for file in (ROOT / "templates").rglob("*.html")
    }
    assert not {name: hits for name, hits in found.items() if hits}
