"""One paper in every format that scanners and phones write is the same paper."""

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.system.command import ingest
from tests.system.conftest import Filed
from tests.system.formats import DPI, WRITERS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def answers(filed: Filed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """File name to the one answer for it."""
    folder = tmp_path_factory.mktemp("formats")
    with Image.open(filed.scan(filed.birth)) as page:
        small = page.convert("RGB").resize((page.width * DPI // 300, page.height * DPI // 300))
    for name, write in WRITERS.items():
        write(small, folder / name)
    told = ingest(tmp_path_factory.mktemp("home"), folder)
    assert told.code == 0, told.errors
    assert len(told.lines) == len(WRITERS)
    return {Path(line["source"]).name: line for line in told.lines}


@pytest.mark.parametrize("name", WRITERS)
def test_a_birth_certificate_is_one_in_every_format(answers: dict[str, dict[str, Any]], name: str) -> None:
    assert answers[name]["type"] == "birth_certificate"
    assert answers[name]["object_key"]


def test_all_pages_of_a_tiff_are_read(answers: dict[str, dict[str, Any]]) -> None:
    assert answers["pages.tif"]["source_pages"] == [1, 2]


def test_the_format_is_told_by_content_and_not_by_name(filed: Filed, tmp_path: Path) -> None:
    with Image.open(filed.scan(filed.birth)) as page:
        page.convert("RGB").resize((500, 700)).save(tmp_path / "scan.pdf", "WEBP")
    told = ingest(tmp_path / "home", tmp_path / "scan.pdf")
    assert (told.code, told.value["code"]) == (0, None)


def test_a_photo_of_a_telephone_is_read(tmp_path: Path) -> None:
    corpus = os.environ.get("HOSO_CORPUS")
    if not corpus:
        pytest.skip("no HEIC file to try: HOSO_CORPUS does not name the folder of the corpus")
    told = ingest(tmp_path / "home", "--text", Path(corpus) / "real" / "hostile_img" / "paperless-simple.heic")
    assert told.code == 0
    assert "dough" in told.value["page_texts"][0].casefold()
