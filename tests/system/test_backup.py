"""`hoso backup` and `hoso restore`: an office on one laptop comes back on another machine's database."""

import os
import shutil
from pathlib import Path

import pytest

from pipeline.adapters.folder_store import FolderStore
from pipeline.settings import Settings
from pipeline.turns import turn
from pipeline.wiring import open_tables
from tests.specimens import make_specimens
from tests.system.command import Told, ingest, run
from tests.system.conftest import Filed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def answers(home: Path, filed: Filed, **settings: str) -> list[object]:
    """What an officer sees of the filed papers."""
    number = filed.card.personal_ids[0]
    asked = [
        ("search", "--json", "khai sinh"),
        ("search", "--json", number),
        ("citizen", "--json", number),
        ("show", "--json", filed.document(filed.birth)),
    ]
    told = [run(home, *words, **settings) for words in asked]
    assert [one.code for one in told] == [0] * len(asked), told[0].errors
    return [one.value for one in told]


def backup(home: Path, target: Path, *options: str) -> Told:
    return run(home, "backup", "--json", str(target), *options)


def test_an_office_comes_back_from_its_second_backup_on_another_database(
    filed: Filed, postgresql_url: str, tmp_path: Path
) -> None:
    home, target = tmp_path / "home", tmp_path / "backup"
    shutil.copytree(filed.home, home)
    first = backup(home, target)
    assert first.code == 0, first.errors
    before = {one.key for one in FolderStore(home / "store").find("")}
    make_specimens(tmp_path / "more", 2, 1, ("birth_certificate",), ("clean",))
    assert ingest(home, tmp_path / "more").code == 0
    second = backup(home, target)
    new = [one for one in FolderStore(home / "store").find("") if one.key not in before]
    assert new
    assert second.value["snapshot"]["copied"] == len(new)

    proof = backup(home, target, "--prove")
    assert proof.code == 0, proof.errors
    assert proof.value["papers_asked"] == 4

    settings = {"HOSO_DATABASE": postgresql_url}
    restored = run(tmp_path / "another", "restore", "--json", str(target), **settings)
    assert restored.code == 0, restored.errors
    assert list(FolderStore(tmp_path / "another/store").find("")) == list(FolderStore(home / "store").find(""))
    assert answers(tmp_path / "another", filed, **settings) == answers(home, filed)

    again = run(tmp_path / "another", "restore", str(target), **settings)
    assert (again.code, "not_empty" in again.errors) == (78, True)


def test_a_backup_that_lacks_something_says_so(filed: Filed, tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "backup"
    shutil.copytree(filed.home, home)
    key = run(home, "show", "--json", filed.document(filed.birth)).value["object_key"]
    with (home / "store" / key).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    told = backup(home, target)
    assert told.code == 65
    assert told.value["snapshot"]["failed"] == [key]
    assert backup(home, target, "--prove").code == 65


def test_a_second_backup_beside_the_first_is_refused(filed: Filed, tmp_path: Path) -> None:
    settings = Settings(home=filed.home)
    with open_tables(settings) as tables, turn(tables.turns, "backup", settings.lease_s):
        told = backup(filed.home, tmp_path / "backup")
    assert (told.code, "backup_running" in told.errors) == (75, True)


def test_a_backup_inside_the_store_is_refused(filed: Filed) -> None:
    assert backup(filed.home, filed.home / "store" / "backup").code == 78


def test_nothing_is_restored_from_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert run(tmp_path / "home", "restore", str(tmp_path / "none")).code == 66
    assert not (tmp_path / "none").exists()
