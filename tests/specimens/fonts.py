"""The fonts specimens are set in: Liberation, which has the measures of Times New Roman and all Vietnamese letters."""

from functools import cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from pipeline.errors import Misconfigured

PACKAGE = "fonts-liberation2"
"""The one Debian package that the generator needs."""

Face = Literal["Serif", "Sans", "Mono"]

_FOLDERS = tuple(Path("/usr/share/fonts/truetype") / name for name in ("liberation2", "liberation"))

LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵfjwz"
    "0123456789 .,;:/-()'<|²ĕĭŏŭčñ"
)
"""Every letter of Vietnamese, and those that names of minorities add."""


@cache
def font(face: Face, size_px: int, bold: bool = False, italic: bool = False) -> ImageFont.FreeTypeFont:
    """A font of `size_px` pixels an em.

    Raises:
        Misconfigured: the package is not installed; the detail names it.

    """
    style = ("Bold" if bold else "") + ("Italic" if italic else "") or "Regular"
    for folder in _FOLDERS:
        file = folder / f"Liberation{face}-{style}.ttf"
        if file.is_file():
            # Basic layout: letters are precomposed, so shaping would cost time and change nothing.
            return ImageFont.truetype(file, size_px, layout_engine=ImageFont.Layout.BASIC)
    raise Misconfigured("missing_program", PACKAGE)
