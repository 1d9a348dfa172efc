"""What signing copies asks of the world: a key somewhere, and what makes a signature of what the key gives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from schemas.base import Value

Chain = tuple[bytes, ...]
"""Certificates (DER): the signer's, then those that lead from it to a root."""


class Signer(Protocol):
    """A key that never leaves its place. It is asked once for all papers of a dossier."""

    asks_pin: bool
    """Whether the officer is to give a PIN each time."""

    def chain(self) -> Chain:
        """Whose key it is.

        Raises: Misconfigured (no_signing_key), ServiceUnavailable (signer_away).
        """
        ...

    def sign(self, digests: Sequence[bytes], pin: str) -> tuple[bytes, ...]:
        """A signature of each SHA-256: RSA as PKCS #1 v1.5, elliptic curves as DER (RFC 5652, 5753).

        A wrong PIN is tried once.
        Raises: Forbidden (wrong_pin, pin_locked), Misconfigured (no_signing_key), ServiceUnavailable (signer_away).
        """
        ...


class Sealed(Value):
    """A signature as it goes into the file (CMS, DER); `stamped_at` is the time of its time stamp, if it bears one."""

    cms: bytes
    stamped_at: datetime | None = None


class CertificateTold(Value):
    """What a certificate says of itself: names as in RFC 4514, the serial number in decimal."""

    subject: str
    issuer: str
    serial: str


class Sealer(Protocol):
    """Makes PAdES signatures (ETSI EN 319 142-1) out of what keys give."""

    def told(self, chain: Chain) -> CertificateTold:
        """Whose the certificate is. Raises: ScanRejected (unfit_certificate): damaged, run out, or not for signing."""
        ...

    def attributes(self, document_sha256: bytes, chain: Chain) -> bytes:
        """What is signed for a document: the DER whose SHA-256 goes to the key."""
        ...

    def seal(self, attributes: bytes, signature: bytes, chain: Chain) -> Sealed:
        """The signature over these attributes, with its time stamp where an authority is named.

        Raises: ScanRejected (wrong_signature): not by this certificate's key; ServiceUnavailable (timestamp_away).
        """
        ...
