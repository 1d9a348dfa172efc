"""Signing where something fails, dawdles or is sent with other aims; and dossiers of papers of all kinds."""

import time
from io import BytesIO

import pytest
from asn1crypto import tsp
from certomancer.services import TimeStamper

from pipeline import keys
from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.decisions import new_decision
from pipeline.destroying import Destructions
from pipeline.settling import Settling
from pipeline.signing import SigningDesk, apply_signing
from schemas.decisions import SetType
from schemas.destruction import Destroy
from schemas.dossier import Paper
from schemas.people import Actor
from tests.services.authority import Answer, Authority, stamping
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_papers import BIRTH, CARD, FORM_BY_HAND
from tests.unit.plain_parsers import scan
from tests.unit.signing_desk import (
    CODE,
    LAN,
    OFFICE,
    brought,
    confirmed,
    digests,
    now,
    refused,
    signed_keys,
    signing_at,
)

SECOND = BIRTH.replace("Số: 150/2020", "Số: 151/2020")
THIRD = BIRTH.replace("Số: 150/2020", "Số: 152/2020")
HEAD = Actor(office_id=OFFICE, actor_id="hoa")


@pytest.fixture
def at_counter(desk: Desk) -> SigningDesk:
    """The key is at the counter."""
    return signing_at(desk, None)


def destroy(desk: Desk, paper: Paper) -> None:
    """By two people, as a citizen asks; of what belongs to a dossier the decision alone."""
    decision = new_decision(Destroy, HEAD, paper.document_id, destruction_id="one", type=paper.type, objects=())
    Settling(desk.archive).decide(decision)


def half_signed(desk: Desk, paper: Paper) -> str:
    """The key of what a signing leaves that dies before its decision."""
    folder = keys.archive(OFFICE, paper.content_sha256)
    desk.store.put(keys.signed(folder, "a" * 64), BytesIO(b"signed"), "application/pdf")
    return keys.signed(folder, "a" * 64)


def test_of_a_dossier_of_all_kinds_what_is_confirmed_and_unsigned_is_signed(desk: Desk, key: SoftwareKey) -> None:
    office = signing_at(desk, key)
    before, gone = confirmed(desk, BIRTH, SECOND)
    office.sign(LAN, CODE, "")
    destroy(desk, gone)
    card, fresh, later = brought(desk, CARD, FORM_BY_HAND, THIRD)
    for paper in (card, fresh):
        desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert [one.document_id for one in office.unsigned(OFFICE, CODE)] == [fresh.document_id]
    (one,) = office.sign(LAN, CODE, "").papers
    assert one.document_id == fresh.document_id
    assert len(now(desk, before).signed_copies) == 1
    assert [now(desk, paper).signed_copies for paper in (gone, card, later)] == [(), (), ()]
    assert office.unsigned(OFFICE, CODE) == ()


def test_what_was_begun_for_one_dossier_is_not_finished_as_anothers(
    desk: Desk, at_counter: SigningDesk, key: SoftwareKey
) -> None:
    """The log would name that other one."""
    (paper,) = confirmed(desk, BIRTH)
    prepared = at_counter.prepare(LAN, CODE, key.chain())
    made = key.sign(digests(prepared.digests), "")
    other = "H26.29-250701-0002"
    assert refused(lambda: at_counter.finish(ACTOR, other, prepared.signing_id, made)) == "signing_over"
    assert now(desk, paper).signed is None
    at_counter.finish(ACTOR, CODE, prepared.signing_id, made)
    assert now(desk, paper).signed


def test_what_a_signing_left_half_done_goes_with_the_paper_that_is_destroyed(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    half_signed(desk, paper)
    destructions = Destructions(desk.archive, lambda office_id: office_id)
    proposal = destructions.propose(ACTOR, [paper.document_id], "citizen_request")
    destructions.answer(HEAD, proposal.subject_id, approved=True)
    assert destructions.carry_out(OFFICE, proposal.subject_id, lambda *_: None)
    assert signed_keys(desk) == []


def test_what_a_signing_left_half_done_goes_when_no_picture_may_be_kept(desk: Desk) -> None:
    (paper,) = confirmed(desk, BIRTH)
    half_signed(desk, paper)
    Settling(desk.archive).decide(new_decision(SetType, ACTOR, paper.document_id, type="citizen_id_card"))
    assert now(desk, paper).keeping == "fields_only"
    assert signed_keys(desk) == []


class Versioned(FolderStore):
    """As a bucket that keeps versions: only what is erased is gone."""

    def delete(self, key: str) -> None:
        assert not key.startswith("archive/"), "an earlier version of it could still be read"
        super().delete(key)

    def erase(self, key: str, *, earlier_only: bool = False) -> bool:
        if not earlier_only:
            super().delete(key)
        return True


def test_a_signed_copy_that_comes_too_late_is_erased_with_its_versions(desk: Desk, key: SoftwareKey) -> None:
    (paper,) = confirmed(desk, BIRTH)
    decision = signing_at(desk, key).sign(LAN, CODE, "")
    Settling(desk.archive).decide(new_decision(SetType, ACTOR, paper.document_id, type="citizen_id_card"))
    (late,) = decision.papers
    desk.archive.store = Versioned(desk.folder / "store")
    desk.store.put(late.signed_copy.key, BytesIO(b"signed"), "application/pdf")
    apply_signing(desk.archive, decision)
    assert signed_keys(desk) == []


def test_copies_that_wait_are_removed_though_nobody_comes_to_sign_again(
    desk: Desk, at_counter: SigningDesk, key: SoftwareKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(desk, BIRTH)
    monkeypatch.setattr("pipeline.signing_room.WAITS_S", 0.0)
    at_counter.prepare(LAN, CODE, key.chain())
    give_up = time.monotonic() + 60
    while any((desk.folder / "signing").iterdir()) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert list((desk.folder / "signing").iterdir()) == []


def test_so_many_papers_are_signed_by_one_act_as_one_request_brings_signatures(
    desk: Desk, key: SoftwareKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.signing.AT_ONCE", 1)
    papers, office = confirmed(desk, BIRTH, FORM_BY_HAND), signing_at(desk, key)
    for signed in (1, 2):
        assert len(office.sign(LAN, CODE, "").papers) == 1
        assert sum(now(desk, paper).signed is not None for paper in papers) == signed


@pytest.mark.parametrize("spoilt", [b"", b"0", b"\x30\x03\x02\x01\x01"])
def test_a_chain_with_something_else_in_it_prepares_nothing(
    desk: Desk, at_counter: SigningDesk, key: SoftwareKey, spoilt: bytes
) -> None:
    confirmed(desk, BIRTH)
    chain = (*key.chain(), spoilt)
    assert refused(lambda: at_counter.prepare(LAN, CODE, chain)) == "unfit_certificate"


@pytest.mark.parametrize("answer", ["no answer to what was asked", "no token", "no stamp at all"])
def test_an_authority_that_answers_something_else_stamps_nothing(
    desk: Desk, key: SoftwareKey, authority: Authority, answer: str
) -> None:
    (paper,) = confirmed(desk, BIRTH)
    with stamping(authority) as stamps:
        stamps.answer = WRONG[answer]
        assert refused(lambda: signing_at(desk, key, stamps.url).sign(LAN, CODE, "")) == "timestamp_away"
    assert now(desk, paper).signed is None
    assert signed_keys(desk) == []


def _other_nonce(asked: tsp.TimeStampReq, stamper: TimeStamper) -> bytes:
    asked["nonce"] = 7
    return bytes(stamper.request_tsa_response(asked).dump())


def _without_token(asked: tsp.TimeStampReq, stamper: TimeStamper) -> bytes:
    told = stamper.request_tsa_response(asked)
    return bytes(tsp.TimeStampResp({"status": told["status"]}).dump())


WRONG: dict[str, Answer] = {
    "no answer to what was asked": _other_nonce,
    "no token": _without_token,
    "no stamp at all": lambda _asked, _stamper: b"\x30\x03\x02\x01\x01",
}
