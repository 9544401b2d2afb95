"""The order of things: port, lock, servers, preparation, processes, the block to read, watching, and back again."""

import contextlib
import os
import socket
import subprocess
import time

import psycopg2

from crm.embedded import Busy, Home, Servers
from crm.embedded.child import Child, wait_until
from crm.up import billing_simulator, environment, port, prepare, say, simulator, stopping
from crm.up.processes import processes
from crm.up.watch import Watch


def run() -> int:
    """Until somebody stops it."""
    stopping.listen()
    web = port.bound()
    home = Home(environment.data_folder()).claim()
    say.line(f"Starting on {port.address(web)} …")
    with environment.needed_servers(home) as servers:
        centre = simulator.bound() if simulator.wanted(servers) else None
        billing = billing_simulator.bound(home) if billing_simulator.wanted(servers) else None
        simulated = simulator.addresses(centre) | billing_simulator.addresses(home, billing)
        env = ready_environment(home, servers, simulated | public(web))
        if wants_demo(servers, env):
            prepare.load_demo(env)
        serve(home, servers, env, web, simulators(home, env, port.address(web), centre, billing))
    return 0


def public(web) -> dict[str, str]:
    """Where the links in messages lead: to this very server, unless the person named another address."""
    return {} if environment.given("PUBLIC_URL") else {"PUBLIC_URL": port.address(web).rstrip("/")}


def ready_environment(home: Home, servers: Servers, simulated: dict[str, str]) -> dict[str, str]:
    ours = environment.kept(home, servers) | simulated
    env = os.environ | ours
    prepare.prepare(env)
    environment.write(home, ours)
    return env


def wants_demo(servers: Servers, env: dict) -> bool:
    """On our own empty database, unless DEMO=0; on a database given from outside only with DEMO=1."""
    asked = os.environ.get("DEMO") or ("1" if servers.postgres else "0")
    return asked == "1" and is_empty(env["DATABASE_URL"])


def is_empty(url: str) -> bool:
    with contextlib.closing(psycopg2.connect(url)) as link, link.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM staff_unit)")
        return cursor.fetchone()[0]


def simulators(home: Home, env: dict, product: str, centre, billing) -> list[Child]:
    """Of what has a socket to listen on."""
    env = environment.of_the_application(env)
    made = [(simulator, centre), (billing_simulator, billing)]
    return [one.process(home, env, listener, product) for one, listener in made if listener]


def serve(home: Home, servers: Servers, env: dict, web: socket.socket, simulated: list[Child]) -> None:
    ours = simulated + processes(home, environment.of_the_application(env), web)
    with contextlib.ExitStack() as stack:
        for child in ours:
            stack.callback(child.stop)
            child.start()
        asked = prepare.start(["demo", "--logins"], env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        logins = prepare.logins(asked)
        wait_until(lambda: answers(web), *ours)
        say.block(port.address(web), logins, home.data, home.log)
        Watch([(each.child, each.start) for each in servers.all()] + [(child, child.start) for child in ours]).forever()


def answers(web: socket.socket) -> bool:
    """Whether the web server answers; until then the connection waits in the socket's queue."""
    host, number = web.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((host, number), 10) as link:
            link.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in link.recv(64)
    except OSError:
        time.sleep(0.1)
        return False


def manage(command: list[str]) -> int:
    """One management command: on the running installation, else with the servers started for it alone.

    There the demo branch is loaded by the owner of the tables, who may load millions without a check a row.
    """
    stopping.listen()
    try:
        home = Home(environment.data_folder()).claim()
    except Busy:
        return prepare.start(command, dict(os.environ)).wait()
    with environment.needed_servers(home) as servers:
        env = ready_environment(home, servers, {})
        role = environment.of_the_owner if command[:1] == ["demo"] else environment.of_the_application
        return prepare.start(command, role(env)).wait()
