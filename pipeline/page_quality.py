"""What is said to people of pages: verdicts in words, and what to do about them."""

from collections.abc import Sequence

from schemas.base import Value
from schemas.dossier import PageGrade
from schemas.text import Verdict

VERDICTS: dict[Verdict, tuple[str, str]] = {
    "good": ("đạt", "good"),
    "low_resolution": (
        "đọc được nhưng không đủ làm bản sao (dưới 200 dpi)",
        "readable but not a legal copy (under 200 dpi)",
    ),
    "photo": ("ảnh chụp: đọc được nhưng không đủ làm bản sao", "a photo: readable but not a legal copy"),
    "cut": ("bị cắt mất chữ ở mép", "cut off at an edge"),
    "blurred": ("mờ", "blurred"),
    "blank": ("trang trắng", "blank"),
    "too_dark": ("quá tối", "too dark"),
}
"""What each verdict is called, Vietnamese and English. The 200 dpi are those of NĐ 30/2020, Appendix I."""

ADVICE: dict[Verdict, tuple[str, str]] = {
    "low_resolution": ("Hãy quét lại ở 300 dpi.", "Scan it again at 300 dpi."),
    "photo": (
        "Hãy quét bằng máy quét, từ 200 dpi trở lên.",
        "Scan it on a scanner, at 200 dpi or more.",
    ),
    "cut": (
        "Hãy đặt cả tờ giấy nằm trong mặt kính rồi quét lại.",
        "Lay the whole sheet on the glass and scan it again.",
    ),
    "blurred": (
        "Hãy lau kính, giữ yên tờ giấy rồi quét lại ở 300 dpi.",
        "Wipe the glass, keep the sheet still and scan it again at 300 dpi.",
    ),
    "blank": ("Nếu trang này có chữ, hãy quét lại.", "If something is written on it, scan it again."),
    "too_dark": ("Hãy tăng độ sáng rồi quét lại.", "Make the scan brighter and repeat it."),
}
"""What a person can do, for verdicts that leave something to be done."""


class AlikePages(Value):
    """Pages of a paper with the same verdict. `grade` is the worst of theirs, None where none was read."""

    pages: tuple[int, ...]
    verdict: Verdict
    grade: float | None


def alike_pages(grades: Sequence[PageGrade]) -> tuple[AlikePages, ...]:
    """The pages grouped by verdict, in the order of each verdict's first page."""
    verdicts = dict.fromkeys(one.verdict for one in grades)
    return tuple(_alike(verdict, [one for one in grades if one.verdict == verdict]) for verdict in verdicts)


def _alike(verdict: Verdict, grades: Sequence[PageGrade]) -> AlikePages:
    worst = min((one.grade for one in grades if one.grade is not None), default=None)
    return AlikePages(pages=tuple(one.page for one in grades), verdict=verdict, grade=worst)
