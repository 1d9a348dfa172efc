"""Piles that no test made: hostile files, dossiers with known answers, retyped real scans.

The environment variable HOSO_CORPUS names the folder that holds `dossiers/` and `real/`; it is no part of the project.
"""

import hashlib
import os
from collections import Counter, defaultdict
from pathlib import Path

import pypdf
import pytest

from pipeline.error_messages import MESSAGES
from pipeline.media import NO_SCANS
from pipeline.stages.active_content import find_active
from pipeline.stages.drawn_words import drawn_words
from schemas.ingest import IngestLine, IngestLineWithText
from tests.scoring import Figures, load_papers, load_retyped, mean_text, score_papers, score_retyped
from tests.services.verapdf import failed_rules
from tests.system.command import Told, ingest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


class Run:
    """A part of the corpus handed in at once, in a home of its own."""

    def __init__(self, home: Path, files: list[Path], *options: str) -> None:
        assert files, "this part of the corpus is empty"
        self.home, self.files = home, files
        self.told: Told = ingest(home, *options, *files)
        lines = self.told.out.splitlines()
        self.lines: list[IngestLine] = [
            (IngestLineWithText if "--text" in options else IngestLine).model_validate_json(line) for line in lines
        ]

    @property
    def texts(self) -> list[IngestLineWithText]:
        return [line for line in self.lines if isinstance(line, IngestLineWithText)]

    def stored(self, key: str) -> bytes:
        return (self.home / "store" / key).read_bytes()


@pytest.fixture(scope="module")
def corpus() -> Path:
    folder = os.environ.get("HOSO_CORPUS")
    if not folder:
        pytest.skip("there is no corpus to try: HOSO_CORPUS does not name its folder")
    return Path(folder)


@pytest.fixture(scope="module")
def hostile(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folders = (corpus / "real" / "hostile_pdf", corpus / "real" / "hostile_img")
    files = sorted(file for folder in folders for file in folder.iterdir() if file.suffix != ".json")
    return Run(tmp_path_factory.mktemp("home"), files)


@pytest.fixture(scope="module")
def dossiers(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    files = [truth.file for truth in load_papers(corpus / "dossiers")]
    return Run(tmp_path_factory.mktemp("home"), files, "--text")


@pytest.fixture(scope="module")
def figures(corpus: Path, dossiers: Run) -> Figures:
    return score_papers(load_papers(corpus / "dossiers"), dossiers.texts)


@pytest.fixture(scope="module")
def retyped(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("home"), list(load_retyped(corpus / "real" / "vi_scan_gt")), "--text")


def test_every_hostile_file_is_answered(hostile: Run) -> None:
    answered = {line.source for line in hostile.lines}
    assert answered == set(map(str, hostile.files))


def test_hostile_files_refuse_themselves_and_nothing_else(hostile: Run) -> None:
    assert hostile.told.code == 65
    refused = [line for line in hostile.lines if line.state == "rejected"]
    assert 0 < len(refused) < len(hostile.lines)


def test_every_refusal_has_a_code_for_the_sender_and_a_sentence(hostile: Run) -> None:
    for line in hostile.lines:
        if line.state == "rejected":
            assert line.code in MESSAGES
            assert line.code not in {"internal", "store_away", "database_away", "lease_lost", "object_altered"}
            assert line.message


def test_hostile_files_leave_no_traceback_and_no_complaints(hostile: Run) -> None:
    assert "Traceback" not in hostile.told.errors
    assert hostile.told.errors.strip() == ""


def test_what_was_accepted_of_hostile_files_is_kept_unaltered(hostile: Run) -> None:
    kept = 0
    for line in hostile.lines:
        if line.original_key is not None:
            original = hostile.stored(line.original_key)
            assert original == Path(line.source).read_bytes(), line.source
            kept += 1
    refused_at_the_door = {*NO_SCANS, "empty_file", "too_large"}
    assert kept == sum(line.code not in refused_at_the_door for line in hostile.lines)


def test_every_page_of_a_hostile_file_is_in_one_paper(hostile: Run) -> None:
    pages: dict[str, list[int]] = defaultdict(list)
    for line in hostile.lines:
        pages[line.source] += line.source_pages
    for source, numbers in pages.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), source


def test_every_archive_copy_of_a_hostile_file_is_pdf_a(hostile: Run, tmp_path: Path) -> None:
    copies = {line.object_key: line for line in hostile.lines if line.object_key}
    assert copies
    for key, line in copies.items():
        copy = hostile.stored(key)
        assert hashlib.sha256(copy).hexdigest() == line.sha256
        (tmp_path / "copy.pdf").write_bytes(copy)
        assert failed_rules(tmp_path / "copy.pdf") == [], line.source


def test_nothing_that_acts_is_in_any_copy_of_a_hostile_file(hostile: Run) -> None:
    copies = [line for line in hostile.lines if line.object_key]
    assert any(find_active(Path(line.source)) for line in copies)
    for line in copies:
        assert find_active(hostile.home / "store" / str(line.object_key)) == (), line.source


def test_every_archive_copy_of_a_dossier_is_pdf_a(dossiers: Run, tmp_path: Path) -> None:
    copies = {line.object_key: line.source for line in dossiers.lines if line.object_key}
    assert copies
    for key, source in copies.items():
        (tmp_path / "copy.pdf").write_bytes(dossiers.stored(key))
        assert failed_rules(tmp_path / "copy.pdf") == [], source


def test_words_of_printed_papers_are_read(figures: Figures) -> None:
    assert figures.text_printed.recall >= 0.95


def test_characters_of_printed_papers_are_read(figures: Figures) -> None:
    assert figures.text_printed.characters >= 0.97


def test_types_are_told(figures: Figures) -> None:
    assert figures.type >= 0.95


def test_owners_of_printed_papers_are_found(figures: Figures) -> None:
    assert figures.owner_printed >= 0.95


def test_no_paper_is_filed_for_another(figures: Figures) -> None:
    assert figures.wrong_owner == 0


def test_pages_stand_upright(figures: Figures) -> None:
    assert figures.upright >= 0.98


def test_dossiers_are_all_stored(dossiers: Run) -> None:
    assert dossiers.told.code == 0, dossiers.told.errors
    assert dossiers.told.errors == ""


def test_real_scans_are_read(corpus: Path, retyped: Run) -> None:
    scores = score_retyped(load_retyped(corpus / "real" / "vi_scan_gt"), retyped.texts)
    assert len(scores) >= 10
    mean = mean_text(list(scores.values()))
    assert (mean.recall >= 0.93, mean.characters >= 0.97) == (True, True), mean


@pytest.fixture(scope="module")
def digital(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """State papers that no scanner made; a very long one would only take long."""
    files = sorted(f for f in (corpus / "real" / "vi_digital").glob("*.pdf") if len(pypdf.PdfReader(f).pages) < 20)
    return Run(tmp_path_factory.mktemp("home"), files, "--text")


def test_papers_that_no_scanner_made_keep_every_word(digital: Run) -> None:
    assert {line.source for line in digital.texts} == {str(file) for file in digital.files}
    for line in digital.texts:
        own = Counter(word.text for page in drawn_words(Path(line.source), 60) for word in page)
        assert Counter(" ".join(line.page_texts).split()) == own


def test_copies_of_signed_papers_prove_themselves_and_their_originals_keep_their_bytes(digital: Run) -> None:
    for line in digital.texts:
        assert line.object_key is not None
        assert line.original_key is not None
        assert digital.stored(line.original_key) == Path(line.source).read_bytes()
        assert b"/ByteRange" not in digital.stored(line.object_key)
        assert failed_rules(digital.home / "store" / line.object_key) == []
