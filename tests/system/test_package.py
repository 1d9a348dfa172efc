"""`hoso export package`: a citizen's papers to take away, and who took them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.adapters.database.engine import open_database
from schemas.access import LogFilter
from tests.system.command import run
from tests.system.conftest import Filed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_citizen_takes_his_papers_away_and_the_log_says_so(filed: Filed, tmp_path: Path) -> None:
    number = filed.birth.personal_ids[0]
    told = run(filed.home, "export", "package", str(tmp_path / "papers.zip"), "--citizen", number, "--originals")
    assert told.code == 0, told.errors
    shutil.unpack_archive(tmp_path / "papers.zip", tmp_path)
    folder = tmp_path / "papers" / "data" / "no-dossier"
    (record,) = folder.glob("*.json")
    told_of = json.loads(record.read_text("utf-8"))
    assert told_of["document_id"] == filed.document(filed.birth)
    assert (folder / told_of["originals"][0]["path"]).read_bytes() == filed.scan(filed.birth).read_bytes()
    check = ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    assert subprocess.run(check, cwd=tmp_path / "papers", check=False).returncode == 0

    database = open_database(f"sqlite:///{filed.home / 'hoso.db'}")
    logged = database.access_log.find("local", LogFilter(document_id=told_of["document_id"]), 9)
    database.close()
    assert (logged[0].entry.access, logged[0].entry.purpose) == ("export", "citizen_request")


def test_nothing_is_packed_for_nobody(filed: Filed, tmp_path: Path) -> None:
    told = run(filed.home, "export", "package", str(tmp_path / "papers"), "--citizen", "001190099999")
    assert (told.code, list(tmp_path.iterdir())) == (66, [])


def test_a_package_is_asked_for_in_one_way(filed: Filed, tmp_path: Path) -> None:
    assert run(filed.home, "export", "package", str(tmp_path / "papers"), "--all", "--citizen", "1").code == 2
