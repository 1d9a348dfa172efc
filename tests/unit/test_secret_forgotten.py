"""Of a paper that proves to be secret nothing stays that people had said of it: store, home folder and database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import keys
from pipeline.decisions import deciding, new_decision
from pipeline.errors import ScanRejected
from pipeline.holds import Holds
from pipeline.integrity.verify import Verifying
from pipeline.rebuild import rebuild
from pipeline.resume import resume
from pipeline.review import Review
from pipeline.settling import Settling
from schemas.decisions import SetField, SetOwner, SetSecrecy, SettledDecision, SetType, read_decision
from schemas.destruction import DestroyedObject
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, Desk
from tests.unit.destructions import OFFICE, destroyed, now
from tests.unit.dossier_office import a_dossier
from tests.unit.plain_papers import BIRTH, GOING_ON
from tests.unit.plain_parsers import scan

LATER = datetime.now(UTC) + timedelta(days=1)
"""Later than any decision of a test run, however long that takes."""
CODE = "H26.29-250701-0077"
NAME, OWNER, PASSPORT, HANDED_IN = "Lò Thị Mường Khương", "Vừ A Pó", "C7654321", "034177000121"
NUMBER = "987/2020"
SAID = (NAME, OWNER, PASSPORT, HANDED_IN, NUMBER, CODE)
"""What somebody typed about a paper, or with it."""
SECRET: dict[str, dict[str, object]] = {"set_secrecy": {"secret": True}, "set_type": {"type": "secret_paper"}}


def left(desk: Desk) -> list[str]:
    """What was said that stands in any file of the store, of the home folder and of the database."""
    files = (file for file in desk.folder.rglob("*") if file.is_file())
    held = b"\n".join(file.read_bytes() for file in files)
    return [word for word in SAID if word.encode() in held or word.lower().encode() in held.lower()]


def decide(desk: Desk, kind: str, subject_id: str, **said: object) -> SettledDecision:
    """Decide what somebody says at the screen or by the API; the decision as it was kept."""
    decision = Review(desk.archive).read(ACTOR, {"kind": kind, "subject_id": subject_id, **said})
    return Settling(desk.archive).decide(decision)


def talked_about(desk: Desk, *pages: str) -> Paper:
    """A paper about which people have said much."""
    paper = desk.file(scan(BIRTH, *pages), handed_in_by=HANDED_IN)
    desk.archive.dossiers.open(a_dossier(code=CODE, actor=ACTOR))
    desk.archive.dossiers.attach(ACTOR, CODE, "", paper.document_id)
    decide(desk, "set_field", paper.document_id, name="full_name", value=NAME)
    decide(desk, "set_field", paper.document_id, name="document_number", value=NUMBER)
    decide(desk, "set_owner", paper.document_id, role="child", passport=PASSPORT, name=OWNER)
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    return now(desk, paper)


def without_dossier(found: list[str]) -> list[str]:
    """What is left but for the dossier that was opened for others, too."""
    return [word for word in found if word != CODE]


def wipe(desk: Desk, paper: Paper, kind: str = "set_secrecy") -> None:
    decide(desk, kind, paper.document_id, **SECRET[kind])


def kinds(desk: Desk, paper: Paper) -> list[str]:
    """What stands in the store about a paper, which is what the rows say."""
    folder = keys.decision(OFFICE, paper.document_id)
    stored: list[str] = sorted(read_decision.validate_json(desk.bytes_of(key)).kind for key in desk.keys(folder))
    assert stored == sorted(one.kind for one in desk.tables.papers.history(OFFICE, paper.document_id))
    return stored


@pytest.mark.parametrize("kind", SECRET)
def test_nothing_that_was_said_of_a_secret_paper_is_left(desk: Desk, kind: str) -> None:
    paper = talked_about(desk)
    assert left(desk) == list(SAID)
    wipe(desk, paper, kind)
    assert without_dossier(left(desk)) == []
    assert kinds(desk, paper) == [kind]
    assert desk.tables.dossiers.components(OFFICE, CODE) == ()
    assert desk.tables.dossiers.code_of(OFFICE, paper.document_id) is None
    assert desk.keys("codes/") == []
    assert now(desk, paper).dossier_code is None


def test_a_hold_on_a_paper_stays_when_it_proves_to_be_secret(desk: Desk) -> None:
    paper = talked_about(desk)
    Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "lawsuit", "12/KN")
    wipe(desk, paper)
    assert kinds(desk, paper) == ["set_hold", "set_secrecy"]


def test_nothing_is_left_of_a_paper_that_was_cut_otherwise_of_a_secret_ones_pages(desk: Desk) -> None:
    whole = talked_about(desk, GOING_ON)
    decide(desk, "set_cuts", whole.submission_id, first_pages=[1, 2])
    first, second = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    decide(desk, "set_type", second.document_id, type="other")
    wipe(desk, first)
    assert without_dossier(left(desk)) == [HANDED_IN], "the other paper's submission stays"
    assert kinds(desk, whole) == []
    assert (now(desk, whole).state, now(desk, whole).fields, now(desk, whole).people) == ("withdrawn", {}, ())
    assert kinds(desk, second) == ["set_type"]
    assert desk.bytes_of(str(now(desk, second).object_key))


@pytest.mark.parametrize("part", ["erase", "forget", "change"])
def test_a_crash_before_all_is_forgotten_is_made_good(desk: Desk, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    paper = talked_about(desk)
    of: dict[str, object] = {"erase": desk.store, "forget": desk.tables.keeping, "change": desk.tables.papers}
    with monkeypatch.context() as crash:
        crash.setattr(of[part], part, lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            wipe(desk, paper)
    assert without_dossier(left(desk))
    resume(desk.archive, OFFICE, LATER)
    assert without_dossier(left(desk)) == []
    assert kinds(desk, paper) == ["set_secrecy"]
    assert desk.keys("unapplied/") == []


def an_answer(paper: Paper) -> SetField:
    return new_decision(SetField, ACTOR, paper.document_id, name="mother_name", value=NAME)


def test_an_answer_that_a_crash_has_left_waiting_does_not_come_back(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    with pytest.raises(ZeroDivisionError), deciding(desk.store, desk.tables, an_answer(paper)):
        _ = 1 / 0
    wipe(desk, paper)
    resume(desk.archive, OFFICE, LATER)
    assert left(desk) == []
    assert kinds(desk, paper) == ["set_secrecy"]


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, paper: Settling(desk.archive).decide(an_answer(paper)),
        lambda desk, paper: Settling(desk.archive).apply(an_answer(paper)),
        lambda desk, paper: decide(desk, "set_type", paper.document_id, type="birth_certificate"),
        lambda desk, paper: desk.archive.confirm(ACTOR, paper.document_id, "original"),
        lambda desk, paper: desk.archive.dossiers.detach(ACTOR, CODE, paper.document_id),
    ],
)
def test_a_secret_paper_takes_no_answer(desk: Desk, act: Callable[[Desk, Paper], object]) -> None:
    paper = desk.file(scan(BIRTH))
    desk.archive.dossiers.open(a_dossier(code=CODE, actor=ACTOR))
    wipe(desk, paper)
    with pytest.raises(ScanRejected) as caught:
        act(desk, paper)
    assert caught.value.code == "secret_paper"
    assert kinds(desk, paper) == ["set_secrecy"]


def test_what_goes_with_a_secret_paper_is_found_by_hoso_and_said_by_nobody(desk: Desk) -> None:
    paper, other = desk.file(scan(BIRTH)), desk.file(scan(BIRTH.replace("150/2020", "151/2020")))
    decide(desk, "set_field", other.document_id, name="mother_name", value=NAME)
    (theirs,) = desk.keys(keys.decision(OFFICE, other.document_id))
    claimed = DestroyedObject(key=theirs, sha256="0" * 64, size_bytes=1).model_dump()
    for kind, secret in SECRET.items():
        said = secret | {"wiping": {"objects": [claimed], "owners": ["somebody"]}}
        decided = decide(desk, kind, paper.document_id, **said)
        assert isinstance(decided, SetType | SetSecrecy)
        assert decided.wiping
        assert theirs not in {one.key for one in decided.wiping.objects}
        assert "somebody" not in decided.wiping.owners
    said = {"type": "birth_certificate", "wiping": {"objects": [claimed]}}
    spared = decide(desk, "set_type", other.document_id, **said)
    assert isinstance(spared, SetType)
    assert spared.wiping is None


def test_a_citizen_of_other_papers_stays_on_the_register(desk: Desk) -> None:
    paper, other = desk.file(scan(BIRTH)), desk.file(scan(BIRTH.replace("150/2020", "151/2020")))
    for one in (paper, other):
        said = new_decision(SetOwner, ACTOR, one.document_id, role="child", passport=PASSPORT, name=OWNER)
        Settling(desk.archive).decide(said)
    wipe(desk, paper)
    citizen = desk.tables.people.by_number(OFFICE, PASSPORT)
    assert citizen
    held = desk.tables.papers.of_citizen(OFFICE, citizen.citizen_id)
    assert [one.document_id for one in held] == [other.document_id]


def test_a_secret_paper_is_not_brought_back_by_check_or_rebuild(desk: Desk) -> None:
    paper = talked_about(desk)
    wipe(desk, paper)
    stub = now(desk, paper)
    report = Verifying(desk.archive, OFFICE, datetime.now(UTC)).everything(lambda *_: None)
    assert report.findings == ()
    rebuild(desk.store, desk.tables.records, desk.tables.restoring, lambda *_: None, replace=True)
    assert now(desk, paper) == stub
    assert kinds(desk, paper) == ["set_secrecy"]
    assert without_dossier(left(desk)) == []


def test_a_paper_beside_a_secret_one_can_be_destroyed(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH, BIRTH.replace("150/2020", "151/2020")), handed_in_by=HANDED_IN)
    desk.archive.process(submission.submission_id)
    first, second = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    wipe(desk, first)
    assert left(desk) == [HANDED_IN]
    destroyed(desk, second)
    assert left(desk) == []
    assert (now(desk, first).state, now(desk, second).state) == ("rejected", "destroyed")
