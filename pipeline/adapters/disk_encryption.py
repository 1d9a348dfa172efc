"""Whether what lies in a folder is encrypted on disk, as Linux tells it: mounts, block devices, file policies.

Only what the system itself does is seen: disks that encrypt by themselves, and virtual machines whose host does, look
like plain ones.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

Guard = Literal["dm-crypt", "fscrypt", "encrypting file system", "memory", "none", "not told"]
"""`not told`: a network or layered file system, behind which this machine does not see."""

ENCRYPTED: tuple[Guard, ...] = ("dm-crypt", "fscrypt", "encrypting file system")
_ENCRYPTING = ("ecryptfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs", "fuse.securefs")
_IN_MEMORY = ("tmpfs", "ramfs")
_FS_IOC_GET_ENCRYPTION_POLICY_EX = 0xC0096616
"""_IOWR('f', 22, __u8[9]) of <linux/fscrypt.h>."""
_POLICY_BYTES = 24
"""The longest encryption policy: struct fscrypt_policy_v2."""
_CRYPT = tuple(f"CRYPT-{kind}" for kind in ("LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2"))
"""How device-mapper's UUIDs of encrypting devices begin; cryptsetup's VERITY and INTEGRITY only check what is read."""


class Protection(NamedTuple):
    """What guards a folder; `through` names the device or file system."""

    guard: Guard
    through: str


class _Mount(NamedTuple):
    device: str
    folder: Path
    kind: str
    source: str


def protection_of(folder: Path, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> Protection:
    """What guards `folder`, or where it would be made: of a folder that is not there yet, the next above it."""
    folder = next(above for above in (folder, *folder.absolute().parents) if above.is_dir())
    mount = _mount_of(folder.resolve(), proc)
    if mount is None:
        return Protection("not told", "no mount")
    if mount.kind in _ENCRYPTING:
        return Protection("encrypting file system", mount.kind)
    if mount.kind in _IN_MEMORY:
        return Protection("memory", mount.kind)
    if _has_policy(folder):
        return Protection("fscrypt", str(mount.folder))
    device = _block_device(mount, sys)
    if device is None:
        return Protection("not told", mount.kind)
    return Protection("dm-crypt" if _is_encrypted(device, proc, sys) else "none", mount.source)


def _mount_of(folder: Path, proc: Path) -> _Mount | None:
    """The mount that `folder` lies on: the last of those deepest above it; None in a changed root that is none."""
    above = [mount for mount in _mounts(proc) if folder.is_relative_to(mount.folder)]
    # Of mounts over one another, the later one hides the others.
    return max(enumerate(above), key=lambda one: (len(one[1].folder.parts), one[0]))[1] if above else None


def _mounts(proc: Path) -> Iterator[_Mount]:
    """The lines of mountinfo (proc_pid_mountinfo(5)): its fields end at `-`, behind which kind and source stand."""
    for line in (proc / "self" / "mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, source, *_rest) = before.split(" "), after.split(" ")
        yield _Mount(fields[2], Path(_plain(fields[4])), kind, _plain(source))


def _plain(field: str) -> str:
    for escape, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(escape, letter)
    return field


def _has_policy(folder: Path) -> bool:
    argument = bytearray(_POLICY_BYTES.to_bytes(8, "little") + bytes(_POLICY_BYTES))
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(descriptor, _FS_IOC_GET_ENCRYPTION_POLICY_EX, argument)
    except OSError:  # no policy here, or a file system that has none
        return False
    finally:
        os.close(descriptor)
    return True


def _block_device(mount: _Mount, sys: Path) -> Path | None:
    """The device's folder in /sys; btrfs gives each mount a number of its own, so its source is asked then."""
    known = sys / "dev" / "block" / mount.device
    if known.exists():
        return known.resolve()
    try:
        number = Path(mount.source).stat().st_rdev
    except OSError:
        return None
    found = sys / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    return found.resolve() if number and found.exists() else None


def _is_encrypted(device: Path, proc: Path, sys: Path) -> bool:
    """Whether all that is written to a device is encrypted, by itself or by everything that it lies on."""
    if _says(device / "dm" / "uuid").startswith(_CRYPT):
        return True
    if (device / "partition").exists():
        return _is_encrypted(device.parent, proc, sys)
    backing = _says(device / "loop" / "backing_file")
    if backing:
        return protection_of(Path(backing).parent, proc, sys).guard in ENCRYPTED
    below = list((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return bool(below) and all(_is_encrypted(one.resolve(), proc, sys) for one in below)


def _says(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
