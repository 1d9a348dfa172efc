"""Pages as an engine would read them, made from lines of invented text."""

from collections.abc import Collection

from schemas.text import Box, Code, PageText, Word

_LETTER_PX, _HEIGHT_PX, _STEP_PX, _COLUMN_PX, _MIDDLE_PX = 20, 30, 60, 120, 1300


def page(
    text: str,
    *,
    number: int = 1,
    confidence: float = 0.999,
    qr: str | None = None,
    pen: Collection[str] = (),
) -> PageText:
    """A page of these lines; two spaces within a line set columns apart, `>` goes on in the page's right half.

    A word followed by `{0.4}` is read with that confidence, one of `pen` is written by hand. Lines go evenly from top
    to bottom of an A4 page.
    """
    words: list[Word] = []
    for line, content in enumerate(text.strip("\n").splitlines()):
        left = 200.0
        for part in content.strip().split(" "):
            if not part:
                left += _COLUMN_PX
                continue
            if part == ">":
                left = max(left, _MIDDLE_PX)
                continue
            bare, _, sure = part.partition("{")
            width = _LETTER_PX * len(bare)
            top = 150 + _STEP_PX * line
            box = Box(left=left, top=top, right=left + width, bottom=top + _HEIGHT_PX)
            own = float(sure.rstrip("}")) if sure else confidence
            words.append(Word(text=bare, box=box, confidence=own, line=line, handwritten=bare in pen))
            left += width + 10
    codes = (Code(format="QRCode", text=qr, box=Box(left=2000, top=100, right=2200, bottom=300)),) if qr else ()
    return PageText(number=number, width_px=2480, height_px=3508, dpi=300, words=tuple(words), codes=codes)
