"""A key in a file, on a token or at a service, ready to sign."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.adapters.signing.service import SigningService
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.adapters.signing.token import Token
from pipeline.signing_ports import Signer
from tests.services import signing_service as remote
from tests.services import token as tokens
from tests.services.authority import PASSPHRASE, Authority, Issued

Kind = Literal["key", "token", "service"]


class Held(NamedTuple):
    """A signer, the key that it has, and the PINs it takes and does not take; "" where it asks for none."""

    signer: Signer
    issued: Issued
    pin: str
    wrong_pin: str


@contextmanager
def held(kind: Kind, folder: Path, authority: Authority, issued: Issued) -> Iterator[Held]:
    """A key of this kind, with what it needs in the folder."""
    root = authority.root.der
    if kind == "key":
        path = authority.key_file(folder / "key.p12", issued)
        yield Held(SoftwareKey(path, PASSPHRASE), issued, "", "")
    elif kind == "token":
        with tokens.soft_token(folder / "token", issued, root) as token:
            yield Held(Token(token.library), issued, tokens.PIN, tokens.WRONG_PIN)
    else:
        with remote.signing_service(issued, root) as service:
            signer = SigningService(service.url, remote.TOKEN, remote.CREDENTIAL)
            yield Held(signer, issued, remote.PIN, remote.WRONG_PIN)
