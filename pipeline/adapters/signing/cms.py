"""PAdES signatures by pyHanko: what is signed for a document, and the signature with its time stamp (RFC 3161)."""

import asyncio
import hashlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from asn1crypto import cms, tsp
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.adapters.signing.keys import is_by
from pipeline.errors import ScanRejected, ServiceUnavailable
from pipeline.signing_ports import CertificateTold, Chain, Sealed

_TIMEOUT_S = 15.0
_MOST_BYTES = 64 << 10
_FEWEST_RSA_BITS = 2048
_NO_STAMP = (TimestampRequestError, SigningError, httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError)
"""The authority is away, or what it answers is no time stamp; pyHanko takes most answers for sound."""
_T = TypeVar("_T")


class PadesSealer:
    """The port `Sealer`. The authority of time stamps is asked for each document."""

    def __init__(self, timestamp_url: str) -> None:
        """Args: timestamp_url: of the authority; "": signatures bear no time stamp."""
        self._stamper = _HttpTimeStamper(timestamp_url) if timestamp_url else None

    def told(self, chain: Chain) -> CertificateTold:
        """See `Sealer.told`."""
        try:
            certificate, *_ = [x509.load_der_x509_certificate(one) for one in chain]
            if not (_is_strong(certificate) and _holds(certificate) and _may_sign(certificate)):
                raise ScanRejected("unfit_certificate")
            return CertificateTold(
                subject=certificate.subject.rfc4514_string(),
                issuer=certificate.issuer.rfc4514_string(),
                serial=str(certificate.serial_number),
            )
        except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            raise ScanRejected("unfit_certificate") from None

    def attributes(self, document_sha256: bytes, chain: Chain) -> bytes:
        """See `Sealer.attributes`."""
        signer = _signer(chain, None)
        attributes: bytes = _run(signer.signed_attrs(document_sha256, "sha256", use_pades=True)).dump()
        return attributes

    def seal(self, attributes: bytes, signature: bytes, chain: Chain) -> Sealed:
        """See `Sealer.seal`."""
        if not is_by(chain[0], signature, hashlib.sha256(attributes).digest()):
            raise ScanRejected("wrong_signature")
        signer, signed = _signer(chain, signature), cms.CMSAttributes.load(attributes)
        making = signer.async_sign_prescribed_attributes("sha256", signed, timestamper=self._stamper)
        if self._stamper is None:
            return Sealed(cms=_run(making).dump())
        try:
            made = _run(making)
            return Sealed(cms=made.dump(), stamped_at=_stamped_at(made, signature))
        except _NO_STAMP as error:
            raise ServiceUnavailable("timestamp_away") from error


class _HttpTimeStamper(TimeStamper):
    """Asks an authority over HTTP (RFC 3161, 3.4)."""

    def __init__(self, url: str) -> None:
        TimeStamper.__init__(self)
        # One client for all requests: making one reads the certificates of web servers' authorities each time.
        self._url, self._client = url, httpx.Client(timeout=_TIMEOUT_S)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
        # Nothing else runs in this loop, so it may wait here.
        answer = self._client.post(self._url, content=req.dump(), headers=headers)
        if not answer.is_success or len(answer.content) > _MOST_BYTES:
            raise TimestampRequestError("no time stamp")
        try:
            told = tsp.TimeStampResp.load(answer.content, strict=True)
            told["status"]["status"].native  # noqa: B018 (it is parsed when it is looked at)
        except (ValueError, TypeError, KeyError) as error:
            raise TimestampRequestError("no time stamp") from error
        return told


def _signer(chain: Chain, signature: bytes | None) -> ExternalSigner:
    leaf, *others = (Certificate.load(one) for one in chain)
    return ExternalSigner(leaf, SimpleCertificateStore.from_certs([leaf, *others]), signature_value=signature)


def _is_strong(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= _FEWEST_RSA_BITS
    return isinstance(key, ec.EllipticCurvePublicKey)


def _holds(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc


def _may_sign(certificate: x509.Certificate) -> bool:
    """Whether the certificate may be used for signatures; one that says nothing of its use may (RFC 5280, 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _stamped_at(made: cms.ContentInfo, signature: bytes) -> datetime:
    """When the authority says that it saw the signature. Raises: ServiceUnavailable: it stamped something else."""
    (signer,) = made["content"]["signer_infos"]
    (token,) = (
        one["values"][0] for one in signer["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token"
    )
    told = token["content"]["encap_content_info"]["content"].parsed
    if told["message_imprint"]["hashed_message"].native != hashlib.sha256(signature).digest():
        raise ServiceUnavailable("timestamp_away", "the time stamp is of something else")
    at: datetime = told["gen_time"].native
    return at


def _run(doing: Coroutine[Any, Any, _T]) -> _T:
    """What a coroutine gives; a thread of its own runs it, since ours may have a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, doing).result()
