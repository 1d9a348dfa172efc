"""What else keeps a paper beside its own term: dossiers that it serves, holds, and that nobody knows what it is."""

from datetime import date

import pytest

from pipeline.decisions import deciding, new_decision
from pipeline.holds import Holds
from pipeline.retention import Obligations
from schemas.decisions import Reuse
from schemas.destruction import KeepingRule
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, Desk
from tests.unit.destructions import kept_for, now
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import scan

CODE = "H26.29-250701-0001"


def rule_of(desk: Desk, paper: Paper) -> KeepingRule:
    """What keeps a paper long after a term of five years."""
    return Obligations(desk.tables, kept_for(5), date(2099, 1, 1)).of(now(desk, paper)).rule


def used_again(desk: Desk, paper: Paper, code: str) -> None:
    reuse = new_decision(Reuse, ACTOR, paper.document_id, dossier_code=code, component="identity", purpose="dùng lại")
    with deciding(desk.store, desk.tables, reuse):
        desk.tables.dossiers.note(reuse, "reuse")


def test_a_paper_is_kept_while_a_dossier_that_it_was_used_again_in_has_no_result(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    assert rule_of(desk, paper) == "over"
    used_again(desk, paper, CODE)
    assert rule_of(desk, paper) == "open_dossier"


def test_a_hold_on_a_dossier_holds_what_was_used_again_in_it(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    Holds(desk.tables).put(desk.store, ACTOR, CODE, "lawsuit", "")
    assert not Holds(desk.tables).is_held(paper)
    used_again(desk, paper, CODE)
    assert Holds(desk.tables).is_held(paper)


def test_a_hold_stands_however_many_came_after_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.holds._MOST", 1)
    paper, holds = desk.file(scan(BIRTH)), Holds(desk.tables)
    holds.put(desk.store, ACTOR, paper.document_id, "complaint", "")
    holds.put(desk.store, ACTOR, CODE, "inspection", "")
    assert holds.is_held(paper)


def test_a_paper_of_which_a_person_has_still_to_say_what_it_is_has_no_term_that_is_over(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    unsure = paper.model_copy(update={"type_confidence": 0.1})
    obligations = Obligations(desk.tables, kept_for(5), date(2099, 1, 1))
    assert (obligations.of(paper).rule, obligations.of(unsure).rule) == ("over", "unsettled")
