import pytest

from pipeline.stages.person_names import family_length, likelihood


@pytest.mark.parametrize(
    "name", ["Lê Thị Mai", "LÊ THỊ MAI", "Tôn Thất Hoà", "Y Thắng Niê", "H'Hương Êban", "Rơ Châm H'Nga"]
)
def test_names_of_known_families_and_common_words_are_common(name: str) -> None:
    assert likelihood(name) == "common"


@pytest.mark.parametrize("name", ["Thạch Sươi", "Quách Thị Ển"])
def test_a_name_with_a_rare_syllable_is_possible(name: str) -> None:
    assert likelihood(name) == "possible"


@pytest.mark.parametrize("name", ["Lể Thị Mai", "Thị Mai", "Hương Niê"])
def test_a_name_without_a_family_name_in_its_place_is_unlikely(name: str) -> None:
    assert likelihood(name) == "unlikely"


def test_a_name_with_letters_of_no_syllable_is_unlikely() -> None:
    assert likelihood("Đinh Grưk") == "unlikely"


def test_a_middle_name_that_is_nearly_always_misread_is_unlikely() -> None:
    assert (likelihood("Lê Thi Mai"), likelihood("Lê Mai Thi")) == ("unlikely", "common")


def test_a_family_name_of_two_words_counts_as_one() -> None:
    assert [family_length(name) for name in ("Rơ Châm Nga", "Lê Thị Mai", "Mây Xanh")] == [2, 1, 0]
