"""A key at a remote signing service that speaks the Cloud Signature Consortium's API, version 1.0.4."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from pipeline.errors import Forbidden, Misconfigured, ServiceUnavailable
from pipeline.signing_ports import Chain

_TIMEOUT_S = 60.0
"""Some services wait for the officer to say yes on a telephone."""
_SHA256, _RSA, _ECDSA = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"
_WRONG_PIN = ("invalid_pin", "invalid_otp")
_LOCKED = ("locked_pin", "locked_otp", "pin_locked")


class SigningService:
    """The port `Signer` over HTTP: hashes go there and signatures come back. The PIN passes through and is not kept."""

    asks_pin = True

    def __init__(self, url: str, token: str, credential: str) -> None:
        """Args: url: up to `/csc/v1`; token: lets the office use the service; credential: the key's name there."""
        self._url, self._token, self._credential = url.rstrip("/"), token, credential

    def chain(self) -> Chain:
        """See `Signer.chain`."""
        # Asked each time: certificates are renewed while we run.
        told = self._ask("credentials/info", {"credentialID": self._credential, "certificates": "chain"})
        held = told["cert"].get("certificates") if isinstance(told["cert"], dict) else None
        if not held:
            raise Misconfigured("no_signing_key", "HOSO_SIGNING_CREDENTIAL has no certificate there")
        return _each(held)

    def sign(self, digests: Sequence[bytes], pin: str) -> tuple[bytes, ...]:
        """See `Signer.sign`."""
        hashes = [base64.b64encode(one).decode("ascii") for one in digests]
        key = x509.load_der_x509_certificate(self.chain()[0]).public_key()
        wanted = {"credentialID": self._credential, "numSignatures": len(hashes), "hash": hashes, "PIN": pin}
        allowed = self._ask("credentials/authorize", wanted)
        answer = self._ask(
            "signatures/signHash",
            {
                "credentialID": self._credential,
                "SAD": allowed["SAD"],
                "hash": hashes,
                "hashAlgo": _SHA256,
                "signAlgo": _RSA if isinstance(key, rsa.RSAPublicKey) else _ECDSA,
            },
        )
        return _each(answer["signatures"])

    def _ask(self, what: str, body: dict[str, Any]) -> "_Answer":
        try:
            answer = httpx.post(
                f"{self._url}/{what}",
                json=body,
                headers={"authorization": f"Bearer {self._token}"},
                timeout=_TIMEOUT_S,
            )
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ServiceUnavailable("signer_away", "HOSO_SIGNING_SERVICE") from error
        if not isinstance(told, dict):
            raise ServiceUnavailable("signer_away", "HOSO_SIGNING_SERVICE")
        if answer.is_success:
            return _Answer(told)
        error_code = str(told.get("error", ""))
        if error_code in _LOCKED:
            raise Forbidden("pin_locked")
        if error_code in _WRONG_PIN:
            raise Forbidden("wrong_pin")
        if answer.status_code in (401, 403, 404) or error_code in ("invalid_token", "invalid_request"):
            raise Misconfigured("no_signing_key", f"HOSO_SIGNING_SERVICE refused {what}")
        raise ServiceUnavailable("signer_away", "HOSO_SIGNING_SERVICE")


class _Answer(dict[str, Any]):
    """What a service told; what it left out means that it is no signing service as we know them."""

    def __missing__(self, key: str) -> Any:
        raise ServiceUnavailable("signer_away", f"HOSO_SIGNING_SERVICE did not tell {key}")


def _each(texts: object) -> tuple[bytes, ...]:
    if not isinstance(texts, list):
        raise ServiceUnavailable("signer_away", "HOSO_SIGNING_SERVICE")
    return tuple(_bytes(text) for text in texts)


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        raise ServiceUnavailable("signer_away", "HOSO_SIGNING_SERVICE") from None
