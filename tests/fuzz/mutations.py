"""How a file is spoilt: always the same way by the same number."""

import re
from collections.abc import Callable, Sequence
from random import Random

_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?endobj", re.DOTALL)
_NUMBER = re.compile(rb"\d+")
_ODD_NUMBERS = (b"0", b"-1", b"1", b"65536", b"2147483647", b"4294967296", b"99999999999999999999", b"1e99")
_ODD_BYTES = (b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"<<", b">>", b"endobj")
_MOST_AT_ONCE = 4
_MOST_PIECE_BYTES = 4096
_MOST_BYTES = 4 << 20


def mutated(data: bytes, others: Sequence[bytes], number: int) -> bytes:
    """A file spoilt in one to four ways.

    Args:
        data: the file.
        others: files that pieces may come from.
        number: which of all ways.
    """
    rng = Random(number)  # noqa: S311 (no secret)
    for _ in range(rng.randint(1, _MOST_AT_ONCE)):
        data = rng.choice(_WAYS)(data, others, rng)[:_MOST_BYTES]
    return data


def _flip(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    spoilt = bytearray(data)
    for _number in range(min(len(data), rng.choice((1, 4, 32)))):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def _truncate(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _splice(data: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    """A piece of another file in place of one of the same length."""
    piece, at = _piece(rng.choice(others), rng), rng.randint(0, len(data))
    return data[:at] + piece + data[at + len(piece) :]


def _insert(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_ODD_BYTES) + data[at:]


def _repeat(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    piece, at = _piece(data, rng), rng.randint(0, len(data))
    return data[:at] + piece * rng.choice((1, 2, 100)) + data[at:]


def _drop(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, _MOST_PIECE_BYTES) :]


def _renumber(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    start, end = rng.choice(found).span()
    return data[:start] + rng.choice(_ODD_NUMBERS) + data[end:]


def _swap_objects(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    """Two objects of a PDF in each other's place; of other files two pieces."""
    spans = [found.span() for found in _OBJECT.finditer(data)]
    if len(spans) < 2:
        return _repeat(data, (), rng)
    (first, first_end), (second, second_end) = sorted(rng.sample(spans, 2))
    return data[:first] + data[second:second_end] + data[first_end:second] + data[first:first_end] + data[second_end:]


def _repeat_object(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    found = _OBJECT.findall(data)
    if not found:
        return _repeat(data, (), rng)
    return data + b"\n" + b"\n".join([rng.choice(found)] * rng.choice((1, 50)))


def _piece(data: bytes, rng: Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[at : at + rng.randint(1, _MOST_PIECE_BYTES)]


_WAYS: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    _flip, _truncate, _splice, _insert, _repeat, _drop, _renumber, _swap_objects, _repeat_object,
)  # fmt: skip
