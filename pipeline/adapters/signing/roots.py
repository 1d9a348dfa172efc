"""The certificates whose signatures an office believes."""

from pathlib import Path

from pipeline.errors import Misconfigured

_SUFFIXES = (".pem", ".crt", ".cer", ".der")


def load_roots(folder: Path | None) -> tuple[bytes, ...]:
    """The certificates (DER) in a folder's files, PEM or DER; () without a folder.

    Raises: Misconfigured (bad_setting): there is no such folder, or a file in it holds no certificate.
    """
    if folder is None:
        return ()
    if not folder.is_dir():
        raise Misconfigured("bad_setting", "HOSO_TRUSTED_ROOTS: no such folder")
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _SUFFIXES)
    return tuple(one for file in files for one in _certificates(file))


def _certificates(file: Path) -> list[bytes]:
    # Imported when there is a folder: most commands have nothing to do with certificates.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    data = file.read_bytes()
    try:
        pem = data.lstrip().startswith(b"-----BEGIN")
        found = x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
    except ValueError:
        raise Misconfigured("bad_setting", f"HOSO_TRUSTED_ROOTS: {file.name} is no certificate") from None
    return [one.public_bytes(Encoding.DER) for one in found]
