import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ScanRejected
from pipeline.media import HEAD_BYTES, media_type, scan_type


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00junk before\n%PDF-1.4", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
    ],
)
def test_a_scan_is_told_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


@pytest.mark.parametrize("head", [b"", b"{}", b"PK\x03\x04", b"<html>", b"GIF89a", b"\x00\x00\x00\x18ftypmp42", b"BM"])
def test_what_is_no_scan_is_told_by_its_first_bytes(head: bytes) -> None:
    assert media_type(head) is None


def test_a_pdf_header_far_into_a_file_does_not_count() -> None:
    assert media_type(b" " * HEAD_BYTES + b"%PDF-1.7") is None


def test_a_file_of_comments_is_soon_told_to_be_no_scan() -> None:
    with pytest.raises(ScanRejected) as caught:  # each comment more used to take twice as long
        scan_type(b"<!---->" * (HEAD_BYTES // 7))
    assert caught.value.code == "not_a_scan"


@given(st.binary(max_size=64))
def test_any_bytes_get_an_answer(head: bytes) -> None:
    assert media_type(head) is None or "/" in str(media_type(head))
