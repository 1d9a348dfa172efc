"""A signed PDF as it goes through hoso: the original stays as it was signed, the searchable copy is another object."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from pipeline.adapters.parser_pool import ParserPool
from pipeline.settings import Limits
from pipeline.stages.drawn_words import drawn_words
from schemas.dossier import Paper
from tests.digital import Print, write_digital
from tests.services.verapdf import failed_rules
from tests.signing import sign, signed_bytes
from tests.unit.desk import Desk, open_desk

CAPTION = "Ký bởi: UBND phường Thử Nghiệm"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("signed")
    with pikepdf.open(write_digital(folder / "caption.pdf", Print((CAPTION,), top=60))) as caption:
        return sign(write_digital(folder / "a.pdf"), caption, folder / "signed.pdf").read_bytes()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with ParserPool(Limits(parsers=1)) as parsers, open_desk(tmp_path, parsers) as desk:
        yield desk


@pytest.fixture
def paper(office: Desk, signed: bytes) -> Paper:
    return office.file(signed)


def valid(data: bytes, folder: Path) -> bool:
    """Whether OpenSSL finds the signature good for the bytes that it covers, whoever signed."""
    covered, signature = signed_bytes(data)
    (folder / "covered").write_bytes(covered)
    (folder / "signature").write_bytes(signature)
    command = ["openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", str(folder / "signature")]
    covering = ["-content", str(folder / "covered"), "-out", "/dev/null"]
    return subprocess.run([*command, *covering], capture_output=True, check=False).returncode == 0


def test_the_original_keeps_its_bytes_and_so_its_signature(
    office: Desk, paper: Paper, signed: bytes, tmp_path: Path
) -> None:
    kept = office.bytes_of(paper.original_keys[0])
    assert kept == signed
    assert paper.original_sha256s == (hashlib.sha256(signed).hexdigest(),)
    assert valid(kept, tmp_path)
    assert not valid(kept.replace(b"/Rotate", b"/Rotato").replace(b"/MediaBox", b"/MediaBax"), tmp_path)


def test_the_searchable_copy_is_another_object_without_the_signature(
    office: Desk, paper: Paper, tmp_path: Path
) -> None:
    assert paper.object_key is not None
    assert paper.object_key not in paper.original_keys
    copy = office.bytes_of(paper.object_key)
    assert b"/ByteRange" not in copy
    (tmp_path / "copy.pdf").write_bytes(copy)
    assert failed_rules(tmp_path / "copy.pdf") == []


def test_the_caption_of_the_signature_is_shown_and_found_in_the_copy(
    office: Desk, paper: Paper, tmp_path: Path
) -> None:
    assert paper.object_key is not None
    (tmp_path / "copy.pdf").write_bytes(office.bytes_of(paper.object_key))
    ((*words,),) = drawn_words(tmp_path / "copy.pdf", 60)
    assert CAPTION in " ".join(word.text for word in words)
