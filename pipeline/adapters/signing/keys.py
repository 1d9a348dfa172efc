"""What certificates and raw signatures of keys look like, whichever way the key is reached."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from pipeline.signing_ports import Chain

PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""Stands before a SHA-256 where RSA signs it (RFC 8017, 9.2)."""
_LONGEST = 10


def in_order(leaf: bytes, others: Sequence[bytes]) -> Chain:
    """The certificate with those that lead from it to a root, as far as they are there."""
    known = {der: x509.load_der_x509_certificate(der) for der in others}
    chain = [leaf]
    while len(chain) < _LONGEST:
        last = x509.load_der_x509_certificate(chain[-1])
        above = [der for der, one in known.items() if one.subject == last.issuer and der not in chain]
        if last.issuer == last.subject or not above:
            break
        chain.append(above[0])
    return tuple(chain)


def is_by(certificate: bytes, signature: bytes, digest: bytes) -> bool:
    """Whether the certificate's key made this signature of a SHA-256."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(Prehashed(SHA256())))
        else:
            return False
    except InvalidSignature:
        return False
    return True
