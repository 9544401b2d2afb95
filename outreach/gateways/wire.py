"""A connection whose whole exchange is bounded in time: time-outs of a socket begin anew with every byte."""

import io
import select
import socket
import time


class Deadline:
    """Seconds that an exchange may still take."""

    def __init__(self, seconds: float):
        self.until = time.monotonic() + seconds

    def left(self) -> float:
        """More than nothing; TimeoutError when it is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Wire:
    """What `http.client` needs of a socket, with the time-out set anew from the deadline before each step.

    As with a socket, `close` waits for the files made of it; what is left behind by a thread that ends is closed, too.
    """

    def __init__(self, plain: socket.socket, deadline: Deadline):
        self.plain, self.deadline = plain, deadline
        self.files, self.closed = 0, False

    def sendall(self, data) -> None:
        self.plain.settimeout(self.deadline.left())
        self.plain.sendall(data)

    def makefile(self, mode, *_buffering):
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        self.closed = True
        if not self.files:
            self.plain.close()

    def __del__(self):
        self.plain.close()

    @property
    def stale(self) -> bool:
        """The other side has closed it, or said something nobody asked for."""
        ready, _, _ = select.select([self.plain], [], [], 0)
        return bool(ready)


class _Incoming(io.RawIOBase):
    def __init__(self, wire: Wire):
        self.wire = wire
        wire.files += 1

    def close(self):
        if not self.closed:
            super().close()
            self.wire.files -= 1
            if self.wire.closed:
                self.wire.close()

    def readable(self):
        return True

    def readinto(self, buffer):
        self.wire.plain.settimeout(self.wire.deadline.left())
        return self.wire.plain.recv_into(buffer)
