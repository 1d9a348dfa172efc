"""Whatever bytes come in as files: a value or one of our errors."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import HosoError, ScanRejected
from pipeline.media import HEAD_BYTES, NO_SCANS, media_type, scan_type
from pipeline.settings import Limits
from pipeline.stages.active_content import find_active
from pipeline.stages.drawn_words import drawn_page
from pipeline.stages.excerpt import write_excerpt
from pipeline.stages.lone_page import write_lone_page
from pipeline.stages.open import count_pages, open_page
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import small_seeds

BEGINNINGS = st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"<html>"])
SEEDS = small_seeds()
in_a_folder = settings(
    derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12
)


@given(BEGINNINGS, st.binary(max_size=HEAD_BYTES))
def test_any_bytes_are_a_scan_or_refused_for_what_they_are(beginning: bytes, rest: bytes) -> None:
    head = (beginning + rest)[:HEAD_BYTES]
    told = media_type(head)
    if told is None:
        with pytest.raises(ScanRejected) as error:
            scan_type(head)
        assert error.value.code in NO_SCANS
    else:
        assert scan_type(head) == told


@in_a_folder
@given(beginning=BEGINNINGS, rest=st.binary(max_size=400))
def test_any_bytes_are_looked_through_for_what_acts(tmp_path: Path, beginning: bytes, rest: bytes) -> None:
    (tmp_path / "file").write_bytes(beginning + rest)
    assert isinstance(find_active(tmp_path / "file"), tuple)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("name", SEEDS)
@in_a_folder
@given(seed=st.integers(0, 2**32 - 1))
def test_a_spoilt_file_is_read_or_refused(tmp_path: Path, name: str, seed: int) -> None:
    """Here without a process of its own, so that what is not one of our errors is seen."""
    data = mutated(SEEDS[name], list(SEEDS.values()), seed)
    file, kind = tmp_path / "file", media_type(data[:HEAD_BYTES])
    file.write_bytes(data)
    find_active(file)
    if kind is None:
        return
    with contextlib.suppress(HosoError):
        count_pages(file, kind, Limits())
        open_page(file, kind, 1, Limits())
    if kind == "application/pdf":
        write_lone_page(file, 1, tmp_path / "lone.pdf")
        with contextlib.suppress(HosoError):
            drawn_page(file, 1, 10)
        with contextlib.suppress(HosoError):
            write_excerpt(file, kind, (1,), tmp_path / "excerpt.pdf")
