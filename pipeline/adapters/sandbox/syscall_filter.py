"""System calls that a process, and all that it starts, may make no more: a filter that the kernel runs (seccomp(2)).

It needs no rights and no namespaces, so it holds in containers and hardened units too.
"""

import ctypes
import errno
import struct

from pipeline.adapters.sandbox.kernel import forbid_new_privileges, machine, prctl

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""AUDIT_ARCH_* of linux/audit.h."""
FORBIDDEN: dict[str, tuple[int, int]] = {
    # The network, and Unix sockets, by which services of this machine would be reached.
    "socket": (41, 198),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),
    # Other processes of the same user.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    # A session or group of its own: the parent ends a parser with its group.
    "setsid": (112, 157),
    "setpgid": (109, 154),
    # Ways out of what confines it, and corners of the kernel in which most holes were.
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
}
"""What a parser and the programs that it starts have no use for: numbers on x86_64 and aarch64."""
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_NEW_NAMESPACES = 0x7E020000
"""CLONE_NEWUSER, -NET, -PID, -IPC, -UTS, -CGROUP and -NS: a clone must not do what unshare may not."""
_X32 = 0x40000000
"""Calls of another numbering, which x86_64 kernels may know too."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_MACHINE, _AT_FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _END_PROCESS, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_SET_SECCOMP = 22
_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def forbid() -> bool:
    """Have the calls of `FORBIDDEN` fail with EPERM from now on, for good; whether the kernel can do that.

    It holds for the calling thread and what that starts, so the process should have one thread.
    """
    if machine() not in _MACHINES:
        return False
    code = _code(machine())
    program = _Program(len(code) // 8, code)
    try:
        forbid_new_privileges()
        prctl(_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(program))
    except OSError:
        return False
    return True


def _code(kind: str) -> bytes:
    """The filter: instructions (code, jump if true, jump if false, value) of classic BPF."""
    column = 0 if kind == "x86_64" else 1
    fail, missing = _FAIL | errno.EPERM, _FAIL | errno.ENOSYS
    steps = [(_LOAD, 0, 0, _AT_MACHINE), (_EQUAL, 1, 0, _MACHINES[kind]), (_RETURN, 0, 0, _END_PROCESS)]
    steps += [(_LOAD, 0, 0, _AT_NUMBER), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, fail)]
    for numbers in FORBIDDEN.values():
        steps += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, fail)]
    # What clone3 is asked for lies in memory, where a filter cannot look; without it the C library uses clone.
    steps += [(_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, missing)]
    steps += [(_EQUAL, 0, 3, _CLONE[column]), (_LOAD, 0, 0, _AT_FIRST_ARGUMENT)]
    steps += [(_ANY_BIT, 0, 1, _NEW_NAMESPACES), (_RETURN, 0, 0, fail), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
