"""ClamAV's daemon: every file that was handed in goes to it before anything here opens it (clamd(8), INSTREAM)."""

import re
import socket
import struct
import threading
from collections import OrderedDict
from pathlib import Path

from pipeline.errors import ScanRejected, ServiceUnavailable

_BLOCK_BYTES = 1 << 18
_CONNECT_TIMEOUT_S = 5.0
_ANSWER_TIMEOUT_S = 120.0
"""clamd gives up a file after two minutes itself (MaxScanTime)."""
_MOST_ANSWER_BYTES = 4096
_MOST_REMEMBERED = 1000
_FOUND = re.compile(r"stream: (.+) FOUND")
_NAME = re.compile(r"[^A-Za-z0-9._-]")

_Known = tuple[int, int, int, int]
"""By which a file is known again while it lies where it is: device, inode, bytes and time of change."""


class Clamd:
    """One daemon; threads may share it. A file that passed is not sent again while it stays as it is."""

    def __init__(self, address: str) -> None:
        """Args: address: `tcp:host:port` or `unix:/path`."""
        self._address = address
        self._passed: OrderedDict[_Known, None] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, file: Path) -> None:
        """Have a file looked through.

        Raises:
            ScanRejected: infected, with the name of what was found; unreadable: the file is gone.
            ServiceUnavailable: virus_scanner_away, also where it says anything but yes or no: its own limit of size
                (StreamMaxLength) must be as large as ours.
        """
        try:
            told = file.stat()
        except FileNotFoundError:
            raise ScanRejected("unreadable") from None
        known = (told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns)
        with self._lock:
            if known in self._passed:
                return
        self.judge(self._ask(b"INSTREAM", file))
        with self._lock:
            self._passed[known] = None
            if len(self._passed) > _MOST_REMEMBERED:
                self._passed.popitem(last=False)

    def version(self) -> str:
        """What it calls itself and its signatures. Raises: ServiceUnavailable (virus_scanner_away)."""
        return self._ask(b"VERSION", None)

    def judge(self, answer: str) -> None:
        """Take its answer about a file. Raises: as `check`."""
        if answer == "stream: OK":
            return
        found = _FOUND.fullmatch(answer)
        if found is None:
            raise ServiceUnavailable("virus_scanner_away")
        raise ScanRejected("infected", _NAME.sub("", found[1])[:100])

    def _ask(self, command: bytes, file: Path | None) -> str:
        try:
            with self._connected() as daemon:
                daemon.sendall(b"z" + command + b"\0")
                if file is not None:
                    _send(daemon, file)
                return _answer(daemon)
        except OSError:
            raise ServiceUnavailable("virus_scanner_away") from None

    def _connected(self) -> socket.socket:
        kind, _, place = self._address.partition(":")
        if kind == "unix":
            daemon = socket.socket(socket.AF_UNIX)
            daemon.settimeout(_CONNECT_TIMEOUT_S)
            daemon.connect(place)
        else:
            host, _, port = place.rpartition(":")
            daemon = socket.create_connection((host, int(port)), _CONNECT_TIMEOUT_S)
        daemon.settimeout(_ANSWER_TIMEOUT_S)
        return daemon


def _send(daemon: socket.socket, file: Path) -> None:
    """The file in blocks, each after its length; a length of 0 ends it."""
    try:
        with file.open("rb") as data:
            while block := data.read(_BLOCK_BYTES):
                daemon.sendall(struct.pack("!I", len(block)) + block)
        daemon.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):  # it has heard enough, and may have said why
        return


def _answer(daemon: socket.socket) -> str:
    """One line that ends with a zero byte."""
    said = b""
    while not said.endswith(b"\0") and len(said) < _MOST_ANSWER_BYTES:
        more = daemon.recv(_MOST_ANSWER_BYTES)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", errors="replace")
