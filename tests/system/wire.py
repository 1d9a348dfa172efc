"""A TCP proxy on this machine that cuts connections, or lets somebody act, at a certain place of what passes."""

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

_BLOCK_BYTES = 1 << 16
Way = Literal["up", "down"]
"""Towards the server, or back."""


class Wire:
    """Passes on what comes to `port`. What passed is counted in `bytes_up`."""

    def __init__(self, target_port: int) -> None:
        """Args: target_port: of the server on this machine."""
        self.bytes_up = 0
        self._target_port = target_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._act: Callable[[Way, bytes], bool] = lambda _way, _data: True
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    def watch(self, act: Callable[[Way, bytes], bool]) -> None:
        """Call `act` with every block before it is passed on; where it says no, the connection is cut instead."""
        self._act = act

    def cut_after(self, most_bytes: int) -> None:
        """Cut the connection once so many bytes have passed towards the server."""
        self.watch(lambda way, _: way == "down" or self.bytes_up < most_bytes)

    def __enter__(self) -> Self:
        """Itself, listening."""
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop listening and close all connections."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._open:
            _close(one)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # the end
                return
            server = socket.create_connection(("127.0.0.1", self._target_port))
            self._open += [client, server]
            ways: tuple[tuple[socket.socket, socket.socket, Way], ...] = (
                (client, server, "up"),
                (server, client, "down"),
            )
            for one in ways:
                self._threads.append(threading.Thread(target=self._pass_on, args=one, daemon=True))
                self._threads[-1].start()

    def _pass_on(self, source: socket.socket, target: socket.socket, way: Way) -> None:
        try:
            while (data := source.recv(_BLOCK_BYTES)) and self._act(way, data):
                target.sendall(data)
                self.bytes_up += len(data) if way == "up" else 0
        except OSError:  # the other side was cut
            pass
        _close(source)
        _close(target)


def _close(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is closed already
        return
    finally:
        one.close()
