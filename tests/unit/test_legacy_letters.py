"""The encodings of before Unicode, letter by letter: 67 small ones and 67 capitals."""

import pytest

from pipeline.stages.legacy_letters import coding_of_font, coding_of_text, to_unicode

PLAIN = "abcdeghiklmnopqrstuvxy"
MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
TCVN3 = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ®"
VNI = (
    "aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä eø eù eû eõ eï eâ eà eá eå eã eä ì í æ ó ò "
    "oø où oû oõ oï oâ oà oá oå oã oä ô ôø ôù ôû ôõ ôï uø uù uû uõ uï ö öø öù öû öõ öï yø yù yû yõ î ñ"
)
VNI_CAPITALS = (
    "AØ AÙ AÛ AÕ AÏ AÊ AÈ AÉ AÚ AÜ AË AÂ AÀ AÁ AÅ AÃ AÄ EØ EÙ EÛ EÕ EÏ EÂ EÀ EÁ EÅ EÃ EÄ Ì Í Æ Ó Ò "
    "OØ OÙ OÛ OÕ OÏ OÂ OÀ OÁ OÅ OÃ OÄ Ô ÔØ ÔÙ ÔÛ ÔÕ ÔÏ UØ UÙ UÛ UÕ UÏ Ö ÖØ ÖÙ ÖÛ ÖÕ ÖÏ YØ YÙ YÛ YÕ Î Ñ"
)


def test_the_letters_of_these_tests_are_all_of_the_alphabet() -> None:
    assert len(set(PLAIN + MARKED)) == 67 + 22
    assert len(set(MARKED)) == 67


def test_small_letters_of_tcvn3_are_told() -> None:
    assert to_unicode(PLAIN + TCVN3, "tcvn3") == PLAIN + MARKED


def test_capitals_of_tcvn3_stand_in_fonts_of_capitals() -> None:
    assert to_unicode(PLAIN + TCVN3, "tcvn3_capitals") == (PLAIN + MARKED).upper()


def test_the_seven_capitals_of_ordinary_tcvn3_fonts_are_told() -> None:
    assert to_unicode("¡¢£¤¥¦§", "tcvn3") == "ĂÂÊÔƠƯĐ"


@pytest.mark.parametrize(("written", "meant"), [(VNI, MARKED), (VNI_CAPITALS, MARKED.upper())])
def test_letters_of_vni_are_told(written: str, meant: str) -> None:
    assert [to_unicode(letter, "vni") for letter in written.split()] == list(meant)


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        (".VnTime", "tcvn3"),
        ("ABCDEF+.VnTime,Bold", "tcvn3"),
        (".VnTimeH", "tcvn3_capitals"),
        ("ABCDEF+.VnArialH-BoldItalic", "tcvn3_capitals"),
        ("VNI-Times", "vni"),
        ("ABCDEF+VNI-Times,Italic", "vni"),
        ("TimesNewRomanPSMT", None),
        ("ABCDEF+Vnoxfont", None),
    ],
)
def test_the_coding_of_a_font_is_in_its_name(name: str, coding: str | None) -> None:
    assert coding_of_font(name) == coding


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc", "tcvn3"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc", "vni"),
        ("Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc", None),
        ("Là bà má và cha, có ì à, hòn đá, xã nhà, cá và gà", None),
        ("Où est passé le café où l'été a été fêté à Genève, là où naît la forêt?", None),
        ("A paper in English without a single mark.", None),
    ],
)
def test_the_coding_of_running_text_shows_in_its_syllables(text: str, coding: str | None) -> None:
    assert coding_of_text(text) == coding
