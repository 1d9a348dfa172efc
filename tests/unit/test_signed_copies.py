"""Signed copies as files: what veraPDF, poppler and hoso itself say of them."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pikepdf.pdfa
import pytest

from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.signing.cms import PadesSealer
from pipeline.adapters.signing.mark import draw_mark
from pipeline.adapters.signing.roots import load_roots
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.errors import ScanRejected, ServiceUnavailable
from pipeline.local_time import VIETNAM
from pipeline.pages import Corner, ScanFile, SignatureWanted
from pipeline.settings import Limits
from pipeline.stages.drawn_words import drawn_words
from tests.digital import Print, write_digital
from tests.services.authority import OFFICER, PASSPHRASE, Authority, Stamping, pdfsig, stamping, trust_database
from tests.services.verapdf import failed_rules

PDF = "application/pdf"
AT = datetime(2026, 11, 22, 7, 5, 9, tzinfo=UTC)
AT_HERE = "22/11/2026 14:05:09 +07:00"
AGENCY = "UBND phường Thử Nghiệm"


@pytest.fixture(scope="module")
def stamps(authority: Authority) -> Iterator[Stamping]:
    with stamping(authority) as one:
        yield one


@pytest.fixture(scope="module")
def parsers(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParserPool]:
    roots = load_roots(authority.trust(tmp_path_factory.mktemp("trusted")))
    with ParserPool(Limits(parsers=1), roots) as pool:
        yield pool


class Signing:
    """Signs copies with a key in a file."""

    def __init__(self, folder: Path, authority: Authority, parsers: ParserPool) -> None:
        self.folder, self.parsers = folder, parsers
        self.issued = authority.issue()
        self.key = SoftwareKey(authority.key_file(folder / "key.p12", self.issued), PASSPHRASE)
        self.trusted = trust_database(folder / "nss", authority)

    def sign(self, copy: Path, corner: Corner = "left", stamp_url: str = "") -> Path:
        """The signed copy of a file, as the desk makes it."""
        mark, target = self.folder / "mark.pdf", copy.with_suffix(f".{corner}.pdf")
        mark.write_bytes(draw_mark(OFFICER, AGENCY, AT))
        wanted = SignatureWanted(mark=mark, corner=corner, signed_at=AT.astimezone(VIETNAM))
        ready = self.parsers.write_signable(ScanFile(copy, PDF), wanted, target)
        sealer = PadesSealer(stamp_url)
        attributes = sealer.attributes(bytes.fromhex(ready.sha256), self.key.chain())
        (signature,) = self.key.sign([hashlib.sha256(attributes).digest()], "")
        made = sealer.seal(attributes, signature, self.key.chain())
        with target.open("r+b") as file:
            file.seek(ready.room[0])
            file.write(made.cms.hex().encode())
        return target


@pytest.fixture(scope="module")
def signing(authority: Authority, parsers: ParserPool, tmp_path_factory: pytest.TempPathFactory) -> Signing:
    return Signing(tmp_path_factory.mktemp("key"), authority, parsers)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    path = folder / "copy.pdf"
    with pikepdf.open(write_digital(folder / "a.pdf", Print(top=830))) as pdf:
        pikepdf.pdfa.save(pdf, path, flavour="2b")
    return path


@pytest.fixture(scope="module")
def signed(signing: Signing, copy: Path, stamps: Stamping) -> Path:
    return signing.sign(copy, stamp_url=stamps.url)


def words_on(path: Path) -> str:
    (words, *_) = drawn_words(path, 60)
    return " ".join(word.text for word in words)


def test_a_signed_copy_is_still_pdf_a(signed: Path) -> None:
    assert failed_rules(signed) == []


def test_it_begins_with_the_bytes_of_the_archive_copy(signed: Path, copy: Path) -> None:
    assert signed.read_bytes().startswith(copy.read_bytes())


def test_another_program_finds_the_signature_valid_its_signer_trusted_and_all_of_the_file_signed(
    signed: Path, signing: Signing
) -> None:
    told = pdfsig(signed, signing.trusted)
    assert "Signature Validation: Signature is Valid." in told
    assert "Certificate Validation: Certificate is Trusted." in told
    assert "Total document signed" in told
    assert OFFICER in told
    assert "ETSI.CAdES.detached" in told


def test_hoso_finds_the_same_and_believes_the_time_stamp(signed: Path, signing: Signing, parsers: ParserPool) -> None:
    (found,) = parsers.signatures(ScanFile(signed, PDF))
    assert (found.state, found.trouble, found.signer) == ("valid", None, OFFICER)
    assert found.serial == str(signing.issued.certificate.serial_number)
    assert found.said_at == AT
    assert found.stamped_at is not None


@pytest.mark.parametrize("where", ["copy", "mark", "end"])
def test_a_byte_that_was_altered_is_found_by_both(
    signed: Path, copy: Path, signing: Signing, parsers: ParserPool, tmp_path: Path, where: str
) -> None:
    data = bytearray(signed.read_bytes())
    at = {"copy": data.index(b"/MediaBox") + 1, "mark": len(copy.read_bytes()) + 200, "end": data.rindex(b"%%EOF")}
    data[at[where]] ^= 1
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(data)
    assert "Signature is Valid" not in pdfsig(altered, signing.trusted)
    assert [one.state for one in parsers.signatures(ScanFile(altered, PDF))] != ["valid"]


def test_what_is_written_behind_the_signature_is_found(signed: Path, parsers: ParserPool, tmp_path: Path) -> None:
    longer = tmp_path / "longer.pdf"
    shutil.copy(signed, longer)
    _add_a_page_behind(longer)
    (found,) = parsers.signatures(ScanFile(longer, PDF))
    assert (found.state, found.trouble) == ("invalid", "changed_after")


def _add_a_page_behind(path: Path) -> None:
    """As any program would that does not know of the signature: an update behind the end of the file."""
    from pyhanko.pdf_utils import generic  # noqa: PLC0415
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415

    with path.open("r+b") as file:
        writer = IncrementalPdfFileWriter(file)
        writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f")))
        writer.write_in_place()


def test_the_mark_says_who_digitised_it_for_whom_and_when(signed: Path, copy: Path) -> None:
    added = words_on(signed).replace("\n", " ")
    for said in ("BẢN SỐ HÓA", OFFICER, AGENCY, AT_HERE):
        assert said in added
        assert said not in words_on(copy)


@pytest.mark.parametrize("corner", ["left", "right"])
def test_the_mark_stands_at_the_top_of_its_side_and_on_no_word(signing: Signing, copy: Path, corner: Corner) -> None:
    signed = signing.sign(copy, corner)
    with pikepdf.open(signed) as pdf:
        left, bottom, right, top = (float(edge) for edge in pdf.pages[0].Annots[0].Rect)
        width, height = (float(edge) for edge in pdf.pages[0].mediabox[2:])
    assert bottom > height / 2
    assert ((left + right) / 2 < width / 2) == (corner == "left")
    for word in drawn_words(copy, 60)[0]:
        covers = word.left < right and word.right > left and height - word.top > bottom and height - word.bottom < top
        assert not covers, word.text


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_on_a_page_that_is_shown_turned_the_mark_stands_upright(
    signing: Signing, copy: Path, tmp_path: Path, turned: int
) -> None:
    path = tmp_path / "turned.pdf"
    with pikepdf.open(copy) as pdf:
        pdf.pages[0].rotate(turned, relative=False)
        pdf.save(path)
    signed = signing.sign(path)
    (*words,) = drawn_words(signed, 60)[0]
    marked = [word for word in words if word.text in ("BẢN", "HÓA")]
    assert len(marked) == 2
    assert marked[0].top == pytest.approx(marked[1].top, abs=2)
    assert marked[0].left < marked[1].left
    assert marked[0].top < 300


def test_a_scan_is_signed_like_a_print(signing: Signing, parsers: ParserPool, tmp_path: Path) -> None:
    """The mark keeps off ink that nobody has read, such as a seal."""
    path = tmp_path / "scan.pdf"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(b"0.8 0.1 0.1 rg 20 700 200 130 re f")
        pikepdf.pdfa.save(pdf, path, flavour="2b")
    signed = signing.sign(path)
    with pikepdf.open(signed) as pdf:
        left, bottom, _, top = (float(edge) for edge in pdf.pages[0].Annots[0].Rect)
    assert left >= 220 or top <= 700 or bottom >= 830
    assert [one.state for one in parsers.signatures(ScanFile(signed, PDF))] == ["valid"]


def test_without_a_time_stamp_the_signature_is_as_good_and_says_no_time_of_an_authority(
    signing: Signing, copy: Path, parsers: ParserPool
) -> None:
    (found,) = parsers.signatures(ScanFile(signing.sign(copy, "right"), PDF))
    assert (found.state, found.stamped_at) == ("valid", None)


def test_an_authority_that_is_away_leaves_nothing_signed(signing: Signing, copy: Path, stamps: Stamping) -> None:
    stamps.away = True
    try:
        with pytest.raises(ServiceUnavailable) as caught:
            signing.sign(copy, "right", stamps.url)
    finally:
        stamps.away = False
    assert caught.value.code == "timestamp_away"


def test_a_signature_by_another_key_is_refused(signing: Signing, authority: Authority) -> None:
    sealer, other = PadesSealer(""), authority.issue()
    attributes = sealer.attributes(bytes(32), signing.key.chain())
    (signature,) = signing.key.sign([hashlib.sha256(attributes).digest()], "")
    with pytest.raises(ScanRejected) as caught:
        sealer.seal(attributes, signature, (other.der,))
    assert caught.value.code == "wrong_signature"


@pytest.mark.parametrize("kind", ["run out", "not yet", "of an authority", "no certificate"])
def test_a_certificate_that_is_not_for_signing_today_is_refused(authority: Authority, kind: str) -> None:
    der = {
        "run out": authority.issue(kind="ec", since_days=60, days=30).der,
        "not yet": authority.issue(kind="ec", since_days=-2).der,
        "of an authority": authority.root.der,
        "no certificate": b"none",
    }[kind]
    with pytest.raises(ScanRejected) as caught:
        PadesSealer("").told((der,))
    assert caught.value.code == "unfit_certificate"
