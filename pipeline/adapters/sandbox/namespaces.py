"""A network of its own, which has nothing in it, and no rights over anything outside (namespaces(7))."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path

from pipeline.adapters.sandbox.kernel import call, unshare

_NEW_USER = 0x10000000
_NEW_NETWORK = 0x40000000
_CAPABILITIES_V3 = 0x20080522


def leave_network() -> bool:
    """Move this process, and all that it starts, where there is no network; whether the kernel lets us.

    A user namespace comes with it, so that root is not root outside either. Where there may be none (a chroot), root
    gets a network of its own all the same. The process must have one thread.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        unshare(_NEW_USER | _NEW_NETWORK)
    except OSError:
        return _leave_as_root()
    own = Path("/proc/self")
    with suppress(OSError):  # unmapped, it is called nobody; what it may do with its files stays the same
        (own / "setgroups").write_text("deny")
        (own / "uid_map").write_text(f"{user} {user} 1")
        (own / "gid_map").write_text(f"{group} {group} 1")
    return True


def _leave_as_root() -> bool:
    try:
        unshare(_NEW_NETWORK)
    except OSError:
        return False
    return True


def drop_capabilities() -> None:
    """Give up what root has over others' files and processes, or a user namespace has given.

    The kernel refuses that to nobody; it stays undone on machines whose calls are not known here.
    """
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    none = (ctypes.c_uint32 * 6)()
    with suppress(OSError):
        call("capset", header, none)
