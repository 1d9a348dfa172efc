"""Signatures: those that officers put on copies, and those that files bear when they are handed in."""

from datetime import datetime
from typing import Literal

from schemas.base import Value
from schemas.people import Actor

SignatureLevel = Literal["B-B", "B-T"]
"""PAdES baseline levels (ETSI EN 319 142-1): B-T bears the time stamp of an authority, B-B none."""
SignatureState = Literal["valid", "invalid", "unchecked"]
"""`unchecked`: nothing speaks against it, but hoso cannot tell; it is never taken for valid."""
SignatureTrouble = Literal[
    "altered",
    "changed_after",
    "revoked",
    "wrong_use",
    "unknown_chain",
    "expired",
    "weak",
    "time_unsure",
    "unsupported",
    "unreadable",
    "too_many",
]
"""Why a signature is not valid.

`altered`: the file says something else than was signed; `changed_after`: something was added behind the signature;
`revoked`, `wrong_use`: of the certificate. The rest cannot be checked: no way leads to a trusted root, the certificate
has run out and no time stamp tells when it was used, an algorithm is too weak, the time stamp does not check out, hoso
does not know the kind of signature, it is damaged, or there are more of them than are looked at.
"""


class SignedCopy(Value):
    """The signed copy of a paper: an object of its own, made of the archive copy and never written to again.

    It begins with the bytes of the archive copy `of_sha256`. `actor` signed, under the name of `converter`, which
    stands in the mark; `subject`, `issuer` (RFC 4514) and `serial` (decimal) are those of the certificate. `stamped_at`
    is what the time stamp says.
    """

    key: str
    sha256: str
    size_bytes: int
    of_sha256: str
    actor: Actor
    converter: str
    signed_at: datetime
    subject: str
    issuer: str
    serial: str
    level: SignatureLevel
    stamped_at: datetime | None = None


class FoundSignature(Value):
    """A signature on a file as it was handed in, as far as it can be checked without a network.

    `file` counts the files of the submission from 1. `said_at` is when the signer says to have signed; `stamped_at` is
    what a time stamp that checks out says. `revocation_known`: what the file carries tells that no certificate was
    revoked.
    """

    file: int = 1
    state: SignatureState
    trouble: SignatureTrouble | None = None
    signer: str | None = None
    organisation: str | None = None
    issuer: str | None = None
    serial: str | None = None
    said_at: datetime | None = None
    stamped_at: datetime | None = None
    revocation_known: bool = False
