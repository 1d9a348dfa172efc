"""A token as software (SoftHSM), with a key and its certificate on it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, CertificateType, ObjectClass

from tests.services.authority import Issued
from tests.services.processes import require_program

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, WRONG_PIN = "123456", "654321"
_LABEL, _KEY_ID = "counter", "a1"


class SoftToken(NamedTuple):
    """Where the token's library and its settings are; `environment` names both to `hoso signer`."""

    library: Path
    environment: dict[str, str]


@contextmanager
def soft_token(folder: Path, issued: Issued, *others: bytes) -> Iterator[SoftToken]:
    """A token with this key and certificate, and those that lead on; this process may use it as long as the block."""
    folder.mkdir()
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    try:
        _fill(folder, issued, others)
        yield SoftToken(LIBRARY, {"SOFTHSM2_CONF": str(settings), "HOSO_TOKEN_LIBRARY": str(LIBRARY)})
    finally:
        pkcs11.unload(str(LIBRARY))
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def change_pin(old: str, new: str) -> None:
    """Give the token another PIN."""
    with pkcs11.lib(str(LIBRARY)).get_token(token_label=_LABEL).open(rw=True, user_pin=old) as session:
        session.set_pin(old, new)


def _fill(folder: Path, issued: Issued, others: tuple[bytes, ...]) -> None:
    program = require_program("softhsm2-util", "softhsm2")
    key = folder / "key.pem"
    key.write_bytes(issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    making = ["--init-token", "--free", "--label", _LABEL, "--pin", PIN, "--so-pin", "87654321"]
    importing = ["--import", str(key), "--token", _LABEL, "--label", "key", "--id", _KEY_ID, "--pin", PIN]
    for asked in (making, importing):
        subprocess.run([program, *asked], check=True, capture_output=True)
    key.unlink()
    library = pkcs11.lib(str(LIBRARY))
    library.reinitialize()
    token = library.get_token(token_label=_LABEL)
    with token.open(rw=True, user_pin=PIN) as session:
        for number, der in enumerate((issued.der, *others)):
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: False,
                    Attribute.ID: bytes.fromhex(_KEY_ID) if number == 0 else bytes([number]),
                    Attribute.SUBJECT: b"0",
                    Attribute.VALUE: der,
                }
            )
