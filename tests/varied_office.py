"""An office with something of everything that people and papers do, to be compared with what a rebuild makes of it."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pipeline.comparing import Comparing
from pipeline.decisions import deciding, new_decision
from pipeline.register import RegisterBook
from pipeline.review import Review
from schemas.decisions import LookUp, TakeBack
from schemas.dossier import Paper
from schemas.dossiers import Party
from tests.contract.examples import HUONG_NUMBER, HUONG_OLD_NUMBER, file, huong
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk
from tests.unit.dossier_office import CODE, OTHER_CODE, a_dossier, dated
from tests.unit.plain_papers import (
    BIRTH,
    CARD,
    CHILD,
    CHILD_NUMBER,
    CLASSIFIED,
    GOING_ON,
    HOLDER,
    HOLDER_NUMBER,
    LETTER,
    TITLE_ONLY,
)
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id
LAN_NUMBER = "079192054321"
_UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "Số:\n").replace(CHILD_NUMBER, "079320990015").replace(CHILD, "LÊ ANH")


def fill(desk: Desk) -> None:
    """Let an office work for a while."""
    _read_papers(desk)
    _review(desk)
    _dossiers(desk)
    _register(desk)
    _unfinished(desk)


def _read_papers(desk: Desk) -> None:
    first = desk.file(scan(BIRTH), dossier_code=CODE, handed_in_by=HOLDER_NUMBER)
    desk.file(scan(BIRTH + "\n\n"))  # another scan of it
    desk.archive.confirm(ACTOR, first.document_id, "original")
    desk.file(scan(CARD))
    desk.file(scan(BIRTH.replace("150/2020", "7/2023").replace("19/11/2020", "01/02/2023")), lane="backlog")
    desk.file(scan(BIRTH), actor=NEIGHBOUR)


def _review(desk: Desk) -> None:
    review = Review(desk.archive)

    def answer(paper: Paper, part: str, value: str | None, name: str | None = None) -> str:
        decision = review.decision(ACTOR, f"{paper.document_id}.{part}", value, name)
        review.decide(decision)
        return decision.decision_id

    def take_back(decision_id: str) -> None:
        decided = desk.tables.papers.decision(OFFICE, decision_id)
        review.decide(new_decision(TakeBack, ACTOR, decided.subject_id, undone=decision_id))

    answered = desk.file(scan(_UNNUMBERED))
    take_back(answer(answered, "field.document_number", "8/2020"))
    answer(answered, "field.document_number", "9/2020")
    answer(desk.file(scan(TITLE_ONLY)), "type", "birth_certificate")
    answer(desk.file(scan("MẬT\n" + BIRTH.lstrip("\n"))), "secrecy", "yes")
    letter = desk.file(scan(LETTER))
    answer(letter, "type", "other")
    take_back(answer(letter, "owner.owner", HOLDER_NUMBER, HOLDER))
    answer(letter, "owner.owner", None, "Nguyễn Văn Không Số")
    whole = desk.file(scan(BIRTH.replace("150/2020", "11/2020"), GOING_ON))
    review.decide(review.read(ACTOR, {"kind": "set_cuts", "subject_id": whole.submission_id, "first_pages": [1, 2]}))
    review.set_threshold(ACTOR, "date", 0.5)


def _dossiers(desk: Desk) -> None:
    dossiers = desk.archive.dossiers
    dossiers.open(a_dossier())
    dossiers.open(a_dossier(code=OTHER_CODE, submitted_by=Party(number=LAN_NUMBER, name="Trần Thị Lan")))
    dossiers.set_phone(ACTOR, CODE, "0912345678")

    def brought(kind: str, role: str, **changes: Any) -> Paper:
        whole: dict[str, Any] = {"type": kind, "people": (huong(role=role),), "fields": dated("2026-02-20")}
        paper = _on_file(desk, f"giấy {kind}", **(whole | {"dossier_code": CODE} | changes))
        dossiers.take_in([paper])
        return paper

    brought("residence_declaration", "owner")
    Comparing(desk.archive).confirm_all(ACTOR, CODE)
    permit = brought("construction_permit", "investor", dossier_code=None)
    dossiers.attach(ACTOR, OTHER_CODE, "", permit.document_id)
    dossiers.detach(ACTOR, OTHER_CODE, permit.document_id)
    desk.archive.confirm(ACTOR, permit.document_id, "certified_copy")
    dossiers.reuse(ACTOR, CODE, "dwelling", permit.document_id, "đăng ký tạm trú")
    looked = new_decision(LookUp, ACTOR, OTHER_CODE, component="dwelling", outcome="failed")
    with deciding(desk.store, desk.tables, looked):  # which rule allows it depends on the day
        dossiers.apply(looked)
    desk.file(scan(BIRTH.replace("150/2020", "12/2020").replace(CHILD_NUMBER, HUONG_NUMBER)))


def _on_file(desk: Desk, text: str, **changes: Any) -> Paper:
    """A paper that says this, without having been read, with a copy."""
    content = hashlib.sha256(text.encode()).hexdigest()
    copy = desk.store.put(f"archive/{OFFICE}/{content}/1.v1.pdf", BytesIO(text.encode()), "application/pdf")
    lies = copy.model_dump(exclude={"key"}) | {"object_key": copy.key, "content_sha256": content}
    return file(desk.tables, text, filed_at=datetime.now(UTC), **lies, **changes)


def _register(desk: Desk) -> None:
    book, people = RegisterBook(desk.store, desk.tables), desk.tables.people
    lan = {"personal_id": LAN_NUMBER, "name": "Trần Thị Lan"}
    for person in (huong(old_number=HUONG_OLD_NUMBER), huong(passport="C1234567"), huong(**lan)):
        _on_file(desk, f"giấy của ai {person.number} {person.passport}", people=(person,))
    other = _on_file(desk, "giấy của ai khác", people=(huong(passport="C1234567", personal_id=None),))
    one, two = people.by_number(OFFICE, HUONG_NUMBER), people.by_number(OFFICE, LAN_NUMBER)
    assert one
    assert two
    book.undo(ACTOR, book.merge(ACTOR, one.citizen_id, two.citizen_id).decision_id)
    book.split(ACTOR, one.citizen_id, [other.document_id])
    book.merge(ACTOR, two.citizen_id, one.citizen_id)
    renamed = _on_file(desk, "giấy mang tên cũ", people=(huong(name="Phạm Thị Hồng"),))
    book.accept_name(ACTOR, renamed.document_id)


def _unfinished(desk: Desk) -> None:
    secret = desk.receive(scan(CLASSIFIED))
    desk.archive.process(secret.submission_id)
    desk.receive(scan(CARD, "chưa đọc"))
