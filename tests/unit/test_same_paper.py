"""Scans of one paper are told from papers that only look like it: key fields decide and veto."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.stages.same_paper import better_first, compare_papers
from schemas.dossier import Field, PageGrade, Paper
from schemas.people import Actor, PersonOnPaper

KIND = load_catalogue().types["birth_certificate"]
START = datetime(2026, 3, 2, tzinfo=UTC)
POOR, GOOD = (PageGrade(page=1, verdict="good", grade=grade) for grade in (0.6, 0.9))
_NUMBERS = count()
VALUES = {
    "full_name": "TÔN THẤT KHÁNH NHƯ",
    "date_of_birth": "2020-10-17",
    "personal_id": "079320990007",
    "document_number": "150/2020",
    "issue_date": "2020-11-19",
    "mother_name": "Quàng Thị Inh",
    "father_name": "Tôn Thất Công Nhựt",
}


def a_paper(*, doubtful: tuple[str, ...] = (), link: str = "filed", **changes: Any) -> Paper:
    """A birth certificate with these fields changed, or (None) left out."""
    told = {name: value for name, value in (VALUES | changes).items() if value is not None}
    fields = {
        name: Field(value=value, confidence=0.9, evidence="ocr", needs_review=name in doubtful)
        for name, value in told.items()
        if name in VALUES
    }
    child = PersonOnPaper(
        personal_id=told.get("personal_id"),
        name=told.get("full_name"),
        role="child",
        link="filed" if link == "filed" else "proposed",
    )
    others = {name: value for name, value in changes.items() if name not in VALUES}
    values: dict[str, Any] = {
        "document_id": f"paper-{next(_NUMBERS)}",
        "submission_id": "s",
        "actor": Actor(office_id="phuong-a", actor_id="lan"),
        "content_sha256": "c",
        "pipeline_version": "1",
        "type": "birth_certificate",
        "type_confidence": 0.99,
        "state": "filed",
        "keeping": "keep",
        "fields": fields,
        "people": (child,),
        "source_pages": (1,),
        "rotations": (0,),
        "filed_at": START,
    }
    return Paper(**values | others)


def verdict(first: Paper, second: Paper, alike: float | None = 0.97) -> str:
    return compare_papers(first, second, KIND, alike).verdict


def test_a_second_scan_is_the_same_paper() -> None:
    assert verdict(a_paper(), a_paper()) == "same"


def test_a_certified_copy_of_it_is_the_same_record() -> None:
    assert verdict(a_paper(copy_kind="original"), a_paper(copy_kind="certified_copy")) == "same"


def test_an_extract_with_a_number_and_date_of_its_own_is_another_paper() -> None:
    assert verdict(a_paper(), a_paper(document_number="12/TLKS-BS", issue_date="2024-05-06")) == "different"


def test_the_certificate_of_a_sibling_is_another_paper() -> None:
    sibling = a_paper(
        full_name="TÔN THẤT KHÁNH AN",
        personal_id="079322990015",
        date_of_birth="2022-01-03",
        document_number="9/2022",
        issue_date="2022-01-20",
    )
    assert verdict(a_paper(), sibling) == "different"


def test_the_certificate_of_a_twin_is_another_paper() -> None:
    twin = a_paper(full_name="TÔN THẤT KHÁNH AN", personal_id="079320990015", document_number="151/2020")
    assert verdict(a_paper(), twin) == "different"


def test_a_birth_that_was_registered_again_is_another_paper() -> None:
    assert verdict(a_paper(), a_paper(document_number="7/2023", issue_date="2023-02-01")) == "different"


def test_a_twins_doubtful_number_is_never_taken_for_the_same_paper() -> None:
    twin = a_paper(full_name="TÔN THẤT KHÁNH AN", doubtful=("document_number", "full_name"), link="proposed")
    assert verdict(a_paper(), twin) != "same"


@pytest.mark.parametrize("name", ["document_number", "issue_date", "date_of_birth"])
def test_a_value_in_doubt_asks_even_where_it_agrees(name: str) -> None:
    assert verdict(a_paper(), a_paper(doubtful=(name,))) == "ask"


def test_a_number_with_one_doubtful_digit_asks() -> None:
    assert verdict(a_paper(), a_paper(document_number="160/2020", doubtful=("document_number",))) == "ask"


def test_an_owner_in_doubt_asks() -> None:
    assert verdict(a_paper(), a_paper(link="proposed")) == "ask"


def test_a_missing_number_is_not_agreement() -> None:
    assert verdict(a_paper(), a_paper(document_number=None)) == "ask"


def test_words_that_differ_widely_speak_against() -> None:
    assert verdict(a_paper(), a_paper(), alike=0.3) == "different"


def test_words_that_are_alike_join_nothing() -> None:
    assert verdict(a_paper(), a_paper(document_number="151/2020"), alike=1.0) == "different"


def test_papers_of_two_types_are_different() -> None:
    assert verdict(a_paper(), a_paper(type="marriage_certificate")) == "different"


def test_comparing_does_not_depend_on_the_order() -> None:
    one, other = a_paper(), a_paper(document_number=None, doubtful=("issue_date",))
    assert verdict(one, other) == verdict(other, one)


def _family(rng: random.Random) -> tuple[Paper, Paper, str]:
    """Two papers of one family and what they are: another scan, a twin, a sibling, or registered again."""
    what = rng.choice(["scan", "twin", "sibling", "again"])
    born = date(2015, 1, 1) + timedelta(days=rng.randrange(3000))
    number, issued = rng.randrange(2, 900), born + timedelta(days=rng.randrange(3, 60))
    first: dict[str, Any] = {
        "full_name": f"LÊ {rng.choice(['THỊ', 'NGỌC', 'MINH'])} {rng.choice(['AN', 'ANH', 'ÁNH', 'OANH'])}",
        "date_of_birth": born.isoformat(),
        "personal_id": f"0793{born:%y}{rng.randrange(10**6):06}",
        "document_number": f"{number}/{issued.year}",
        "issue_date": issued.isoformat(),
    }
    second = dict(first)
    if what in ("twin", "sibling"):
        second["personal_id"] = f"{first['personal_id'][:-1]}{(int(first['personal_id'][-1]) + 1) % 10}"
        second["document_number"] = f"{number + 1}/{issued.year}"
        second["full_name"] = f"{first['full_name']}H" if rng.random() < 0.5 else "LÊ THU"
    if what == "sibling":
        later = born + timedelta(days=700)
        second |= {"date_of_birth": later.isoformat(), "issue_date": (later + timedelta(days=9)).isoformat()}
    if what == "again":
        again = issued + timedelta(days=rng.randrange(400, 2000))
        second |= {"document_number": f"{rng.randrange(1, 50)}/{again.year}", "issue_date": again.isoformat()}
    doubtful = tuple(name for name in VALUES if rng.random() < 0.15)
    if what == "scan" and rng.random() < 0.3:  # a misreading that was not noticed as doubtful only ever parts papers
        second["mother_name"] = "Quàng Thị Ính"
    return a_paper(**first), a_paper(doubtful=doubtful, **second), what


def test_of_generated_families_no_two_papers_are_taken_for_one() -> None:
    rng = random.Random(4)  # noqa: S311 (invented families)
    told = [(verdict(first, second), what) for first, second, what in (_family(rng) for _ in range(600))]
    others = [said for said, what in told if what != "scan"]
    assert len(others) > 300
    assert "same" not in others
    scans = [said for said, what in told if what == "scan"]
    assert "different" not in scans
    assert scans.count("same") > 0.2 * len(scans)


def test_the_scan_that_a_counter_relies_on_goes_first() -> None:
    confirmed = a_paper(
        copy_kind="original", confirmed_at=START, grades=(PageGrade(page=1, verdict="good", grade=0.5),)
    )
    finer = a_paper(grades=(GOOD,))
    assert better_first([finer, confirmed]) == [confirmed, finer]


def test_the_better_read_scan_goes_first() -> None:
    poor, good = (a_paper(grades=(grade,)) for grade in (POOR, GOOD))
    assert better_first([poor, good]) == [good, poor]


def test_an_original_goes_before_its_certified_copy() -> None:
    copy, original = a_paper(copy_kind="certified_copy"), a_paper(copy_kind="original")
    assert better_first([copy, original]) == [original, copy]
