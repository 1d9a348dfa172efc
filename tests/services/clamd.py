"""A virus scanner that speaks clamd's INSTREAM, with one signature: the harmless test file of the EICAR institute."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services.processes import free_port

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""In two parts, so that no scanner takes this source for the file."""
VERSION = "ClamAV 1.4.3/27800/Mon Jan  5 09:25:31 2026"


class ClamdServer:
    """What a test may ask of it: where it is, and what it was sent. It takes streams up to `most_bytes`."""

    def __init__(self, address: str, most_bytes: int) -> None:
        self.address, self.most_bytes = address, most_bytes
        self.streams: list[bytes] = []


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        command = self._until_zero()
        if command == b"zVERSION":
            self.wfile.write(VERSION.encode() + b"\0")
        elif command == b"zINSTREAM":
            self.wfile.write(self._scanned() + b"\0")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _until_zero(self) -> bytes:
        said = bytearray()
        while (one := self.rfile.read(1)) not in (b"", b"\0"):
            said += one
        return bytes(said)

    def _scanned(self) -> bytes:
        told: ClamdServer = self.server.told
        data = bytearray()
        while (length := struct.unpack("!I", self.rfile.read(4))[0]) > 0:
            data += self.rfile.read(length)
            if len(data) > told.most_bytes:
                return b"INSTREAM size limit exceeded. ERROR"
        told.streams.append(bytes(data))
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    told: ClamdServer


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    told: ClamdServer


@contextmanager
def running_clamd(socket_file: Path | None = None, most_bytes: int = 25 << 20) -> Iterator[ClamdServer]:
    """A scanner for as long as the block lasts, on loopback or, if given, on a Unix socket."""
    port = free_port()
    address = f"unix:{socket_file}" if socket_file else f"tcp:127.0.0.1:{port}"
    server: _Tcp | _Unix = _Unix(str(socket_file), _Handler) if socket_file else _Tcp(("127.0.0.1", port), _Handler)
    told = ClamdServer(address, most_bytes)
    server.told = told
    with server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield told
        finally:
            server.shutdown()
            serving.join()
