"""Step 7, beside the fields: stamps, titles and closing words tell what kind of copy a paper says it is.

A paper that says nothing may be an original or a photocopy of one: print alone does not tell, so nothing is claimed.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

from rapidfuzz import fuzz

from pipeline.stages.layout import Row, cue_letters, rows_of, share_of_capitals
from schemas.dossier import CopyKind, CopyKindRead
from schemas.text import PageText

_CERTIFIED = ("chứng thực bản sao đúng với bản chính", "bản sao này đúng với bản chính", "sao y bản chính")
"""Closing words of a certification (NĐ 23/2015, Điều 20; the wording of TT 01/2020 was not read) and of a copy that an
agency made of its own paper (NĐ 30/2020, Điều 25 and 26: as good as the original)."""
_CERTIFIED_NUMBER = re.compile(r"sochungthuc\w{0,30}(?:sct|quyenso)")
_REGISTER_NUMBER = re.compile(r"^(?:so)?\d{1,6}tl[a-z]{2,3}bs$")
"""`Số: 12/TLKS-BS`: a copy of an extract (observed; the extract itself has no `-BS`)."""
_ALIKE = 88.0
_TITLE_PLACE = 0.6
_CAPITALS = 0.7
_REGISTER_TITLES = ("trichluc", "giaykhaisinh", "giaychungtu", "giaychungnhanketho", "giaychungsinh")
"""Papers of civil-status registers of which the office gives out copies (Luật Hộ tịch 2014, Điều 4 and 63)."""


def read_copy_kind(pages: Sequence[PageText]) -> CopyKindRead | None:
    """What kind of copy the paper says it is, with the words that tell it.

    Certification stands on the last page with words on it: a paper that speaks of certified copies on an earlier one is
    not one. A copy from a register names itself so in its title or by its number.

    Args:
        pages: the paper's pages in order.

    Returns:
        None where nothing tells: `BẢN SAO` alone does not say who answers for it.

    """
    written = [page for page in pages if page.words]
    if not written:
        return None
    return _certified(rows_of(written[-1:])) or _from_register(rows_of(written[:1]))


def _certified(rows: Sequence[Row]) -> CopyKindRead | None:
    # The words may run over two rows, beside a seal.
    for row, following in zip_longest(rows, rows[1:]):
        for text in (row.letters, row.letters + (following.letters if following else "")):
            for words in _CERTIFIED:
                wanted = cue_letters(words)
                if len(text) >= len(wanted) and fuzz.partial_ratio(wanted, text, score_cutoff=_ALIKE):
                    return _read("certified_copy", words, row)
            if _CERTIFIED_NUMBER.search(text):
                return _read("certified_copy", "số chứng thực … quyển số", row)
    return None


def _from_register(rows: Sequence[Row]) -> CopyKindRead | None:
    upper = [row for row in rows if row.place < _TITLE_PLACE]
    for row, following in zip_longest(upper, upper[1:]):
        if _REGISTER_NUMBER.match(row.letters):
            return _read("register_extract", row.text, row)
        below = following.letters if following is not None and following.text.lstrip().startswith("(") else ""
        named = row.letters.endswith("bansao") or below.startswith("bansao")
        if named and row.letters.startswith(_REGISTER_TITLES) and share_of_capitals(row.text) >= _CAPITALS:
            return _read("register_extract", "bản sao", row)
    return None


def _read(kind: CopyKind, cue: str, row: Row) -> CopyKindRead:
    return CopyKindRead(kind=kind, cue=cue, page=row.page)
