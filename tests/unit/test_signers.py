"""Keys in a file, on a token and at a service: one suite for all, and what only some can do."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.adapters.signing.keys import is_by
from pipeline.adapters.signing.service import SigningService
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.adapters.signing.token import Token
from pipeline.errors import Forbidden, HosoError, Misconfigured, ServiceUnavailable
from tests.services import signing_service as remote
from tests.services import token as tokens
from tests.services.authority import PASSPHRASE, Authority, Issued
from tests.services.signers import Held, held

DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(20)]


@pytest.fixture(params=["rsa", "ec"])
def issued(request: pytest.FixtureRequest, authority: Authority) -> Issued:
    return authority.issue(kind=request.param)


@pytest.fixture(params=["key", "token", "service"])
def one(request: pytest.FixtureRequest, tmp_path: Path, authority: Authority, issued: Issued) -> Iterator[Held]:
    with held(request.param, tmp_path, authority, issued) as signer:
        yield signer


@pytest.fixture(params=["token", "service"])
def with_pin(request: pytest.FixtureRequest, tmp_path: Path, authority: Authority) -> Iterator[Held]:
    with held(request.param, tmp_path, authority, authority.issue(kind="ec")) as signer:
        yield signer


def refused(act: Callable[[], object]) -> HosoError:
    with pytest.raises(HosoError) as caught:
        act()
    return caught.value


def test_the_chain_begins_with_the_signers_certificate_and_leads_to_the_root(one: Held, authority: Authority) -> None:
    assert one.signer.chain() == (one.issued.der, authority.root.der)


def test_every_digest_is_signed_in_its_order_with_one_pin(one: Held) -> None:
    signatures = one.signer.sign(DIGESTS, one.pin)
    assert len(signatures) == len(DIGESTS)
    assert all(is_by(one.issued.der, made, digest) for made, digest in zip(signatures, DIGESTS, strict=True))
    assert not is_by(one.issued.der, signatures[0], DIGESTS[1])


def test_it_tells_whether_it_asks_for_a_pin(one: Held) -> None:
    assert one.signer.asks_pin == bool(one.pin)


def test_a_wrong_pin_is_told_and_the_right_one_works_afterwards(with_pin: Held) -> None:
    assert isinstance(refused(lambda: with_pin.signer.sign(DIGESTS, with_pin.wrong_pin)), Forbidden)
    assert refused(lambda: with_pin.signer.sign(DIGESTS, with_pin.wrong_pin)).code == "wrong_pin"
    assert len(with_pin.signer.sign(DIGESTS[:1], with_pin.pin)) == 1


def test_a_token_is_not_asked_twice_with_the_same_wrong_pin(tmp_path: Path, authority: Authority) -> None:
    with held("token", tmp_path, authority, authority.issue(kind="ec")) as signer:
        assert refused(lambda: signer.signer.sign(DIGESTS, signer.wrong_pin)).code == "wrong_pin"
        tokens.change_pin(tokens.PIN, tokens.WRONG_PIN)  # the token would take it now, if it were asked
        assert refused(lambda: signer.signer.sign(DIGESTS, tokens.WRONG_PIN)).code == "wrong_pin"
        assert len(Token(tokens.LIBRARY).sign(DIGESTS, tokens.WRONG_PIN)) == len(DIGESTS)


def test_a_service_that_has_locked_the_key_says_so(tmp_path: Path, authority: Authority) -> None:
    with held("service", tmp_path, authority, authority.issue(kind="ec")) as signer:
        codes = [refused(lambda: signer.signer.sign(DIGESTS, signer.wrong_pin)).code for _ in range(4)]
    assert codes == ["wrong_pin", "wrong_pin", "wrong_pin", "pin_locked"]


def test_a_token_that_was_pulled_out_is_missed(tmp_path: Path, authority: Authority) -> None:
    with held("token", tmp_path, authority, authority.issue(kind="ec")) as signer:
        for file in sorted((tmp_path / "token" / "tokens").rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        error = refused(lambda: signer.signer.sign(DIGESTS, signer.pin))
    assert (type(error), error.code) == (ServiceUnavailable, "no_token")


def test_a_library_that_is_not_there_is_the_operators_to_mend(tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library")
    for name in ("absent.so", "text.so"):
        error = refused(Token(tmp_path / name).chain)
        assert (type(error), error.code) == (Misconfigured, "no_signing_key")


def test_a_service_that_is_away_is_worth_another_try(authority: Authority) -> None:
    with remote.signing_service(authority.issue(kind="ec")) as service:
        signer = SigningService(service.url, remote.TOKEN, remote.CREDENTIAL)
        service.away = True
        assert refused(signer.chain).code == "signer_away"
        service.away = False
        assert len(signer.chain()) == 1
    assert refused(SigningService(service.url, remote.TOKEN, remote.CREDENTIAL).chain).code == "signer_away"


def test_a_service_that_does_not_know_the_office_is_the_operators_to_mend(authority: Authority) -> None:
    with remote.signing_service(authority.issue(kind="ec")) as service:
        error = refused(SigningService(service.url, "another token", remote.CREDENTIAL).chain)
    assert (type(error), error.code) == (Misconfigured, "no_signing_key")


@pytest.mark.parametrize("trouble", ["absent", "passphrase", "no key file"])
def test_a_key_file_that_does_not_open_is_the_operators_to_mend(
    tmp_path: Path, authority: Authority, trouble: str
) -> None:
    path = authority.key_file(tmp_path / "key.p12", authority.issue(kind="ec"))
    if trouble == "absent":
        path.unlink()
    elif trouble == "no key file":
        path.write_bytes(b"no PKCS #12")
    error = refused(SoftwareKey(path, "wrong" if trouble == "passphrase" else PASSPHRASE).chain)
    assert (type(error), error.code) == (Misconfigured, "no_signing_key")
    assert PASSPHRASE not in str(error)


def test_a_certificate_that_the_service_renews_is_the_one_that_counts(authority: Authority) -> None:
    with remote.signing_service(authority.issue(kind="ec"), authority.root.der) as service:
        signer = SigningService(service.url, remote.TOKEN, remote.CREDENTIAL)
        before = signer.chain()
        service.issued = authority.issue(kind="ec")
        assert signer.chain() == (service.issued.der, authority.root.der) != before
