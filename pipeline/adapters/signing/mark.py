"""The mark on a signed copy: that it was digitised, by whom and when.

NĐ 137/2024/NĐ-CP, Art 4, asks for letters, the converter's name and the time; TT 01/2023/TT-VPCP, Art 8.1, for name and
time of who signs.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import pikepdf
from pikepdf import Matrix, Name
from pikepdf.canvas import Canvas, Color, Text, TextDirection

from pipeline.adapters.printing import Face, font_files
from pipeline.local_time import VIETNAM

_LETTERS_PT, _HEAD_PT = 10.0, 11.0
"""NĐ 30/2020/NĐ-CP, Phụ lục I: upright letters of 10 points."""
_LEADING, _PADDING_PT = 1.25, 4.0
_LONGEST_LINE_PT = 220.0
_INK = Color(0.05, 0.15, 0.45, 1)
"""Dark blue, so that nobody takes it for print of the paper."""
_HEAD = "BẢN SỐ HÓA"


def draw_mark(converter: str, office: str, at: datetime) -> bytes:
    """The mark as a PDF of one page of its size.

    Args:
        converter: the name of who signs.
        office: what people call the office; "" where it has no name.
        at: when; the mark tells the time of Vietnam with its zone (ISO 8601).

    Raises:
        Misconfigured: (missing_program) no font with Vietnamese letters is installed.
    """
    regular, bold = (Face(file) for file in font_files())
    told = [f"Người số hóa: {converter}", *([f"Cơ quan: {office}"] if office else [])]
    moment = at.astimezone(VIETNAM)
    told.append(f"Thời gian: {moment:%d/%m/%Y %H:%M:%S} {moment.isoformat()[-6:]}")
    lines = [(_HEAD, bold, _HEAD_PT), *((part, regular, _LETTERS_PT) for one in told for part in _cut(one, regular))]
    width = max(face.text_width(text, size) for text, face, size in lines) + 2 * _PADDING_PT
    height = sum(size * _LEADING for _, _, size in lines) + 2 * _PADDING_PT
    canvas = Canvas(page_size=(width, height))
    canvas.do.stroke_color(_INK).line_width(0.8).rect(0.4, 0.4, width - 0.8, height - 0.8, fill=False)
    below = height - _PADDING_PT
    for text, face, size in lines:
        below -= size * _LEADING
        _show(canvas, (text, face, Name.F2 if face is bold else Name.F1, size), (_PADDING_PT, below + size * 0.3))
    canvas.add_font(Name.F1, regular)
    canvas.add_font(Name.F2, bold)
    out = BytesIO()
    pdf: pikepdf.Pdf = canvas.to_pdf()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _show(canvas: Canvas, words: tuple[str, Face, Name, float], at: tuple[float, float]) -> None:
    text, face, name, size = words
    laid = Text(TextDirection.LTR)  # type: ignore[no-untyped-call] # pikepdf left its signature out
    laid.font(name, size).text_transform(Matrix(1, 0, 0, 1, *at))
    laid.show(face.encode(text))
    canvas.do.fill_color(_INK)
    canvas.do.draw_text(laid)


def _cut(text: str, face: Face) -> Sequence[str]:
    """The text in lines that are not too long, cut between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.text_width(longer, _LETTERS_PT) <= _LONGEST_LINE_PT or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
