"""A key on a token in this machine (PKCS #11). It runs at the counter, inside `hoso signer`, never on the server."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from pipeline.adapters.signing.keys import PREFIX, in_order
from pipeline.errors import Forbidden, Misconfigured, ServiceUnavailable
from pipeline.signing_ports import Chain

if TYPE_CHECKING:
    from pkcs11 import Session
    from pkcs11 import Token as Pkcs11Token


class _Held(NamedTuple):
    """The certificate that is signed with, the id of its key on the token, and the chain."""

    key_id: bytes
    chain: Chain


class Token:
    """The port `Signer` over a PKCS #11 library.

    A PIN that was wrong is not tried again, and none is tried when a wrong one would lock the token.
    """

    asks_pin = True

    def __init__(self, library: Path) -> None:
        """Args: library: the shared library that came with the token."""
        self._library = library
        self._lock = threading.Lock()
        self._wrong: bytes | None = None

    def chain(self) -> Chain:
        """See `Signer.chain`. Raises also: ServiceUnavailable (no_token)."""
        with self._lock, _our_errors():
            return self._find()[1].chain

    def sign(self, digests: Sequence[bytes], pin: str) -> tuple[bytes, ...]:
        """See `Signer.sign`. Raises also: ServiceUnavailable (no_token), Forbidden (last_pin_try)."""
        with self._lock, _our_errors():
            token, held = self._find()
            tried = hashlib.sha256(f"{token.serial!r}/{pin}".encode()).digest()
            if tried == self._wrong:
                raise Forbidden("wrong_pin")
            from pkcs11 import TokenFlag  # noqa: PLC0415
            from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange  # noqa: PLC0415

            if token.flags & TokenFlag.USER_PIN_FINAL_TRY:
                raise Forbidden("last_pin_try")
            try:
                with token.open(user_pin=pin) as session:
                    return _signatures(session, held, digests)
            except (PinIncorrect, PinInvalid, PinLenRange):
                self._wrong = tried
                raise Forbidden("wrong_pin") from None

    def _find(self) -> "tuple[Pkcs11Token, _Held]":
        """The token in the machine that has a certificate to sign with."""
        try:
            import pkcs11  # noqa: PLC0415 (an extra: servers need none)
        except ModuleNotFoundError:
            raise Misconfigured("no_signing_key", "pip install 'hoso[token]'") from None
        if not self._library.is_file():
            raise Misconfigured("no_signing_key", "HOSO_TOKEN_LIBRARY: no such file")
        # A token that was plugged in since is seen by a library that begins anew.
        library = pkcs11.lib(str(self._library))
        library.reinitialize()
        for token in library.get_tokens():
            if not token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
                continue
            with token.open() as session:
                held = _certificate(session)
            if held is not None:
                return token, held
        raise ServiceUnavailable("no_token")


def _certificate(session: "Session") -> _Held | None:
    """The newest certificate that signs, and holds today."""
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415

    wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE}
    found = [(one[Attribute.ID], one[Attribute.VALUE]) for one in session.get_objects(wanted)]
    now = datetime.now(UTC)
    fit = []
    for key_id, der in found:
        certificate = x509.load_der_x509_certificate(der)
        if key_id and not _is_authority(certificate) and certificate.not_valid_after_utc > now:
            fit.append((certificate.not_valid_before_utc, key_id, der))
    if not fit:
        return None
    _, key_id, der = max(fit)
    return _Held(key_id, in_order(der, [other for _, other in found if other != der]))


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _signatures(session: "Session", held: _Held, digests: Sequence[bytes]) -> tuple[bytes, ...]:
    from pkcs11 import Mechanism, ObjectClass  # noqa: PLC0415

    key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=held.key_id)  # its types leave signing out
    if isinstance(x509.load_der_x509_certificate(held.chain[0]).public_key(), rsa.RSAPublicKey):
        return tuple(bytes(key.sign(PREFIX + one, mechanism=Mechanism.RSA_PKCS)) for one in digests)
    raw = (bytes(key.sign(one, mechanism=Mechanism.ECDSA)) for one in digests)
    return tuple(_as_der(one) for one in raw)


def _as_der(signature: bytes) -> bytes:
    """Tokens give the two numbers of an elliptic curve's signature side by side."""
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))


@contextmanager
def _our_errors() -> Iterator[None]:
    """The library's errors as ours; what it calls them stays in the log of whoever runs it."""
    try:
        from pkcs11.exceptions import NoSuchKey, PinLocked, PKCS11Error  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Misconfigured("no_signing_key", "pip install 'hoso[token]'") from None
    try:
        yield
    except PinLocked:
        raise Forbidden("pin_locked") from None
    except NoSuchKey:
        raise Misconfigured("no_signing_key", "the token has no key for its certificate") from None
    except PKCS11Error as error:
        if type(error) is PKCS11Error:  # the library itself does not load
            raise Misconfigured("no_signing_key", "HOSO_TOKEN_LIBRARY cannot be loaded") from None
        # Pulled out, or its driver fails: plugging it in again is what helps.
        raise ServiceUnavailable("no_token", type(error).__name__) from None
