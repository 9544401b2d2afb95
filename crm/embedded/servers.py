"""Both servers together, as an environment for Django."""

from crm.embedded.home import Home
from crm.embedded.postgres import APPLICATION, OWNER, Postgres
from crm.embedded.valkey import Valkey


class Servers:
    """`with Servers(home) as servers:` starts what is asked for and stops it in order.

    `throw_away` is for tests: nothing survives a crash of the machine, and the socket asks for no password.
    """

    def __init__(
        self, home: Home, *, postgres: bool = True, valkey: bool = True, throw_away: bool = False, settings=None
    ):
        self.postgres = Postgres(home, throw_away=throw_away, settings=settings) if postgres else None
        self.valkey = Valkey(home, throw_away=throw_away) if valkey else None

    def __enter__(self) -> "Servers":
        try:
            for server in self.all():
                server.start()
            if self.postgres:
                self.postgres.ensure_roles()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception) -> None:
        self.stop()

    def all(self):
        return [server for server in (self.postgres, self.valkey) if server]

    def stop(self) -> None:
        for server in reversed(self.all()):
            server.child.stop()

    def environment(self) -> dict[str, str]:
        """The settings that lead to these servers, the application's role first."""
        found = {}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url(APPLICATION)
            found["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
        if self.valkey:
            found["REDIS_URL"] = self.valkey.broker_url()
            found["CACHE_URL"] = self.valkey.cache_url()
        return found
