"""What is said to people of pages: verdicts in words, and what to do about them."""

from collections.abc import Sequence
from typing import Literal

from schemas.base import Value
from schemas.dossier import PageGrade
from schemas.text import Verdict

LookVerdict = Literal[Verdict, "secret", "not_of_this_procedure", "wrong_copy", "back_side_missing", "unreadable"]
"""What a quick look says of a page: what it is like as a copy, or what is wrong with the paper on it.

`low_resolution` and `photo` are no legal copies for how they were made, `wrong_copy` is none for what was copied.
"""

VERDICTS: dict[LookVerdict, tuple[str, str]] = {
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
    "secret": ("có dấu độ mật: không được số hóa ở đây", "marked as secret: it may not be digitised here"),
    "not_of_this_procedure": (
        "không có trong thành phần hồ sơ của thủ tục này",
        "not on the list of papers of this procedure",
    ),
    "wrong_copy": (
        "loại bản sao này không được dùng cho thủ tục này",
        "not a legal copy here: the procedure takes no copy of this kind",
    ),
    "back_side_missing": ("thiếu mặt sau của thẻ", "the back side of the card is missing"),
    "unreadable": ("không mở được trang này", "this page cannot be opened"),
}
"""What each verdict is called, Vietnamese and English. The 200 dpi are those of NĐ 30/2020, Appendix I."""

ADVICE: dict[LookVerdict, tuple[str, str]] = {
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
    "secret": (
        "Hãy bỏ trang này khỏi lượt nộp và xử lý theo quy định về bí mật nhà nước.",
        "Take the page out of what is handed in, and treat it by the rules for state secrets.",
    ),
    "not_of_this_procedure": (
        "Nếu hồ sơ không cần giấy này, hãy bỏ ra và trả lại cho người nộp.",
        "If the dossier does not need it, take it out and give it back.",
    ),
    "wrong_copy": (
        "Hãy đề nghị người nộp xuất trình bản chính, rồi quét bản chính.",
        "Ask for the original, and scan that.",
    ),
    "back_side_missing": ("Hãy quét thêm mặt sau của thẻ.", "Scan the back of the card, too."),
    "unreadable": ("Hãy quét lại trang này.", "Scan this page again."),
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
