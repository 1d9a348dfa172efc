"""System calls for which Python has no function, by the C library."""

import ctypes
import os
import platform

NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {"landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446, "capset": 126},
    "aarch64": {"landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446, "capset": 91},
}
"""The calls made here, by what `uname -m` says."""
_LIBC = ctypes.CDLL(None, use_errno=True)
_SET_NO_NEW_PRIVILEGES = 38
_SET_CHILD_SUBREAPER = 36


def machine() -> str:
    """Which kernel this process talks to, as `uname -m` says."""
    return platform.machine()


def call(name: str, *arguments: object) -> int:
    """Make the system call `name` of `NUMBERS`. Raises: OSError, also where its number is not known here."""
    number = NUMBERS.get(machine(), {}).get(name)
    if number is None:
        raise OSError(f"{name} is not known on {machine()}")
    return _checked(_LIBC.syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, *arguments: object) -> None:
    """Change what the kernel keeps about this process (prctl(2)). Raises: OSError."""
    given = [*arguments, *[ctypes.c_ulong(0)] * (4 - len(arguments))]
    _checked(_LIBC.prctl(ctypes.c_int(option), *given))


def unshare(flags: int) -> None:
    """Leave namespaces (unshare(2)). Raises: OSError."""
    _checked(_LIBC.unshare(ctypes.c_int(flags)))


def forbid_new_privileges() -> None:
    """No program started from here has rights that this process lacks; filters and Landlock ask for it first."""
    prctl(_SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1))


def adopt_orphans() -> None:
    """What is started by what this process starts stays below it, where it can be counted."""
    prctl(_SET_CHILD_SUBREAPER, ctypes.c_ulong(1))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
