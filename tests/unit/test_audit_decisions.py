"""Decisions that the log names: altered, removed, gone with their paper, and explained away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import create_engine

from pipeline import keys
from pipeline.adapters.database.access_tables import access_log, audit_heads
from pipeline.audit.closing import Closing
from pipeline.audit.returning import bring_up_to_date
from pipeline.audit.verify import verify
from pipeline.decisions import deciding, new_decision
from pipeline.destroying import Destructions
from pipeline.going import wiping_of
from pipeline.holds import Holds
from pipeline.resume import resume
from pipeline.settling import Settling
from schemas.access import AccessEntry
from schemas.decisions import SetCuts, SetField, SetSecrecy, SetType, Wiping
from schemas.destruction import Certificate, Destroy, DestroyedObject
from schemas.dossier import Paper
from schemas.people import Actor
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_papers import BIRTH, GOING_ON
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id
HEAD = Actor(office_id=OFFICE, actor_id="hoa")


def found(desk: Desk) -> list[tuple[str, int | None]]:
    report = verify(OFFICE, desk.store, desk.tables.audit, None, lambda *_: None)
    return [(one.kind, one.first) for one in report.findings]


def decided(desk: Desk) -> tuple[Paper, str, int]:
    """A paper, the key of a decision about it, and the number of its entry in the log."""
    paper = desk.file(scan(BIRTH))
    said = new_decision(SetField, ACTOR, paper.document_id, name="mother_name", value="Quàng Thị Inh")
    Settling(desk.archive).decide(said)
    return paper, keys.decision(OFFICE, paper.document_id, said.decision_id), desk.tables.audit.head(OFFICE).number


def destroyed(desk: Desk, paper: Paper, meanwhile: Callable[[], object] = lambda: None) -> str:
    destructions = Destructions(desk.archive, lambda office_id: office_id)
    destruction_id = destructions.propose(ACTOR, [paper.document_id], "citizen_request").subject_id
    destructions.answer(HEAD, destruction_id, approved=True)

    def on_destroyed(_done: int, _all: int) -> None:
        meanwhile()

    assert destructions.carry_out(OFFICE, destruction_id, on_destroyed)
    return destruction_id


def destroy_key(desk: Desk, paper: Paper) -> str:
    (key,) = desk.keys(keys.decision(OFFICE, paper.document_id))
    return key


def answer(desk: Desk, paper: Paper) -> SetField:
    """An answer about a paper whose process dies before it writes a row."""
    said = new_decision(SetField, ACTOR, paper.document_id, name="mother_name", value="Quàng Thị Inh")
    with pytest.raises(ZeroDivisionError), deciding(desk.store, desk.tables, said):
        _ = 1 / 0
    return said


def resume_later(desk: Desk) -> None:
    resume(desk.archive, OFFICE, datetime.now(UTC) + timedelta(days=1))


def test_decisions_that_nobody_touched_are_as_they_were_written(desk: Desk) -> None:
    decided(desk)
    assert found(desk) == []


def test_a_decision_that_was_altered_in_the_store_is_named(desk: Desk) -> None:
    _, key, number = decided(desk)
    desk.store.put(key, BytesIO(desk.bytes_of(key) + b" "), "application/json")
    assert found(desk) == [("decision_altered", number)]


def test_a_decision_that_was_removed_from_the_store_is_named(desk: Desk) -> None:
    _, key, number = decided(desk)
    desk.store.delete(key)
    assert found(desk) == [("decision_missing", number)]


def test_what_was_destroyed_with_its_paper_is_not_missed(desk: Desk) -> None:
    paper, key, _ = decided(desk)
    destroyed(desk, paper)
    assert key not in desk.keys("decisions/")
    assert found(desk) == []


def test_an_answer_without_its_row_that_was_destroyed_with_its_paper_is_not_missed(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    answer(desk, paper)
    destroyed(desk, paper)
    resume_later(desk)
    assert found(desk) == []


def test_an_answer_that_came_too_late_for_a_destroyed_paper_is_not_missed(desk: Desk) -> None:
    paper, _, _ = decided(desk)
    destroyed(desk, paper)
    answer(desk, paper)
    resume_later(desk)
    assert len(desk.keys(keys.decision(OFFICE, paper.document_id))) == 1
    assert found(desk) == []


def test_an_answer_given_while_its_paper_was_being_destroyed_is_not_missed(desk: Desk) -> None:
    paper, _, _ = decided(desk)
    destroyed(desk, paper, lambda: answer(desk, paper))
    assert len(desk.keys(keys.decision(OFFICE, paper.document_id))) == 1
    assert found(desk) == []


def test_an_answer_that_came_too_late_for_what_was_cut_otherwise_of_a_destroyed_paper_is_not_missed(
    desk: Desk,
) -> None:
    whole = desk.file(scan(BIRTH, GOING_ON))
    Settling(desk.archive).decide(new_decision(SetCuts, ACTOR, whole.submission_id, first_pages=(1, 2)))
    first, second = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    Settling(desk.archive).decide(new_decision(SetType, ACTOR, second.document_id, type=first.type))
    destroyed(desk, first)
    answer(desk, whole)
    resume_later(desk)
    assert desk.keys(keys.decision(OFFICE, whole.document_id)) == []
    assert found(desk) == []


def test_a_decision_that_was_removed_before_its_paper_was_destroyed_is_missed(desk: Desk) -> None:
    paper, key, number = decided(desk)
    desk.store.delete(key)
    destroyed(desk, paper)
    assert found(desk) == [("decision_missing", number)]


def test_a_destroyed_paper_does_not_explain_what_is_gone_of_another(desk: Desk) -> None:
    other = desk.file(scan(BIRTH.replace("Số: 150/2020", "Số: 151/2020")))
    paper, _, _ = decided(desk)
    destroyed(desk, paper)
    late, number = answer(desk, other), desk.tables.audit.head(OFFICE).number
    desk.store.delete(keys.decision(OFFICE, other.document_id, late.decision_id))
    assert found(desk) == [("decision_missing", number)]


def test_a_hold_that_is_gone_of_a_destroyed_paper_is_missed(desk: Desk) -> None:
    paper, _, _ = decided(desk)
    destroyed(desk, paper)
    hold = Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "lawsuit", "")
    desk.store.delete(keys.decision(OFFICE, paper.document_id, hold.decision_id))
    assert found(desk) == [("decision_missing", desk.tables.audit.head(OFFICE).number)]


def test_where_the_decision_to_destroy_is_gone_too_both_are_missed(desk: Desk) -> None:
    paper, _, number = decided(desk)
    destroyed(desk, paper)
    desk.store.delete(destroy_key(desk, paper))
    assert [(kind, first) for kind, first in found(desk) if first == number] == [("decision_missing", number)]
    assert len(found(desk)) == 2


def test_a_certificate_that_somebody_has_written_explains_nothing(desk: Desk) -> None:
    paper, key, number = decided(desk)
    forged = certificate_of(desk, paper, key)
    desk.store.delete(key)
    data = BytesIO(forged.model_dump_json().encode())
    desk.store.put(keys.destruction(OFFICE, forged.destruction_id), data, "application/json")
    assert found(desk) == [("decision_missing", number)]


def test_a_decision_to_destroy_that_no_log_names_explains_nothing(desk: Desk) -> None:
    paper, key, number = decided(desk)
    forged = new_decision(
        Destroy, HEAD, paper.document_id, destruction_id="one", type=paper.type, objects=(described(desk, key),)
    )
    desk.store.delete(key)
    place = keys.decision(OFFICE, paper.document_id, forged.decision_id)
    desk.store.put(place, BytesIO(forged.model_dump_json().encode()), "application/json")
    assert found(desk) == [("decision_missing", number)]


def secret(desk: Desk, paper: Paper) -> str:
    """The key of the decision by which the paper is secret by now."""
    said = new_decision(SetSecrecy, ACTOR, paper.document_id, secret=True)
    Settling(desk.archive).decide(said)
    return keys.decision(OFFICE, paper.document_id, said.decision_id)


def test_what_went_with_a_secret_paper_is_not_missed(desk: Desk) -> None:
    paper, key, _ = decided(desk)
    secret(desk, paper)
    assert key not in desk.keys("decisions/")
    assert found(desk) == []


def test_what_went_with_a_paper_cut_otherwise_of_a_secret_ones_pages_is_not_missed(desk: Desk) -> None:
    whole = desk.file(scan(BIRTH, GOING_ON))
    said = new_decision(SetField, ACTOR, whole.document_id, name="mother_name", value="Quàng Thị Inh")
    Settling(desk.archive).decide(said)
    Settling(desk.archive).decide(new_decision(SetCuts, ACTOR, whole.submission_id, first_pages=(1, 2)))
    secret(desk, desk.tables.papers.of_content(OFFICE, whole.content_sha256)[0])
    assert desk.keys(keys.decision(OFFICE, whole.document_id)) == []
    assert found(desk) == []


def test_an_answer_that_came_too_late_for_a_secret_paper_is_not_missed(desk: Desk) -> None:
    paper, _, _ = decided(desk)
    secret(desk, paper)
    answer(desk, paper)
    resume_later(desk)
    assert len(desk.keys(keys.decision(OFFICE, paper.document_id))) == 1
    assert found(desk) == []


def test_an_answer_without_its_row_that_went_with_a_secret_paper_is_not_missed(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    answer(desk, paper)
    secret(desk, paper)
    resume_later(desk)
    assert found(desk) == []


def test_an_answer_given_while_its_paper_was_being_called_secret_is_not_missed(desk: Desk) -> None:
    paper, _, _ = decided(desk)
    wiping = wiping_of(desk.store, desk.tables, paper)
    answer(desk, paper)
    said = new_decision(SetSecrecy, ACTOR, paper.document_id, secret=True, wiping=wiping)
    with deciding(desk.store, desk.tables, said):
        Settling(desk.archive).apply(said)
    assert len(desk.keys(keys.decision(OFFICE, paper.document_id))) == 1
    assert found(desk) == []


def test_an_answer_that_came_too_late_for_what_was_cut_otherwise_of_a_secret_paper_is_not_missed(desk: Desk) -> None:
    whole = desk.file(scan(BIRTH, GOING_ON))
    Settling(desk.archive).decide(new_decision(SetCuts, ACTOR, whole.submission_id, first_pages=(1, 2)))
    secret(desk, desk.tables.papers.of_content(OFFICE, whole.content_sha256)[0])
    answer(desk, whole)
    resume_later(desk)
    assert desk.keys(keys.decision(OFFICE, whole.document_id)) == []
    assert found(desk) == []


def test_a_decision_that_was_removed_before_its_paper_proved_to_be_secret_is_missed(desk: Desk) -> None:
    paper, key, number = decided(desk)
    desk.store.delete(key)
    secret(desk, paper)
    assert found(desk) == [("decision_missing", number)]


def test_where_the_decision_that_a_paper_is_secret_is_gone_too_both_are_missed(desk: Desk) -> None:
    paper, _, number = decided(desk)
    desk.store.delete(secret(desk, paper))
    (missed,) = verify(OFFICE, desk.store, desk.tables.audit, None, lambda *_: None).findings
    assert (missed.kind, missed.first, missed.last) == ("decision_missing", number, number + 1)


def test_a_paper_that_was_said_not_to_be_secret_explains_nothing(desk: Desk) -> None:
    paper, key, number = decided(desk)
    Settling(desk.archive).decide(new_decision(SetSecrecy, ACTOR, paper.document_id, secret=False))
    desk.store.delete(key)
    assert found(desk) == [("decision_missing", number)]


def test_a_secret_paper_does_not_explain_what_is_gone_of_another(desk: Desk) -> None:
    _, key, number = decided(desk)
    secret(desk, desk.file(scan(BIRTH.replace("Số: 150/2020", "Số: 151/2020"))))
    desk.store.delete(key)
    assert found(desk) == [("decision_missing", number)]


def test_a_decision_that_a_paper_is_secret_that_no_log_names_explains_nothing(desk: Desk) -> None:
    paper, key, number = decided(desk)
    forged = new_decision(
        SetSecrecy, ACTOR, paper.document_id, secret=True, wiping=Wiping(objects=(described(desk, key),))
    )
    desk.store.delete(key)
    place = keys.decision(OFFICE, paper.document_id, forged.decision_id)
    desk.store.put(place, BytesIO(forged.model_dump_json().encode()), "application/json")
    assert found(desk) == [("decision_missing", number)]


def test_a_hold_that_is_gone_of_a_secret_paper_is_missed(desk: Desk) -> None:
    paper, _, number = decided(desk)
    hold = Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "lawsuit", "")
    secret(desk, paper)
    desk.store.delete(keys.decision(OFFICE, paper.document_id, hold.decision_id))
    assert found(desk) == [("decision_missing", number + 1)]


def test_a_destruction_whose_entries_were_lost_before_a_restore_is_told_by_its_certificate(desk: Desk) -> None:
    paper, _, number = decided(desk)
    closing = Closing(OFFICE, desk.store, desk.tables.audit, desk.tables.access_log, None)
    before = desk.tables.audit.read(OFFICE, 0, 99)
    destroyed(desk, paper)
    closing.keep_head()
    bring_back(desk, number)
    assert desk.tables.audit.read(OFFICE, 0, 99) == before
    entry = AccessEntry(at=paper.filed_at, actor=ACTOR, access="restore")
    bring_up_to_date(desk.store, desk.tables.audit, desk.tables.access_log, None, entry)
    assert found(desk) == [("lost_before_restore", number + 1)]


def bring_back(desk: Desk, until: int) -> None:
    """The log as it was when it ended with this entry."""
    head = desk.tables.audit.read(OFFICE, until, 1)[0].previous
    with create_engine(f"sqlite:///{desk.folder / 'hoso.db'}").begin() as connection:
        connection.execute(access_log.delete().where(access_log.c.number > until))
        connection.execute(audit_heads.update().values(number=until, sha256=head))


def described(desk: Desk, key: str) -> DestroyedObject:
    (stored,) = desk.store.find(key)
    return DestroyedObject(key=key, sha256=stored.sha256, size_bytes=stored.size_bytes)


def certificate_of(desk: Desk, paper: Paper, key: str) -> Certificate:
    """A certificate of a destruction that never was: that of another paper, with one object in it."""
    other = desk.file(scan(BIRTH.replace("Số: 150/2020", "Số: 151/2020")))
    real = Certificate.model_validate_json(desk.bytes_of(keys.destruction(OFFICE, destroyed(desk, other))))
    certified = real.papers[0].model_copy(update={"document_id": paper.document_id, "objects": (described(desk, key),)})
    return real.model_copy(update={"destruction_id": "forged", "papers": (certified,)})
