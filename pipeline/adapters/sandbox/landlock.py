"""Which files a process may touch, by the kernel's Landlock (landlock(7))."""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.adapters.sandbox.kernel import call, forbid_new_privileges

_OLDEST = 2
"""The first version lets nobody move a file from one folder to another (Linux 5.19 has the second)."""
_WITH_TRUNCATE, _WITH_NETWORK, _WITH_DEVICE_CALLS, _WITH_SCOPES = 3, 4, 5, 6
_ASK_VERSION = 1
_BENEATH_PATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _REMOVE_FOLDER, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_FOLDER, _MAKE_FILE = 1 << 7, 1 << 8
_MOVE, _TRUNCATE, _DEVICE_CALLS = 1 << 13, 1 << 14, 1 << 15
_ALL_OF_SECOND = (1 << 14) - 1
_TCP = 0b11
_SCOPES = 0b11
"""Abstract Unix sockets and signals: to what is inside only."""
_READ = _READ_FILE | _READ_FOLDER
_RUN = _READ | _EXECUTE
_WORK = _READ | _WRITE_FILE | _REMOVE_FOLDER | _REMOVE_FILE | _MAKE_FOLDER | _MAKE_FILE | _MOVE | _TRUNCATE
"""No links, sockets or devices: whoever takes files out of the folder finds files. Nothing in it can be run."""
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def allow_only(*, run: Iterable[Path], read: Iterable[Path], work: Iterable[Path]) -> bool:
    """Let this process, and all that it starts, touch nothing but what is named; whether the kernel can do that.

    Newer kernels also keep it from TCP, from abstract Unix sockets and from signals to anybody else.

    Args:
        run: trees of programs and libraries, which may be read and executed; those that are not there do not matter.
        read: trees or files that may be read.
        work: trees in which files and folders may be made, changed, moved and removed, but not executed.

    Raises:
        OSError: a tree cannot be opened.
    """
    try:
        version = call("landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    except OSError:
        return False
    if version < _OLDEST:
        return False
    handled = _handled(version)
    rules = call("landlock_create_ruleset", ctypes.byref(handled), _size(version), ctypes.c_uint32(0))
    try:
        for trees, rights in ((run, _RUN), (read, _READ), (work, _WORK)):
            for tree in trees:
                _allow(rules, tree, rights & handled.files)
        forbid_new_privileges()
        call("landlock_restrict_self", ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)
    return True


def _handled(version: int) -> _Ruleset:
    files = _ALL_OF_SECOND
    files |= _TRUNCATE if version >= _WITH_TRUNCATE else 0
    files |= _DEVICE_CALLS if version >= _WITH_DEVICE_CALLS else 0
    return _Ruleset(files, _TCP if version >= _WITH_NETWORK else 0, _SCOPES if version >= _WITH_SCOPES else 0)


def _size(version: int) -> ctypes.c_size_t:
    """Older kernels refuse a structure with parts that they do not know."""
    parts = 3 if version >= _WITH_SCOPES else 2 if version >= _WITH_NETWORK else 1
    return ctypes.c_size_t(8 * parts)


def _allow(rules: int, tree: Path, rights: int) -> None:
    try:
        opened = os.open(tree, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not tree.is_dir():
            rights &= _ON_FILES
        beneath, kind = _Beneath(rights, opened), ctypes.c_int(_BENEATH_PATH)
        call("landlock_add_rule", ctypes.c_int(rules), kind, ctypes.byref(beneath), ctypes.c_uint32(0))
    finally:
        os.close(opened)
