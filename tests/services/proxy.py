"""A network between two parts that can be cut: a TCP proxy on loopback that stops after some bytes, or refuses."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_BLOCK_BYTES = 4096


class Network:
    """What the proxy lets through. Changes count for connections that begin later, and `cut` for all.

    Attributes:
        address: where to connect to, `127.0.0.1:port`.
        up_bytes: so many bytes to the server a connection, then it is closed; None: all.
        down_bytes: the same for bytes from the server.
        answer: what to answer instead of asking the server, once a request; the server is asked when none is left.
        is_cut: nobody gets through.
    """

    def __init__(self, listener: socket.socket, server: tuple[str, int]) -> None:
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self.up_bytes: int | None = None
        self.down_bytes: int | None = None
        self.answers: list[bytes] = []
        self.is_cut = False
        self._listener, self._server = listener, server
        self._open: list[socket.socket] = []

    def cut(self) -> None:
        """Close what is open, and let nobody through until `mend`."""
        self.is_cut = True
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self.is_cut, self.up_bytes, self.down_bytes = False, None, None
        self.answers.clear()

    def serve(self) -> None:
        """Accept until the listener is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
            elif self.answers:
                threading.Thread(target=_answer, args=(client, self.answers.pop(0)), daemon=True).start()
            else:
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server)
        except OSError:
            client.close()
            return
        self._open += [client, server]
        for source, target, most in ((client, server, self.up_bytes), (server, client, self.down_bytes)):
            threading.Thread(target=_pump, args=(source, target, most), daemon=True).start()


@contextmanager
def network_to(url: str) -> Iterator[Network]:
    """A network to the server of a URL, as long as the block lasts."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        network = Network(listener, (parts.hostname, parts.port))
        threading.Thread(target=network.serve, daemon=True).start()
        yield network
        network.cut()


def _answer(client: socket.socket, answer: bytes) -> None:
    with client, suppress(OSError):
        client.recv(_BLOCK_BYTES)
        client.sendall(answer)
        client.shutdown(socket.SHUT_WR)
        while client.recv(_BLOCK_BYTES):
            continue


def _pump(source: socket.socket, target: socket.socket, most: int | None) -> None:
    """Copy up to `most` bytes, then close both ends."""
    left = most
    with suppress(OSError):
        while block := source.recv(_BLOCK_BYTES if left is None else min(left, _BLOCK_BYTES)):
            target.sendall(block)
            if left is not None:
                left -= len(block)
                if not left:
                    break
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
