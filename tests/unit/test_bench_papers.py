"""The invented papers of the benchmark of search are what filing would have written."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.adapters.database.engine import open_database
from pipeline.adapters.database.indexing import summary
from pipeline.catalogue import load_catalogue
from pipeline.vietnamese import search_tokens
from schemas.dossier import Paper
from schemas.search import SearchQuery
from tests.bench.search_filling import fill
from tests.bench.search_papers import ACTOR, MadePaper, make_citizens, make_papers

CITIZENS = make_citizens(200, seed=3)
MADE = list(make_papers(CITIZENS, tuple(load_catalogue().types.values()), 400, seed=3))


@pytest.fixture(params=range(0, 400, 7))
def made(request: pytest.FixtureRequest) -> MadePaper:
    number: int = request.param
    return MADE[number]


def test_a_made_paper_is_a_whole_record(made: MadePaper) -> None:
    paper = Paper.model_validate_json(made.record)
    assert (paper.document_id, paper.submission_id, paper.filed_at) == (
        made.document_id,
        made.submission_id,
        made.filed_at,
    )
    assert [(person.personal_id, person.role) for person in paper.people] == [
        (citizen.personal_id, role) for citizen, role in made.owners
    ]
    assert "‹" not in made.record + made.text


def test_a_made_papers_tokens_are_those_of_its_text(made: MadePaper) -> None:
    tokens = search_tokens(summary(Paper.model_validate_json(made.record)))
    assert made.summary_keys.exact == [token.exact for token in tokens]
    tokens = search_tokens(made.text)
    assert made.text_keys.folded == [token.folded for token in tokens]


def test_no_two_citizens_have_the_same_number() -> None:
    assert len({citizen.personal_id for citizen in CITIZENS}) == len(CITIZENS)


def test_a_filled_database_answers_through_the_ports(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hoso.db'}"
    database = open_database(url)
    fill(url, CITIZENS, iter(MADE))
    citizen, role = MADE[5].owners[0]
    known = database.people.by_number(ACTOR.office_id, citizen.personal_id)
    assert known is not None
    owned = database.papers.of_citizen(ACTOR.office_id, known.citizen_id)
    found = database.search.search(SearchQuery(offices=(ACTOR.office_id,), words=citizen.personal_id, limit=100)).hits
    assert MADE[5].document_id in {paper.document_id for paper in owned} & {hit.document_id for hit in found}
    assert role in {person.role for paper in owned for person in paper.people}
    counts = database.figures.count(ACTOR.office_id, date(2023, 1, 1), date(2026, 12, 31), "office")
    assert counts[ACTOR.office_id].papers == len(MADE)
    database.close()
