"""Comparing the papers of a dossier with their copies: all in one decision, none that was not looked at."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from pipeline.comparing import Comparing, Looked, ToCompare
from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected
from pipeline.resume import resume
from pipeline.web.wording import reason
from schemas.decisions import Compared, CompareDossier, CopyTrouble
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.dossier_office import a_dossier
from tests.unit.plain_papers import BIRTH, CARD, FORM_BY_HAND, LETTER, TITLE_ONLY
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, CODE = ACTOR.office_id, "H26.29-250701-0001"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, PlainParsers()) as desk:
        yield desk


@pytest.fixture
def comparing(desk: Desk) -> Comparing:
    return Comparing(desk.archive)


def brought(desk: Desk, text: str) -> Paper:
    return desk.file(scan(text), dossier_code=CODE)


def now(desk: Desk, paper: Paper) -> Paper:
    return desk.tables.papers.get(OFFICE, paper.document_id)


def looked(one: ToCompare, **said: object) -> Looked:
    """What is said of a paper once all its pages were on the screen."""
    seen = {"pages": tuple(range(1, one.pages + 1)), "sha256": one.paper.sha256}
    return Looked.model_validate({"document_id": one.paper.document_id} | seen | said)


def test_one_decision_holds_what_was_said_of_every_paper(desk: Desk, comparing: Comparing) -> None:
    same, other = brought(desk, BIRTH), brought(desk, FORM_BY_HAND)
    first, second = comparing.papers(OFFICE, CODE)
    said = [looked(first, copy_kind="certified_copy"), looked(second, trouble="copy_incomplete")]
    decision = comparing.compare(ACTOR, CODE, said)
    assert desk.keys(f"decisions/{OFFICE}/") == [f"decisions/{OFFICE}/{CODE}/{decision.decision_id}.json"]
    assert (now(desk, same).copy_kind, now(desk, same).confirmed_at) == ("certified_copy", decision.decided_at)
    assert (now(desk, other).copy_kind, now(desk, other).confirmed_at) == (None, None)


def test_a_refused_copy_asks_whether_it_is_scanned_again(desk: Desk, comparing: Comparing) -> None:
    paper = brought(desk, BIRTH)
    assert paper.state == "filed"
    (one,) = comparing.papers(OFFICE, CODE)
    comparing.compare(ACTOR, CODE, [looked(one, trouble="copy_illegible")])
    refused = now(desk, paper)
    assert refused.state == "needs_review"
    assert [question.part for question in refused.questions] == ["page.copy_illegible"]
    assert [one.stands for one in comparing.papers(OFFICE, CODE)] == ["refused"]


def test_a_refusal_is_gone_once_the_copy_is_confirmed_after_all(desk: Desk, comparing: Comparing) -> None:
    paper = brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    comparing.compare(ACTOR, CODE, [looked(one, trouble="copy_illegible")])
    comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])
    confirmed = now(desk, paper)
    assert (confirmed.state, confirmed.reasons, confirmed.questions) == ("filed", (), ())
    assert confirmed.confirmed_at is not None


def test_a_confirmed_paper_that_is_refused_later_is_confirmed_no_more(desk: Desk, comparing: Comparing) -> None:
    paper = brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])
    comparing.compare(ACTOR, CODE, [looked(one, trouble="copy_differs")])
    assert now(desk, paper).confirmed_at is None


def test_a_page_that_was_not_looked_at_keeps_the_whole_dossier_unconfirmed(desk: Desk, comparing: Comparing) -> None:
    papers = [brought(desk, BIRTH), brought(desk, FORM_BY_HAND)]
    first, second = comparing.papers(OFFICE, CODE)
    said = [looked(first, copy_kind="original"), looked(second, copy_kind="original", pages=())]
    with pytest.raises(ScanRejected, match="not_looked_at"):
        comparing.compare(ACTOR, CODE, said)
    assert [now(desk, paper).confirmed_at for paper in papers] == [None, None]
    assert desk.keys("decisions/") == []


def test_another_copy_than_the_one_that_was_shown_is_not_confirmed(desk: Desk, comparing: Comparing) -> None:
    brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    with pytest.raises(ScanRejected, match="paper_changed"):
        comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original", sha256="0" * 64)])


@pytest.mark.parametrize("said", [{}, {"copy_kind": "original", "trouble": "copy_differs"}])
def test_a_paper_is_confirmed_or_refused_and_not_both(desk: Desk, comparing: Comparing, said: dict[str, str]) -> None:
    brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    with pytest.raises(ScanRejected, match="bad_answer"):
        comparing.compare(ACTOR, CODE, [looked(one, **said)])


def test_a_paper_of_which_it_is_not_settled_what_it_is_cannot_be_confirmed(desk: Desk, comparing: Comparing) -> None:
    brought(desk, TITLE_ONLY)
    (one,) = comparing.papers(OFFICE, CODE)
    assert one.stands == "unsettled"
    with pytest.raises(ScanRejected, match="cannot_compare"):
        comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])


def test_a_card_of_which_no_picture_is_kept_is_compared_by_its_values(desk: Desk, comparing: Comparing) -> None:
    card = brought(desk, CARD)
    (one,) = comparing.papers(OFFICE, CODE)
    assert (one.stands, one.pages) == ("open", 0)
    comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])
    assert now(desk, card).confirmed_at is not None


def test_a_paper_of_another_dossier_is_not_confirmed_with_this_one(desk: Desk, comparing: Comparing) -> None:
    brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    with pytest.raises(NotFound, match="no_such_paper"):
        comparing.compare(ACTOR, "H26.29-250701-0002", [looked(one, copy_kind="original")])


def test_a_confirmed_paper_of_a_known_dossier_gets_its_code(desk: Desk, comparing: Comparing) -> None:
    desk.archive.dossiers.open(a_dossier(code=CODE, actor=ACTOR, procedure=None))
    paper = brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])
    code = desk.tables.dossiers.code_of(OFFICE, paper.document_id)
    assert code is not None
    assert code.actor == ACTOR


# Taking back


def test_a_comparison_is_taken_back_as_a_whole(desk: Desk, comparing: Comparing) -> None:
    papers = [brought(desk, BIRTH), brought(desk, FORM_BY_HAND)]
    before = [now(desk, paper) for paper in papers]
    first, second = comparing.papers(OFFICE, CODE)
    said = [looked(first, copy_kind="photocopy"), looked(second, trouble="paper_altered")]
    decision = comparing.compare(ACTOR, CODE, said)
    comparing.take_back(ACTOR, CODE, decision.decision_id)
    assert [now(desk, paper) for paper in papers] == before


def test_only_the_newest_comparison_is_taken_back_and_only_once(desk: Desk, comparing: Comparing) -> None:
    brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    older = comparing.compare(ACTOR, CODE, [looked(one, copy_kind="photocopy")])
    newer = comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])
    with pytest.raises(ScanRejected, match="cannot_undo"):
        comparing.take_back(ACTOR, CODE, older.decision_id)
    back = comparing.take_back(ACTOR, CODE, newer.decision_id)
    for decision in (newer, back):
        with pytest.raises(ScanRejected, match="cannot_undo"):
            comparing.take_back(ACTOR, CODE, decision.decision_id)


# After a crash


def test_a_comparison_that_a_crash_left_unwritten_is_written_by_resume(desk: Desk, comparing: Comparing) -> None:
    paper = brought(desk, BIRTH)
    said = (Compared(document_id=paper.document_id, copy_kind="original"),)
    decision = new_decision(CompareDossier, ACTOR, CODE, papers=said)
    with pytest.raises(KeyboardInterrupt), deciding(desk.store, desk.tables, decision):
        raise KeyboardInterrupt
    assert now(desk, paper).confirmed_at is None
    assert resume(desk.archive, OFFICE, decision.decided_at + timedelta(hours=1)) == 1
    assert now(desk, paper).confirmed_at == decision.decided_at


def test_an_older_comparison_that_is_written_late_changes_nothing(desk: Desk, comparing: Comparing) -> None:
    paper = brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    older = new_decision(
        CompareDossier, ACTOR, CODE, papers=(Compared(document_id=paper.document_id, trouble="copy_differs"),)
    )
    newer = comparing.compare(ACTOR, CODE, [looked(one, copy_kind="original")])
    comparing.apply(older)
    assert now(desk, paper).confirmed_at == newer.decided_at


# All at once, by who has the copies elsewhere


def test_all_settled_papers_of_a_dossier_are_confirmed_at_once(desk: Desk, comparing: Comparing) -> None:
    paper, form = brought(desk, BIRTH), brought(desk, FORM_BY_HAND)
    doubtful, other = brought(desk, TITLE_ONLY), desk.file(scan(LETTER))
    done, left = comparing.confirm_all(ACTOR, CODE)
    assert {one.document_id for one in done} == {paper.document_id, form.document_id}
    assert {one.document_id for one in left} == {doubtful.document_id}
    assert all(one.confirmed_at is not None and one.copy_kind == "original" for one in done)
    assert now(desk, other).confirmed_at is None


def test_confirming_all_again_decides_nothing_anew(desk: Desk, comparing: Comparing) -> None:
    brought(desk, BIRTH)
    first, _ = comparing.confirm_all(ACTOR, CODE)
    assert comparing.confirm_all(ACTOR, CODE)[0] == first
    assert len(desk.keys("decisions/")) == 1


def test_a_refused_paper_is_not_confirmed_with_all_others(desk: Desk, comparing: Comparing) -> None:
    brought(desk, BIRTH)
    (one,) = comparing.papers(OFFICE, CODE)
    comparing.compare(ACTOR, CODE, [looked(one, trouble="copy_differs")])
    done, left = comparing.confirm_all(ACTOR, CODE)
    assert (done, len(left)) == ((), 1)


def test_an_unknown_dossier_cannot_be_confirmed(comparing: Comparing) -> None:
    with pytest.raises(NotFound):
        comparing.confirm_all(ACTOR, "H26.29-250701-0009")


def test_the_kind_of_copy_read_from_the_paper_is_confirmed(desk: Desk, comparing: Comparing) -> None:
    paper = brought(desk, BIRTH + "Chứng thực bản sao đúng với bản chính\n")
    assert paper.copy_kind == "certified_copy"
    (done,), _ = comparing.confirm_all(ACTOR, CODE)
    assert done.copy_kind == "certified_copy"


@pytest.mark.parametrize("trouble", get_args(CopyTrouble))
def test_every_trouble_of_a_copy_has_a_sentence_of_its_own(trouble: CopyTrouble) -> None:
    others = {reason(other, "vi") for other in get_args(CopyTrouble) if other != trouble}
    assert reason(trouble, "vi") not in {*others, reason("of no known kind", "vi")}
