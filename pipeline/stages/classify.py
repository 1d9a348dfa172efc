"""Step 5: words tell the type of paper.

A title counts where a title stands: in capitals, on lines of its own, in the upper part of the first page. A paper that
only speaks of another one in its text does not become that paper. Form codes and phrases of the body speak too; what
nothing speaks for is `other`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.stages.identifiers import read_card_qr
from pipeline.stages.layout import Row, cells_of, letters, rows_of
from pipeline.stages.secrecy import find_mark
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.text import PageText

OTHER = "other"
TYPE_CERTAIN = 0.8
"""From this confidence on a type needs no person: a full title and one phrase of the body, or most phrases alone."""

_TITLE_PLACE = 0.6
_TITLE_ROWS = 4
_TITLE_ALIKE = 0.84
_SHORT_TITLE_ALIKE = 0.88
_PHRASE_ALIKE = 88.0
_CODE_PLACE = 0.3
_TITLE_WORDS = (
    "giay", "to khai", "don", "phieu", "bien ban", "thong bao", "quyet dinh", "hop dong", "bao cao", "to trinh",
    "chi thi", "ke hoach", "trich luc", "nghi quyet", "cong van", "thong tu", "nghi dinh", "bang", "van ban",
    "xac nhan", "chuong trinh", "huong dan", "danh muc", "phu luc", "cam ket", "so ho khau", "chung chi",
)  # fmt: skip
"""How papers name themselves (NĐ 30/2020/NĐ-CP, Phụ lục III, and counter forms), folded."""


class Classification(Value):
    """The type of a paper, how sure (0..1), and what decided it, in plain words."""

    type: str
    confidence: float
    cues: tuple[str, ...] = ()
    secrecy_doubtful: bool = False
    """Something like a secrecy mark was read; only a person may say whether it is one, and nothing is wiped."""

    @property
    def certain(self) -> bool:
        """Whether the type needs no person."""
        return self.type != OTHER and self.confidence >= TYPE_CERTAIN and not self.secrecy_doubtful


@dataclass(frozen=True)
class _Score:
    type: str
    confidence: float
    cues: tuple[str, ...]


@dataclass(frozen=True)
class _Title:
    """A title found. `alike` is 0..1; `row` the row where it begins."""

    printed: str
    alike: float
    row: int


def classify(pages: Sequence[PageText], types: Mapping[str, DocumentType]) -> Classification:
    """The type of the paper that these pages are.

    Args:
        pages: the paper's pages in order, blank ones included.
        types: the catalogue's types by id; `other` stands for none of them.

    Returns:
        `other` where nothing decides; its confidence is how sure we are that it is no known paper. A type with
        `secret_stop` wipes the scan, so it takes a clear mark on a paper that is not surely of another type.

    """
    written = [page for page in pages if page.words]
    if not written:
        return Classification(type=OTHER, confidence=0.0)
    found = _by_words(written, types)
    for secret in types.values():
        mark = find_mark(written, secret) if secret.keeping.rule == "secret_stop" else None
        if mark is None:
            continue
        cue = f"dấu {mark[1]}"
        if mark[0] == "clear" and not found.certain:
            return Classification(type=secret.id, confidence=0.99, cues=(cue,))
        return found.model_copy(update={"secrecy_doubtful": True, "cues": (*found.cues, cue)})
    return found


def _by_words(written: Sequence[PageText], types: Mapping[str, DocumentType]) -> Classification:
    """The type that titles, codes and phrases of the written pages speak for."""
    rows = rows_of(written[:1])
    text = "".join(row.letters for row in rows_of(written[:2]))
    known = [kind for kind in types.values() if kind.cues.phrases]
    titles = {kind.id: title for kind in known if (title := _title(kind, rows)) is not None}
    first = min((title.row for title in titles.values()), default=0)
    foreign = not titles and _names_itself(rows)
    scores = [_score(kind, titles.get(kind.id), first, _code(kind, rows, written), text) for kind in known]
    scores = sorted((s for s in scores if not (foreign and s.confidence < 0.95)), key=lambda s: -s.confidence)
    return _decide(scores)


def _decide(scores: Sequence[_Score]) -> Classification:
    best = scores[0].confidence if scores else 0.0
    if best < 0.5:
        return Classification(type=OTHER, confidence=round(1 - best, 3))
    confidence = best
    if len(scores) > 1 and scores[1].confidence > best - 0.1:  # two types fit nearly alike: a person must choose
        confidence = min(best, 0.6)
    return Classification(type=scores[0].type, confidence=round(confidence, 3), cues=scores[0].cues)


def _score(kind: DocumentType, title: _Title | None, first: int, code: str | None, text: str) -> _Score:
    hits = [phrase for phrase in kind.cues.phrases if _says(text, phrase)]
    against = [phrase for phrase in kind.cues.against if _says(text, phrase)]
    share, few = len(hits) / len(kind.cues.phrases), min(1.0, len(hits) / 3)
    cues = [f"“{phrase}”" for phrase in hits]
    if title is not None:
        confidence = (0.75 + 0.14 * few if hits else 0.6) + 0.1 * title.alike
        if title.row > first:
            confidence *= 0.6
        cues.insert(0, f"tiêu đề {title.printed}")
    elif code is not None and hits:
        confidence = 0.7 + 0.2 * few
    else:
        confidence = 0.5 + 0.45 * share if len(hits) >= 4 and share >= 0.6 else 0.3 * share
    if code is not None:
        cues.insert(0, code)
    confidence -= 0.25 * len(against)
    return _Score(kind.id, min(0.99, max(0.0, confidence)), tuple(cues))


def _says(text: str, phrase: str) -> bool:
    """Whether the text has the phrase, a few misread letters allowed in long ones."""
    wanted = letters(phrase)
    if len(wanted) < 8 or len(text) < len(wanted):
        return wanted in text
    return fuzz.partial_ratio(wanted, text, score_cutoff=_PHRASE_ALIKE) > 0


def _code(kind: DocumentType, rows: Sequence[Row], written: Sequence[PageText]) -> str | None:
    """The printed form code, or the QR code of an identity card, that speaks for this type."""
    if any(rule.kind == "qr" for rule in kind.fields):
        payloads = (code.text for page in written for code in page.codes)
        return "mã QR của thẻ" if any(read_card_qr(payload) for payload in payloads) else None
    return next((f"mẫu {code}" for code in kind.title.form_codes if _has_code(rows, code)), None)


def _has_code(rows: Sequence[Row], code: str) -> bool:
    """Whether a line at the top says `Mẫu ...` with this code."""
    wanted = letters(code).removeprefix("mauso")
    for row in rows:
        if row.place < _CODE_PLACE and "mau" in row.letters[:6]:
            following = row.letters.partition(wanted)[2]
            if wanted in row.letters and not (wanted[-1].isdigit() and following[:1].isdigit()):
                return True
    return False


def _title(kind: DocumentType, rows: Sequence[Row]) -> _Title | None:
    """The type's title as the paper's own heading, best reading first."""
    found: list[_Title] = []
    for printed in (kind.title.printed, *kind.title.variants):
        wanted = letters(printed)
        limit = _TITLE_ALIKE if len(wanted) > 14 else _SHORT_TITLE_ALIKE
        for i, text in _headings(rows):
            alike = Levenshtein.normalized_similarity(wanted, text, score_cutoff=limit)
            if alike:
                found.append(_Title(printed, alike, i))
    return max(found, key=lambda title: (title.alike, len(title.printed)), default=None)


def _headings(rows: Sequence[Row]) -> Iterable[tuple[int, str]]:
    """Every run of up to four lines, or cells, in capitals in the upper part; with the number of its first row."""
    upper = [i for i, row in enumerate(rows) if row.place < _TITLE_PLACE and len(row.letters) > 2]
    for position, i in enumerate(upper):
        yield from ((i, cell.letters) for cell in cells_of(rows[i]) if _is_heading(cell))
        joined = ""
        for k in upper[position : position + _TITLE_ROWS]:
            if not _is_heading(rows[k]):
                break
            joined += rows[k].letters
            yield i, joined


def _is_heading(row: Row) -> bool:
    """In capitals, but for a bracketed remark, and not the beginning of a list (`QUYẾT ĐỊNH:`)."""
    signs = [c for c in row.text if c.isalpha()]
    if row.text.rstrip(" .,_|").endswith(":") or not signs:
        return False
    return row.text.lstrip(" -—_.").startswith("(") or sum(c.isupper() for c in signs) >= 0.7 * len(signs)


def _names_itself(rows: Sequence[Row]) -> bool:
    """Whether a heading begins as titles do: the paper is of a type of its own, whatever phrases it shares."""
    starts = tuple(letters(word) for word in _TITLE_WORDS)
    headings = (row for row in rows if row.place < 0.4 and _is_heading(row))
    return any(row.letters.startswith(starts) and len(row.letters) > 5 for row in headings)
