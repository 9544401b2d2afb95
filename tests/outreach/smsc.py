"""An SMS centre by others (smpp34), told by a test what to answer."""

import asyncio
import socket
import struct
import threading
from contextlib import contextmanager, suppress

import smpp34

from outreach.gateways.registry import made
from tests.outreach.centre import waited
from tests.outreach.test_mail_gateway import free_port

SILENT = object()


class Centre:
    """`behave(n, event)` gives a message id, a command status, or SILENT; `came` are the submit_sm events."""

    def __init__(self, behave):
        self.behave, self.came, self.esmes, self.unbound, self.port = behave, [], [], [], free_port()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.ready = threading.Event()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        with_end = self.loop.create_task(self._serve())
        self.loop.run_until_complete(with_end)
        self.loop.close()

    async def _serve(self):
        self.server = smpp34.Server("127.0.0.1", self.port)
        await self.server.start()
        self.ready.set()
        self.stopping = asyncio.Event()
        stop = asyncio.ensure_future(self.stopping.wait())
        while not stop.done():
            following = asyncio.ensure_future(self.server.next())
            await asyncio.wait({following, stop}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                self._came(following.result())
            else:
                following.cancel()
        await self._hear_the_last()
        await self.server.stop()

    async def _hear_the_last(self):
        """What had come when the end was asked for: the leave a session took just before, say."""
        with suppress(TimeoutError):
            while True:
                self._came(await asyncio.wait_for(self.server.next(), 0.1))

    def _came(self, event):
        if isinstance(event, smpp34.Esme):
            self.esmes.append(event)
        elif isinstance(event, smpp34.Unbound):
            self.unbound.append(event)
        elif isinstance(event, smpp34.SubmitSmEvent):
            self.came.append(event)
            said = self.behave(len(self.came), event)
            if isinstance(said, str):
                event.accept(said)
            elif isinstance(said, int):
                event.reject(said)

    def deliver(self, to="10010", content=b"", **fields):
        """The status the product answers a deliver_sm with."""
        return self.wanted(lambda esme: esme.deliver_sm(to, content, **fields)).result(10).command_status

    def unbind(self):
        self.wanted(lambda esme: esme.unbind())

    def wanted(self, what):
        """`what` the session that was bound last is to do, as a future."""

        async def done():
            return await what(self.esmes[-1])

        return asyncio.run_coroutine_threadsafe(done(), self.loop)

    def receipt(self, number, stat="DELIVRD", **fields):
        words = f"id:{number} sub:001 dlvrd:001 submit date:2611230130 done date:2611230131 stat:{stat} err:000 text:"
        return self.deliver(content=words.encode(), source_addr="8613800000001", esm_class=4, **fields)

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(10)


@contextmanager
def serving(behave=lambda n, event: f"m{n}"):
    centre = Centre(behave)
    centre.thread.start()
    assert centre.ready.wait(10)
    try:
        yield centre
    finally:
        centre.stop()


@contextmanager
def held(gateway):
    """The gateway's session, bound, in a thread of its own, as in a worker."""
    stopped = threading.Event()
    thread = threading.Thread(target=gateway.hold, args=(stopped.is_set,), daemon=True)
    thread.start()
    try:
        yield waited(lambda: gateway.session)
    finally:
        stopped.set()
        thread.join(15)
        assert not thread.is_alive()


def gateway(port, **options):
    made.cache_clear()
    options = {"timeout": 2, "source": "10010", "prefix": 86} | options
    return made("sms", f"smpp://crm:secret@127.0.0.1:{port}?" + "&".join(f"{k}={v}" for k, v in options.items()))


@contextmanager
def deaf():
    """A centre that lets everybody in and never says another word; its port."""
    listener, links = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        with suppress(OSError):
            while True:
                link, _ = listener.accept()
                links.append(link)
                sequence = link.recv(4096)[12:16]
                link.sendall(struct.pack(">LLL", 17, 0x80000009, 0) + sequence + b"\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for each in (listener, *links):
        each.close()
