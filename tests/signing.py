"""PDFs with a real signature: PKCS#7 over the file's bytes (ISO 32000-1, 12.8), by a key made for the occasion."""

import datetime
import re
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from pikepdf import Array, Dictionary, Name

_ROOM_BYTES = 4096
"""For the signature, which is written as hexadecimal digits into the file that it covers."""
_HOLLOW = "00" * _ROOM_BYTES
_FAR = 9_999_999_999
"""Takes as much room in the file as any length that comes in its place."""


def sign(pdf: Path, caption: pikepdf.Pdf, target: Path) -> Path:
    """Sign a PDF, with the first page of `caption` as the appearance of the signature over the first page."""
    _write_unsigned(pdf, caption, target)
    data = bytearray(target.read_bytes())
    start = data.index(f"<{_HOLLOW}>".encode("ascii"))
    end = start + len(_HOLLOW) + 2
    ranges = re.search(rb"/ByteRange \[ 0 (\d+) (\d+) (\d+) \]", data)
    assert ranges is not None
    for group, number in enumerate((start, end, len(data) - end), 1):
        data[slice(*ranges.span(group))] = str(number).encode("ascii").ljust(len(ranges[group]))
    signature = _signature(bytes(data[:start] + data[end:])).hex()
    data[start + 1 : start + 1 + len(signature)] = signature.encode("ascii")
    target.write_bytes(data)
    return target


def signed_bytes(data: bytes) -> tuple[bytes, bytes]:
    """What the signature of a signed PDF covers, and the signature itself (DER, filled up with zeros)."""
    ranges = re.search(rb"/ByteRange \[ 0 (\d+) +(\d+) +(\d+) +\]", data)
    assert ranges is not None
    first, second, length = map(int, ranges.groups())
    assert second + length == len(data)
    return data[:first] + data[second:], bytes.fromhex(data[first + 1 : second - 1].decode("ascii"))


def _write_unsigned(pdf: Path, caption: pikepdf.Pdf, target: Path) -> None:
    with pikepdf.open(pdf) as document:
        value = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            SubFilter=Name("/adbe.pkcs7.detached"),
            ByteRange=Array([0, _FAR, _FAR, _FAR]),
            Contents=pikepdf.String(bytes(_ROOM_BYTES)),
        )
        field = document.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T="Signature",
                F=132,
                Rect=document.pages[0].mediabox,
                V=document.make_indirect(value),
                P=document.pages[0].obj,
                AP=Dictionary(N=document.copy_foreign(caption.pages[0].as_form_xobject())),
            )
        )
        document.pages[0].Annots = document.make_indirect(Array([field]))
        document.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)
        document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def _signature(covered: bytes) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "UBND phường Thử Nghiệm")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(covered).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
