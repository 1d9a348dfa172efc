"""Papers as they are misread, against a register: never a wrong owner, never a twin. Big: `make bench-register`."""

from tests.bench.register import fill_register, try_register
from tests.bench.register_people import make_people


def test_misread_papers_find_no_wrong_owner_and_make_no_twin(database_url: str) -> None:
    people = make_people(5_000, seed=1)
    fill_register(database_url, people)
    outcome = try_register(database_url, people, papers=300, seed=1)
    assert outcome.wrong == []
    assert outcome.twins == []
    assert outcome.share_filed > 0.6
    assert outcome.filed["person, nothing"] > 0
