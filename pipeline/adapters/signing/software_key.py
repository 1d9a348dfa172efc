"""A key in a file (PKCS #12): for trying out, and for the seal of an agency on a well kept server."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12

from pipeline.adapters.signing.keys import in_order
from pipeline.errors import Misconfigured
from pipeline.signing_ports import Chain


class SoftwareKey:
    """The port `Signer` over a PKCS #12 file. Its passphrase is the office's, so no PIN is asked for."""

    asks_pin = False

    def __init__(self, path: Path, passphrase: str) -> None:
        """Args: path: of the file, which is read when it is first needed."""
        self._path, self._passphrase = path, passphrase

    def chain(self) -> Chain:
        """See `Signer.chain`."""
        opened = self._opened
        if opened.cert is None:
            raise Misconfigured("no_signing_key", "no certificate in HOSO_SIGNING_KEY")
        others = [one.certificate.public_bytes(Encoding.DER) for one in opened.additional_certs]
        return in_order(opened.cert.certificate.public_bytes(Encoding.DER), others)

    def sign(self, digests: Sequence[bytes], pin: str) -> tuple[bytes, ...]:  # noqa: ARG002 (the port's)
        """See `Signer.sign`."""
        key = self._opened.key
        if isinstance(key, rsa.RSAPrivateKey):
            return tuple(key.sign(one, padding.PKCS1v15(), Prehashed(SHA256())) for one in digests)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return tuple(key.sign(one, ec.ECDSA(Prehashed(SHA256()))) for one in digests)
        raise Misconfigured("no_signing_key", "HOSO_SIGNING_KEY holds no RSA or elliptic curve key")

    @cached_property
    def _opened(self) -> PKCS12KeyAndCertificates:
        try:
            return load_pkcs12(self._path.read_bytes(), self._passphrase.encode())
        except OSError:
            raise Misconfigured("no_signing_key", "HOSO_SIGNING_KEY cannot be read") from None
        except ValueError:
            raise Misconfigured("no_signing_key", "HOSO_SIGNING_PASSPHRASE does not open HOSO_SIGNING_KEY") from None
