"""Mai's papers, what a procedure asks of her, and what the checklist answers."""

from datetime import UTC, date, datetime
from typing import Any

from pipeline.catalogue import load_catalogue
from pipeline.local_time import VIETNAM
from pipeline.once_only import checklist
from schemas.catalog import Procedure, RequiredPaper
from schemas.decisions import LookUp
from schemas.dossier import Field, Paper
from schemas.once_only import ChecklistRow, Visit
from schemas.people import Actor, Citizen, PersonOnPaper

CATALOGUE = load_catalogue().model_copy(update={"look_ups": {}})
MAI = Citizen(citizen_id="c1", personal_id="079190012345", name="Lê Thị Mai")
DAY = date(2026, 6, 1)
A_DOSSIER, ANOTHER = "H29.12.34-260601-0001", "H29.12.34-260601-0002"


def sure(value: str) -> Field:
    return Field(value=value, confidence=0.95, evidence="ocr", needs_review=False)


def paper(kind: str, role: str, issued: str | None = "2026-03-15", **changes: Any) -> Paper:
    """A confirmed original of Mai's."""
    stated = {"issue_date": issued, "purpose": "làm thủ tục đăng ký kết hôn"}
    fields = {name: sure(value) for name, value in stated.items() if value}
    values = {
        "document_id": "d1",
        "submission_id": "s1",
        "actor": Actor(office_id="local", actor_id="local"),
        "content_sha256": "0" * 64,
        "pipeline_version": "1",
        "type": kind,
        "type_confidence": 0.95,
        "state": "filed",
        "keeping": "keep",
        "fields": fields,
        "people": (PersonOnPaper(personal_id=MAI.personal_id, name=MAI.name, role=role, link="filed"),),
        "source_pages": (1,),
        "rotations": (0,),
        "filed_at": datetime(2026, 3, 20, tzinfo=UTC),
        "copy_kind": "original",
        "confirmed_at": datetime(2026, 3, 20, tzinfo=UTC),
    }
    return Paper.model_validate(values | changes)


def row(**changes: Any) -> RequiredPaper:
    values = {
        "id": "status",
        "title": "Giấy xác nhận tình trạng hôn nhân",
        "any_of": ("marital_status_confirmation",),
        "role": "subject",
        "purposes": ("kết hôn",),
        "source": "Nghị định 123/2015/NĐ-CP",
        "verified": True,
    }
    return RequiredPaper.model_validate(values | changes)


def ask(
    wanted: RequiredPaper,
    *papers: Paper,
    day: date = DAY,
    dossier_code: str | None = None,
    signatures: bool = False,
    **conditions: bool,
) -> ChecklistRow:
    procedure = Procedure(id="p", code="", title="Thủ tục", source="", verified=True, papers=(wanted,))
    visit = Visit(day=day, dossier_code=dossier_code, conditions=conditions, signatures=signatures)
    (answer,) = checklist(procedure, CATALOGUE, MAI, papers, visit)
    return answer


def look(row_id: str, day: date, outcome: str) -> LookUp:
    return LookUp.model_validate(
        {
            "decision_id": "l1",
            "subject_id": A_DOSSIER,
            "actor": {"office_id": "local", "actor_id": "lan"},
            "decided_at": datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM),
            "component": row_id,
            "outcome": outcome,
        }
    )
