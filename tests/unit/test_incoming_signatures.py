"""Signatures on PDFs as they are handed in: who, when, valid or not, and why not; never taken for valid unchecked."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from certomancer.services import TimeStamper as Certomancer
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, fields, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.signing.roots import load_roots
from pipeline.errors import Misconfigured
from pipeline.settings import Limits
from pipeline.stages.signatures import find_signatures
from schemas.signing import FoundSignature
from tests.digital import write_digital
from tests.services.authority import OFFICER, Authority, Issued
from tests.unit.desk import Desk, open_desk


class _At(TimeStamper):
    """An authority of time stamps that tells a time of our choice."""

    def __init__(self, authority: Authority, at: datetime) -> None:
        TimeStamper.__init__(self)
        issued = authority.issue("Dấu thời gian", kind="ec", stamps_time=True, since_days=100, days=200)
        plain = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        certificate = asn1_x509.Certificate.load(issued.der)
        self._stamper = Certomancer(certificate, asn1_keys.PrivateKeyInfo.load(plain), fixed_dt=at)

    async def async_request_tsa_response(self, req: Any) -> Any:
        return self._stamper.request_tsa_response(req)


def sign(path: Path, issued: Issued, stamper: TimeStamper | None = None, name: str = "Signature1") -> Path:
    """Sign a PDF as other programs do, behind what is there."""
    plain = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        asn1_x509.Certificate.load(issued.der), asn1_keys.PrivateKeyInfo.load(plain), SimpleCertificateStore()
    )
    with path.open("r+b") as file:
        writer = IncrementalPdfFileWriter(file)
        metadata = PdfSignatureMetadata(field_name=name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        signing = signers.PdfSigner(
            metadata, signer, timestamper=stamper, new_field_spec=fields.SigFieldSpec(name, on_page=0)
        )
        signing.sign_pdf(writer, in_place=True)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_digital(tmp_path_factory.mktemp("plain") / "a.pdf")


@pytest.fixture
def paper(plain: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(plain, tmp_path / "paper.pdf"))


def only(path: Path, *roots: bytes) -> FoundSignature:
    (found,) = find_signatures(path, roots)
    return found


def test_a_good_signature_is_valid_and_tells_who_and_when(paper: Path, authority: Authority, issued: Issued) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    found = only(sign(paper, issued), authority.root.der)
    assert (found.state, found.trouble) == ("valid", None)
    assert (found.signer, found.organisation) == (OFFICER, "UBND phường Thử Nghiệm")
    assert (found.issuer, found.serial) == (authority.name, str(issued.certificate.serial_number))
    assert found.said_at is not None
    assert before <= found.said_at
    assert found.stamped_at is None


def test_that_nobody_asked_whether_it_was_revoked_is_told(paper: Path, authority: Authority, issued: Issued) -> None:
    assert not only(sign(paper, issued), authority.root.der).revocation_known


def test_without_a_trusted_root_it_cannot_be_checked(paper: Path, issued: Issued) -> None:
    found = only(sign(paper, issued))
    assert (found.state, found.trouble, found.signer) == ("unchecked", "unknown_chain", OFFICER)


def test_an_authority_of_the_same_name_is_not_believed(paper: Path, issued: Issued) -> None:
    found = only(sign(paper, issued), Authority().root.der)
    assert (found.state, found.trouble) == ("unchecked", "unknown_chain")


def test_an_altered_file_is_invalid(paper: Path, authority: Authority, issued: Issued) -> None:
    data = sign(paper, issued).read_bytes()
    assert data.startswith(b"%PDF-1.")
    paper.write_bytes(data.replace(b"%PDF-1.", b"%PDF-2.", 1))
    found = only(paper, authority.root.der)
    assert (found.state, found.trouble) == ("invalid", "altered")


def test_what_was_drawn_over_a_signed_file_is_found(paper: Path, authority: Authority, issued: Issued) -> None:
    sign(paper, issued)
    with paper.open("r+b") as file:
        writer = IncrementalPdfFileWriter(file)
        writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f")))
        writer.write_in_place()
    found = only(paper, authority.root.der)
    assert (found.state, found.trouble) == ("invalid", "changed_after")


def test_a_form_that_was_filled_in_behind_a_signature_is_not_what_was_signed(
    paper: Path, authority: Authority, issued: Issued
) -> None:
    _add_a_text_field(paper)
    sign(paper, issued)
    assert only(paper, authority.root.der).state == "valid"
    with paper.open("r+b") as file:
        writer = IncrementalPdfFileWriter(file)
        form = writer.root["/AcroForm"]
        field = next(one for one in form["/Fields"] if one.get_object()["/T"] == "price").get_object()
        field["/V"] = generic.pdf_string("1 000 000")
        writer.mark_update(field.container_ref)
        writer.write_in_place()
    found = only(paper, authority.root.der)
    assert (found.state, found.trouble) == ("invalid", "changed_after")


def _add_a_text_field(path: Path) -> None:
    """A form with one field that anybody may fill in."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T="price",
                V="1",
                Rect=[50, 50, 200, 80],
                P=pdf.pages[0].obj,
            )
        )
        pdf.pages[0].Annots = pdf.make_indirect(Array([field]))
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([field]), DA="/Helv 0 Tf 0 g"))
        pdf.save(path)


def test_a_second_signature_does_not_break_the_first(paper: Path, authority: Authority, issued: Issued) -> None:
    sign(paper, issued)
    sign(paper, authority.issue("Trần Văn Hai", kind="ec"), name="Signature2")
    found = find_signatures(paper, [authority.root.der])
    assert [(one.state, one.signer) for one in found] == [("valid", OFFICER), ("valid", "Trần Văn Hai")]


def test_a_certificate_that_has_run_out_cannot_be_checked(paper: Path, authority: Authority) -> None:
    old = authority.issue(kind="ec", since_days=60, days=30)
    found = only(sign(paper, old), authority.root.der)
    assert (found.state, found.trouble) == ("unchecked", "expired")


def test_a_time_stamp_from_its_days_makes_it_valid(paper: Path, authority: Authority) -> None:
    old, then = authority.issue(kind="ec", since_days=60, days=30), datetime.now(UTC) - timedelta(days=40)
    found = only(sign(paper, old, _At(authority, then)), authority.root.der)
    assert (found.state, found.trouble) == ("valid", None)
    assert found.stamped_at is not None
    assert abs(found.stamped_at - then) < timedelta(seconds=2)


def test_a_time_stamp_of_somebody_unknown_is_none(paper: Path, authority: Authority, issued: Issued) -> None:
    found = only(sign(paper, issued, _At(Authority(), datetime.now(UTC))), authority.root.der)
    assert (found.state, found.trouble, found.stamped_at) == ("unchecked", "time_unsure", None)


def test_a_certificate_that_is_not_for_signing_is_no_signers(paper: Path, authority: Authority) -> None:
    found = only(sign(paper, authority.issue(kind="ec", signs=False)), authority.root.der)
    assert (found.state, found.trouble) == ("invalid", "wrong_use")


def test_more_signatures_than_anybody_needs_are_not_all_looked_at(
    paper: Path, authority: Authority, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.stages.signatures._MOST", 1)
    sign(paper, issued)
    sign(paper, issued, name="Signature2")
    found = find_signatures(paper, [authority.root.der])
    assert [one.trouble for one in found] == [None, "too_many"]


@pytest.mark.parametrize("where", ["contents", "xref", "half"])
def test_a_damaged_file_is_never_valid(paper: Path, authority: Authority, issued: Issued, where: str) -> None:
    data = bytearray(sign(paper, issued).read_bytes())
    if where == "contents":
        start = data.index(b"/Contents <") + 11
        data[start : start + 200] = b"0" * 200
    elif where == "xref":
        data[data.rindex(b"startxref") :] = b"startxref\n7\n%%EOF"
    else:
        data = data[: len(data) // 2]
    paper.write_bytes(data)
    assert "valid" not in [one.state for one in find_signatures(paper, [authority.root.der])]


# -- from handing in to the page --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("office")
    roots = load_roots(authority.trust(folder / "roots"))
    with ParserPool(Limits(parsers=1), roots) as parsers, open_desk(folder, parsers) as desk:
        yield desk


def test_a_paper_tells_of_the_signatures_on_its_file_and_keeps_it_byte_for_byte(
    office: Desk, paper: Path, issued: Issued
) -> None:
    data = sign(paper, issued).read_bytes()
    filed = office.file(data)
    assert filed.signatures is not None
    assert [(one.state, one.signer, one.file) for one in filed.signatures] == [("valid", OFFICER, 1)]
    assert office.bytes_of(filed.original_keys[0]) == data


def test_a_paper_without_signatures_says_that_it_was_looked_at(office: Desk, plain: Path) -> None:
    assert office.file(plain.read_bytes()).signatures == ()


def test_no_network_is_asked(paper: Path, authority: Authority, issued: Issued) -> None:
    """A file that names where to ask is not followed: the parser has no network, and asks for none."""
    import socket  # noqa: PLC0415

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    sign(paper, issued)
    real = socket.socket.connect
    socket.socket.connect = refuse  # type: ignore[method-assign]
    try:
        assert only(paper, authority.root.der).state == "valid"
    finally:
        socket.socket.connect = real  # type: ignore[method-assign]


# -- whom an office trusts --------------------------------------------------------------------------------------------


def test_roots_are_read_from_pem_and_der(authority: Authority, tmp_path: Path) -> None:
    folder = authority.trust(tmp_path / "roots")
    (folder / "other.cer").write_bytes(Authority("Khác").root.der)
    (folder / "README.txt").write_text("no certificate")
    assert set(load_roots(folder)) > {authority.root.der}
    assert len(load_roots(folder)) == 2
    assert load_roots(None) == ()


def test_a_folder_that_is_not_there_or_holds_something_else_is_the_operators_to_mend(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        load_roots(tmp_path / "absent")
    (tmp_path / "root.pem").write_text("no certificate")
    with pytest.raises(Misconfigured):
        load_roots(tmp_path)
