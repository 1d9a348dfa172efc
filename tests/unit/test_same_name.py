import unicodedata

import pytest

from pipeline.stages.same_name import Likeness, closest, folded_name, likeness


@pytest.mark.parametrize(
    "name",
    ["LÊ THỊ HÒA", "Lê  Thị Hoà", unicodedata.normalize("NFD", "Lê Thị Hòa"), "lê thị hòa"],
)
def test_case_spaces_form_and_place_of_the_tone_make_no_other_name(name: str) -> None:
    assert likeness(name, "Lê Thị Hòa") == "same"


@pytest.mark.parametrize(
    ("read", "like"),
    [
        ("LE THI HUONG", "unmarked"),
        ("Lê Thị Hưởng", "near"),
        ("Lê Thi Hường", "near"),
        ("Lê Thị Hườug", "near"),
        ("LE THI HUONQ", "near"),
        ("Lê ThịHường", "near"),
        ("Lê Thị Hoa", "different"),
        ("Lê Văn Hường", "different"),
        ("Phan Thị Hường", "different"),
    ],
)
def test_names_are_as_like_as_their_letters(read: str, like: Likeness) -> None:
    assert likeness(read, "Lê Thị Hường") == like


def test_other_marks_and_another_letter_together_make_another_name() -> None:
    assert likeness("Lê Thị Mão", "Lê Thị Mai") == "different"


def test_a_name_is_compared_with_all_that_somebody_bore() -> None:
    assert closest("Lê Thị Mai", ("Lê Ngọc Mai", "Lê Thị Mai")) == "same"
    assert closest("Lê Thị Mai", ()) == "different"


def test_the_long_name_of_an_organisation_may_lose_some_letters() -> None:
    read, known = "CÔNG TY TNHH THƯƠNG MẠI HOA SEM VÀNC", "CÔNG TY TNHH THƯƠNG MẠI HOA SEN VÀNG"
    assert likeness(read, known, organisation=True) == "near"
    assert likeness(read, known) == "different"
    assert likeness("CÔNG TY TNHH MAI LAN", known, organisation=True) == "different"


def test_the_key_for_finding_names_has_no_marks() -> None:
    assert folded_name(" Đỗ  Thị HƯỜNG ") == "do thi huong"
