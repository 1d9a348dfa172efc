"""The words of a PDF and where they lie, as poppler finds them: what search and copy in a reader's program would give.

Runs in a parser process only.
"""

import subprocess
import unicodedata
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from pipeline.errors import Misconfigured, ScanRejected

_MOST_BYTES = 32 << 20
"""Ten thousand full pages; more is an attack."""
_PAGE, _LINE, _WORD = "1", "4", "5"
"""Levels of a row in poppler's table, numbered as in Tesseract's."""
_COLUMNS = 12
_NO_LETTERS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
"""Controls, format marks such as the soft hyphen, unassigned and private characters: nobody can search for them."""


class DrawnWord(NamedTuple):
    """A token (NFC) with its box in points, origin top left of the page; `line` is poppler's line, 0-based."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: int


class DrawnPage(NamedTuple):
    """The words of a page in poppler's reading order, and the page's size in points."""

    width: float
    height: float
    words: list[DrawnWord]


def drawn_words(pdf: Path, timeout_s: float) -> list[list[DrawnWord]]:
    """The words of every page in poppler's reading order.

    Visible or not: what is drawn invisibly is text as well. Characters that are no text (private use, controls) are
    left out.

    Args:
        pdf: a PDF without a password.
        timeout_s: poppler is stopped after this.

    Raises:
        ScanRejected: unreadable, when poppler fails, finds more than any paper has, or takes too long.
        Misconfigured: missing_program.
    """
    return [page.words for page in _pages(_table(pdf, (), timeout_s))]


def drawn_page(pdf: Path, page: int, timeout_s: float) -> DrawnPage:
    """The same of page `page` (1-based) alone. Raises: as `drawn_words`, and when there is no such page."""
    found = _pages(_table(pdf, ("-f", str(page), "-l", str(page)), timeout_s))
    if len(found) != 1 or min(found[0].width, found[0].height) <= 0:
        raise ScanRejected("unreadable", f"page {page}")
    return found[0]


def _table(pdf: Path, pages: tuple[str, ...], timeout_s: float) -> str:
    command = ["pdftotext", "-q", "-enc", "UTF-8", "-tsv", *pages, str(pdf), "-"]
    with TemporaryFile() as out:
        try:
            subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, timeout=timeout_s, check=True)
        except FileNotFoundError:
            raise Misconfigured("missing_program", "pdftotext (poppler-utils)") from None
        except subprocess.SubprocessError:
            raise ScanRejected("unreadable", "text of a PDF") from None
        if out.tell() > _MOST_BYTES:
            raise ScanRejected("unreadable", "text of a PDF")
        out.seek(0)
        return out.read().decode("utf-8", errors="replace")


def _pages(table: str) -> list[DrawnPage]:
    pages: list[DrawnPage] = []
    line = -1
    for row in table.split("\n"):  # a word may hold what splitlines() takes for a line's end
        columns = row.split("\t")
        if len(columns) != _COLUMNS:
            continue
        if columns[0] == _PAGE:
            pages.append(DrawnPage(float(columns[8]), float(columns[9]), []))
            line = -1
        elif columns[0] == _LINE:
            line += 1
        elif columns[0] == _WORD and (text := searchable(columns[11])):
            left, top, width, height = (float(number) for number in columns[6:10])
            pages[-1].words.append(DrawnWord(text, left, top, left + width, top + height, line))
    return pages


def searchable(text: str) -> str:
    """The text in NFC without characters that are no text."""
    kept = (
        c
        for c in unicodedata.normalize("NFC", text)
        if unicodedata.category(c) not in _NO_LETTERS and c != "\N{REPLACEMENT CHARACTER}"
    )
    return "".join(kept)
