"""Telling encrypted folders from others, by trees that look like /proc and /sys and by the real ones here."""

import os
from pathlib import Path

import pytest

from pipeline.adapters.disk_encryption import protection_of

LUKS = "CRYPT-LUKS2-8f0e6f0c1c1e5d579a356f0d4f4f3c11-home"


class Machine:
    """Folders that look like /proc and /sys, and a disk to be asked about."""

    def __init__(self, root: Path) -> None:
        self.proc, self.sys = root / "proc", root / "sys"
        self.disk = root / "a disk"
        self.disk.mkdir()
        (self.proc / "self").mkdir(parents=True)
        (self.proc / "self" / "mountinfo").touch()
        self.mount(Path("/"), "0:99", "overlay")

    def mount(self, folder: Path, device: str, kind: str = "ext4") -> None:
        place = str(folder).replace(" ", "\\040")
        with (self.proc / "self" / "mountinfo").open("a") as lines:
            lines.write(f"36 35 {device} / {place} rw,noatime master:1 - {kind} /dev/of-{device} rw\n")

    def device(self, number: str, uuid: str = "", below: tuple[str, ...] = (), part_of: str = "") -> None:
        """A block device; `below` are the devices that it lies on."""
        above = self.sys / "devices" / part_of if part_of else self.sys / "devices"
        folder = above / number
        (folder / "dm").mkdir(parents=True)
        (folder / "dm" / "uuid").write_text(f"{uuid}\n")
        if part_of:
            (folder / "partition").write_text("1\n")
        (folder / "slaves").mkdir()
        for one in below:
            (folder / "slaves" / one).symlink_to((self.sys / "dev" / "block" / one).resolve())
        (self.sys / "dev" / "block").mkdir(parents=True, exist_ok=True)
        (self.sys / "dev" / "block" / number).symlink_to(folder)

    def guard(self) -> str:
        return protection_of(self.disk / "home" / "not made yet", self.proc, self.sys).guard


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_luks_device_is_encrypted(machine: Machine) -> None:
    machine.device("8:1")
    machine.device("254:0", LUKS, ("8:1",))
    machine.mount(machine.disk, "254:0")
    assert machine.guard() == "dm-crypt"


def test_a_logical_volume_on_a_luks_device_is_encrypted(machine: Machine) -> None:
    machine.device("8:1")
    machine.device("254:0", LUKS, ("8:1",))
    machine.device("254:1", "LVM-1234", ("254:0",))
    machine.mount(machine.disk, "254:1")
    assert machine.guard() == "dm-crypt"


def test_a_logical_volume_that_lies_on_a_plain_disk_too_is_not(machine: Machine) -> None:
    machine.device("8:1")
    machine.device("254:0", LUKS, ("8:1",))
    machine.device("8:17")
    machine.device("254:1", "LVM-1234", ("254:0", "8:17"))
    machine.mount(machine.disk, "254:1")
    assert machine.guard() == "none"


def test_a_partition_is_as_its_disk(machine: Machine) -> None:
    machine.device("8:0")
    machine.device("254:0", LUKS, ("8:0",))
    machine.device("254:1", part_of="254:0")
    machine.mount(machine.disk, "254:1")
    assert machine.guard() == "dm-crypt"


@pytest.mark.parametrize("uuid", ["", "LVM-1234", "CRYPT-VERITY-1234-home", "CRYPT-INTEGRITY-1234-home"])
def test_any_other_device_is_not_encrypted(machine: Machine, uuid: str) -> None:
    machine.device("8:1")
    machine.device("254:0", uuid, ("8:1",))
    machine.mount(machine.disk, "254:0")
    assert machine.guard() == "none"


@pytest.mark.parametrize("kind", ["ecryptfs", "fuse.gocryptfs"])
def test_a_file_system_that_encrypts_guards_what_lies_on_it(machine: Machine, kind: str) -> None:
    machine.mount(machine.disk, "0:51", kind)
    assert machine.guard() == "encrypting file system"


@pytest.mark.parametrize("kind", ["nfs4", "overlay", "zfs"])
def test_behind_a_network_or_a_layer_nothing_is_claimed(machine: Machine, kind: str) -> None:
    machine.mount(machine.disk, "0:51", kind)
    assert machine.guard() == "not told"


def test_the_mount_that_hides_another_counts(machine: Machine) -> None:
    machine.mount(machine.disk, "0:51", "fuse.gocryptfs")
    machine.mount(machine.disk, "0:52", "tmpfs")
    assert machine.guard() == "memory"


def test_the_memory_of_this_machine_is_told_from_its_disks() -> None:
    assert protection_of(Path("/dev/shm")).guard == "memory"  # noqa: S108 (only looked at)


def test_the_disk_of_this_machine_is_told_by_its_device(tmp_path: Path) -> None:
    told = protection_of(tmp_path)
    is_device = Path(f"/sys/dev/block/{os.major(tmp_path.stat().st_dev)}:{os.minor(tmp_path.stat().st_dev)}").exists()
    assert is_device == (told.guard in ("none", "dm-crypt", "fscrypt"))
