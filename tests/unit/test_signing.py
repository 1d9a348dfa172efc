"""Signing the copies of a dossier: one decision for all, later objects beside the archive copies, nothing half done."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from pipeline import keys
from pipeline.adapters.database.papers import PaperTable
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.comparing import Comparing
from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound
from pipeline.rebuild import rebuild
from pipeline.resume import resume
from pipeline.settling import Settling
from pipeline.signing import SigningDesk, apply_signing
from pipeline.signing_ports import Chain
from pipeline.signing_room import WAITS_S
from pipeline.table_ports import PaperChange
from schemas.decisions import SetSecrecy, SetThreshold
from schemas.dossiers import Party
from schemas.people import Actor
from tests.services.authority import Authority, Issued, stamping
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.dossier_office import a_dossier
from tests.unit.plain_papers import BIRTH, CARD, CHILD, CHILD_NUMBER, FORM_BY_HAND
from tests.unit.plain_parsers import PlainParsers, scan
from tests.unit.signing_desk import (
    CODE,
    LAN,
    OFFICE,
    brought,
    confirmed,
    digests,
    findings,
    now,
    refused,
    signed,
    signed_keys,
    signing_at,
)

LATER = timedelta(hours=1)


@pytest.fixture
def signing(desk: Desk, key: SoftwareKey) -> SigningDesk:
    """The key is reached by the server."""
    return signing_at(desk, key)


@pytest.fixture
def at_counter(desk: Desk) -> SigningDesk:
    """The key is at the counter."""
    return signing_at(desk, None)


def held(desk: Desk, row_id: str) -> tuple[str, str]:
    """What the dossier's checklist says of a row, and why."""
    rows = desk.archive.dossiers.view(OFFICE, CODE, {}, datetime.now(UTC)).rows
    return next((row.status, row.reason) for row in rows if row.id == row_id)


def test_all_confirmed_copies_of_a_dossier_are_signed_by_one_decision(desk: Desk, signing: SigningDesk) -> None:
    papers = confirmed(desk, BIRTH, FORM_BY_HAND)
    decision = signing.sign(LAN, CODE, "")
    assert [one.document_id for one in decision.papers] == [paper.document_id for paper in papers]
    assert f"decisions/{OFFICE}/{CODE}/{decision.decision_id}.json" in desk.keys(f"decisions/{OFFICE}/{CODE}/")
    assert [now(desk, paper).is_unsigned for paper in papers] == [False, False]
    assert desk.keys("unapplied/") == []


def test_the_record_tells_who_signed_when_and_with_which_certificate(
    desk: Desk, signing: SigningDesk, issued: Issued
) -> None:
    (paper,) = confirmed(desk, BIRTH)
    signing.sign(LAN, CODE, "")
    copy = signed(desk, paper)
    assert (copy.actor, copy.converter, copy.level, copy.stamped_at) == (ACTOR, LAN.name, "B-B", None)
    assert (copy.subject, copy.serial) == (
        issued.certificate.subject.rfc4514_string(),
        str(issued.certificate.serial_number),
    )
    assert copy.of_sha256 == paper.sha256
    assert paper.confirmed_at is not None
    assert copy.signed_at >= paper.confirmed_at


def test_the_signed_copy_is_a_later_object_and_the_archive_copy_stays(desk: Desk, signing: SigningDesk) -> None:
    (paper,) = confirmed(desk, BIRTH)
    archived = desk.bytes_of(str(paper.object_key))
    signing.sign(LAN, CODE, "")
    copy = signed(desk, paper)
    folder = keys.archive(OFFICE, paper.content_sha256)
    assert copy.key == keys.signed(folder, copy.sha256)
    data = desk.bytes_of(copy.key)
    assert hashlib.sha256(data).hexdigest() == copy.sha256
    assert data.startswith(archived)
    assert desk.bytes_of(str(now(desk, paper).object_key)) == archived


def test_what_nobody_has_confirmed_is_not_signed(desk: Desk, signing: SigningDesk) -> None:
    (paper,) = brought(desk, BIRTH)
    assert refused(lambda: signing.sign(LAN, CODE, "")) == "nothing_to_sign"
    assert now(desk, paper).signed is None
    assert refused(lambda: signing.sign(LAN, "H26.29-250701-0009", "")) == "no_such_dossier"


def test_a_paper_that_was_brought_outside_of_dossiers_is_signed_with_the_dossier_that_it_serves(
    tmp_path: Path, key: SoftwareKey
) -> None:
    with open_desk(tmp_path, PlainParsers(), signing="token") as desk:
        paper = desk.file(scan(BIRTH))
        desk.archive.confirm(ACTOR, paper.document_id, "original")
        child = Party(number=CHILD_NUMBER, name=CHILD.title())
        desk.archive.dossiers.open(a_dossier(actor=ACTOR, code=CODE, procedure="civil_status_change", owner=child))
        assert held(desk, "proof") == ("held_unconfirmed", "unsigned")
        signing_at(desk, key).sign(LAN, CODE, "")
        assert held(desk, "proof") == ("held", "confirmed")


def test_a_paper_of_which_no_picture_is_kept_has_nothing_to_be_signed(desk: Desk, signing: SigningDesk) -> None:
    (card,) = brought(desk, CARD)
    desk.archive.confirm(ACTOR, card.document_id, "original")
    assert not now(desk, card).is_unsigned
    assert signing.unsigned(OFFICE, CODE) == ()


def test_a_time_stamp_makes_it_b_t(desk: Desk, key: SoftwareKey, authority: Authority) -> None:
    (paper,) = confirmed(desk, BIRTH)
    with stamping(authority) as stamps:
        signing_at(desk, key, stamps.url).sign(LAN, CODE, "")
    assert signed(desk, paper).level == "B-T"
    assert signed(desk, paper).stamped_at is not None
    assert stamps.stamped == 1


def test_hashes_go_to_the_counter_and_signatures_come_back(
    desk: Desk, at_counter: SigningDesk, key: SoftwareKey
) -> None:
    papers = confirmed(desk, BIRTH, FORM_BY_HAND)
    prepared = at_counter.prepare(LAN, CODE, key.chain())
    at_counter.finish(ACTOR, CODE, prepared.signing_id, key.sign(digests(prepared.digests), ""))
    assert all(now(desk, paper).signed for paper in papers)
    assert list((desk.folder / "signing").iterdir()) == []


def test_another_process_of_the_machine_may_finish(desk: Desk, at_counter: SigningDesk, key: SoftwareKey) -> None:
    (paper,) = confirmed(desk, BIRTH)
    prepared = at_counter.prepare(LAN, CODE, key.chain())
    signing_at(desk, None).finish(ACTOR, CODE, prepared.signing_id, key.sign(digests(prepared.digests), ""))
    assert now(desk, paper).signed


def test_a_server_without_a_key_signs_nothing_by_itself(desk: Desk, at_counter: SigningDesk) -> None:
    confirmed(desk, BIRTH)
    assert refused(lambda: at_counter.sign(LAN, CODE, "")) == "not_signing"


def test_signatures_that_are_missing_or_swapped_sign_nothing(
    desk: Desk, at_counter: SigningDesk, key: SoftwareKey
) -> None:
    papers = confirmed(desk, BIRTH, FORM_BY_HAND)
    for part in (slice(1), slice(None, None, -1)):
        prepared = at_counter.prepare(LAN, CODE, key.chain())
        made = key.sign(digests(prepared.digests), "")[part]
        assert refused(partial(at_counter.finish, ACTOR, CODE, prepared.signing_id, made)) == "wrong_signature"
    assert [now(desk, paper).signed for paper in papers] == [None, None]
    assert signed_keys(desk) == []


def test_a_certificate_that_leads_to_no_trusted_root_signs_nothing(desk: Desk, key: SoftwareKey) -> None:
    class Distrusting(PlainParsers):
        def signatures(self, scan_file: object) -> tuple[object, ...]:  # type: ignore[override]
            found = super().signatures(scan_file)  # type: ignore[arg-type]
            return tuple(one.model_copy(update={"state": "unchecked", "trouble": "unknown_chain"}) for one in found)

    (paper,) = confirmed(desk, BIRTH)
    desk.archive.parsers = Distrusting()  # type: ignore[assignment]
    assert refused(lambda: signing_at(desk, key).sign(LAN, CODE, "")) == "untrusted_certificate"
    assert now(desk, paper).signed is None


def test_where_the_time_cannot_be_stamped_the_same_signatures_may_be_sent_again(
    desk: Desk, key: SoftwareKey, authority: Authority
) -> None:
    (paper,) = confirmed(desk, BIRTH)
    with stamping(authority) as stamps:
        office = signing_at(desk, None, stamps.url)
        prepared = office.prepare(LAN, CODE, key.chain())
        made = key.sign(digests(prepared.digests), "")
        stamps.away = True
        assert refused(lambda: office.finish(ACTOR, CODE, prepared.signing_id, made)) == "timestamp_away"
        assert now(desk, paper).signed is None
        assert signed_keys(desk) == []
        stamps.away = False
        office.finish(ACTOR, CODE, prepared.signing_id, made)
    assert signed(desk, paper).level == "B-T"


def test_nobody_else_finishes_what_an_officer_began(desk: Desk, at_counter: SigningDesk, key: SoftwareKey) -> None:
    confirmed(desk, BIRTH)
    prepared = at_counter.prepare(LAN, CODE, key.chain())
    made = key.sign(digests(prepared.digests), "")
    other = Actor(office_id=OFFICE, actor_id="minh")
    assert refused(lambda: at_counter.finish(other, CODE, prepared.signing_id, made)) == "signing_over"
    at_counter.finish(ACTOR, CODE, prepared.signing_id, made)
    assert refused(lambda: at_counter.finish(ACTOR, CODE, prepared.signing_id, made)) == "signing_over"


@pytest.mark.parametrize("signing_id", ["../signing", "..", "", "0" * 36])
def test_an_id_leads_nowhere_out_of_the_room(desk: Desk, at_counter: SigningDesk, signing_id: str) -> None:
    with pytest.raises(NotFound):
        at_counter.finish(ACTOR, CODE, signing_id, ())


def test_what_has_waited_for_minutes_is_over(desk: Desk, at_counter: SigningDesk, key: SoftwareKey) -> None:
    confirmed(desk, BIRTH)
    prepared = at_counter.prepare(LAN, CODE, key.chain())
    (folder,) = (desk.folder / "signing").iterdir()
    long_ago = folder.stat().st_mtime - WAITS_S - 1
    os.utime(folder, (long_ago, long_ago))
    made = key.sign(digests(prepared.digests), "")
    assert refused(lambda: at_counter.finish(ACTOR, CODE, prepared.signing_id, made)) == "signing_over"
    assert list((desk.folder / "signing").iterdir()) == []


def test_a_paper_that_is_confirmed_anew_meanwhile_is_not_signed_as_it_was(
    desk: Desk, at_counter: SigningDesk, key: SoftwareKey
) -> None:
    (paper,) = confirmed(desk, BIRTH)
    prepared = at_counter.prepare(LAN, CODE, key.chain())
    desk.archive.confirm(ACTOR, paper.document_id, "certified_copy")
    made = key.sign(digests(prepared.digests), "")
    assert refused(lambda: at_counter.finish(ACTOR, CODE, prepared.signing_id, made)) == "paper_changed"
    assert now(desk, paper).signed is None


def test_a_signature_counts_for_the_confirmation_it_followed_only(desk: Desk, signing: SigningDesk) -> None:
    (paper,) = confirmed(desk, BIRTH)
    signing.sign(LAN, CODE, "")
    first = signed(desk, paper)
    comparing = Comparing(desk.archive)
    last = comparing.last(OFFICE, CODE)
    assert last is not None
    comparing.take_back(ACTOR, CODE, last.decision_id)
    assert now(desk, paper).signed is None
    comparing.confirm_all(ACTOR, CODE)
    assert now(desk, paper).is_unsigned
    signing.sign(LAN, CODE, "")
    assert signed(desk, paper).key != first.key
    assert [one.key for one in now(desk, paper).signed_copies] == [first.key, signed(desk, paper).key]
    assert desk.bytes_of(first.key)


def test_a_crash_between_decision_and_rows_is_made_good(
    desk: Desk, signing: SigningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paper,) = confirmed(desk, BIRTH)

    def die(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(PaperTable, "change", die)
        with pytest.raises(KeyboardInterrupt):
            signing.sign(LAN, CODE, "")
    assert now(desk, paper).signed is None
    assert resume(desk.archive, OFFICE, datetime.now(UTC) + LATER) == 1
    assert signed_keys(desk) == [signed(desk, paper).key]
    assert desk.keys("unapplied/") == []


def test_applying_it_again_changes_nothing(desk: Desk, signing: SigningDesk) -> None:
    (paper,) = confirmed(desk, BIRTH)
    decision = signing.sign(LAN, CODE, "")
    before = now(desk, paper)
    apply_signing(desk.archive, decision)
    assert now(desk, paper) == before
    assert signed_keys(desk) == [signed(desk, paper).key]


def test_the_database_made_anew_knows_the_signed_copies(desk: Desk, signing: SigningDesk) -> None:
    (paper,) = confirmed(desk, BIRTH)
    signing.sign(LAN, CODE, "")
    before = now(desk, paper)
    rebuild(desk.store, desk.tables.records, desk.tables.restoring, lambda *_: None, replace=True)
    assert now(desk, paper) == before


def test_a_secret_paper_takes_its_signed_copies_along(desk: Desk, signing: SigningDesk) -> None:
    (paper,) = confirmed(desk, BIRTH)
    signing.sign(LAN, CODE, "")
    assert signed_keys(desk)
    Settling(desk.archive).decide(new_decision(SetSecrecy, ACTOR, paper.document_id, secret=True))
    assert now(desk, paper).signed_copies == ()
    assert signed_keys(desk) == []


def test_a_sound_office_with_signed_copies_has_no_findings(desk: Desk, signing: SigningDesk) -> None:
    desk.archive.dossiers.open(a_dossier(code=CODE, actor=ACTOR))
    confirmed(desk, BIRTH, FORM_BY_HAND)
    signing.sign(LAN, CODE, "")
    assert findings(desk) == []


@pytest.mark.parametrize("spoil", ["altered", "gone", "replaced"])
def test_a_signed_copy_that_was_altered_removed_or_replaced_is_found(
    desk: Desk, signing: SigningDesk, spoil: str
) -> None:
    (paper,) = confirmed(desk, BIRTH)
    signing.sign(LAN, CODE, "")
    key = signed(desk, paper).key
    data = desk.bytes_of(key)
    if spoil == "altered":
        (desk.folder / "store" / key).write_bytes(b"#" + data[1:])
    elif spoil == "gone":
        desk.store.delete(key)
    else:  # the store itself was told, so its own hash fits
        desk.store.put(key, BytesIO(b"#" + data[1:]), "application/pdf")
    wanted = {
        "altered": {("object_altered", key)},
        "gone": {("object_missing", key)},
        "replaced": {("object_differs", key)},
    }
    assert set(findings(desk)) == wanted[spoil]


def test_a_signed_copy_that_was_altered_with_its_record_and_row_is_found_by_its_signature(
    desk: Desk, signing: SigningDesk
) -> None:
    (paper,) = confirmed(desk, BIRTH)
    signing.sign(LAN, CODE, "")
    copy = signed(desk, paper)
    altered = desk.store.put(copy.key, BytesIO(b"#" + desk.bytes_of(copy.key)[1:]), "application/pdf")
    before = now(desk, paper)
    after = before.model_copy(update={"signed_copies": (copy.model_copy(update={"sha256": altered.sha256}),)})
    decision = new_decision(SetThreshold, ACTOR, OFFICE, field_kind="name", confidence=0.5)
    with deciding(desk.store, desk.tables, decision):
        assert desk.tables.papers.change(decision, [PaperChange(before=before, after=after)])
    assert findings(desk) == [("signature_broken", copy.key)]


def test_of_two_windows_of_one_officer_the_first_signs(desk: Desk, at_counter: SigningDesk, key: SoftwareKey) -> None:
    (paper,) = confirmed(desk, BIRTH)
    chain: Chain = key.chain()
    first, second = (at_counter.prepare(LAN, CODE, chain) for _ in range(2))
    at_counter.finish(ACTOR, CODE, first.signing_id, key.sign(digests(first.digests), ""))
    late = key.sign(digests(second.digests), "")
    assert refused(lambda: at_counter.finish(ACTOR, CODE, second.signing_id, late)) == "paper_changed"
    assert len(now(desk, paper).signed_copies) == 1
