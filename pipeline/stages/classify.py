"""Step 5: words tell the type of paper.

A title counts where a title stands: in capitals, on lines of its own, in the upper part of the first page. A paper that
only speaks of another one in its text does not become that paper. Form codes and phrases of the body speak too; what
nothing speaks for is `other`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.stages.identifiers import read_card_qr, read_insurance_qr
from pipeline.stages.layout import STATE_LINES, Row, cue_letters, letters, rows_of
from pipeline.stages.secrecy import find_mark
from pipeline.stages.titles import Title, find_title, headings_of, own_names
from pipeline.vietnamese import nfc
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.dossier import OtherType
from schemas.text import PageText

OTHER = "other"
TYPE_CERTAIN = 0.8
"""From this confidence on a type needs no person: a full title and one phrase of the body, or most phrases alone."""

_PHRASE_ALIKE = 88.0
_CODE_PLACE = 0.3
_STATE_PLACE = 0.4
_UNDER_STATE = 0.13
"""What the state's name above a title adds where the type has no phrases; enough for certainty."""
_TELLING_LETTERS = 12
_WORTH_OFFERING = 0.1
"""From this confidence on a type that did not win is offered to a person: a phrase or two speak for it."""
_MOST_OTHERS = 4
_DOUBTFUL = 0.7
"""The most for a title that has a word too many: `... ĐĂNG KÝ LẠI KHAI SINH` is not `... ĐĂNG KÝ KHAI SINH`."""


class Classification(Value):
    """The type of a paper, how sure (0..1), and what decided it, in plain words.

    `others`: what else it may be, the likeliest first, from which a person may choose.
    """

    type: str
    confidence: float
    cues: tuple[str, ...] = ()
    others: tuple[OtherType, ...] = ()
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
class _Said:
    """What a paper says for one type and against it. `below`: another heading that names a paper stands higher."""

    title: Title | None
    below: bool
    code: str | None
    notation: bool
    under_state: bool
    hits: tuple[str, ...]
    against: int


def classify(pages: Sequence[PageText], types: Mapping[str, DocumentType]) -> Classification:
    """The type of the paper that these pages are.

    Args:
        pages: the paper's pages in order, blank ones included.
        types: the catalogue's types by id; `other` stands for none of them.

    Returns:
        `other` where nothing decides; its confidence is how sure we are that it is no known paper. A type with
        `secret_stop` wipes the scan, so it takes a clear mark on a paper of state agencies, or on one that is not
        surely of another type.

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
        if mark[0] == "clear" and (not found.certain or types[found.type].is_administrative):
            return Classification(type=secret.id, confidence=0.99, cues=(cue,))
        return found.model_copy(update={"secrecy_doubtful": True, "cues": (*found.cues, cue)})
    return found


def _by_words(written: Sequence[PageText], types: Mapping[str, DocumentType]) -> Classification:
    """The type that titles, codes and phrases of the written pages speak for."""
    rows = rows_of(written[:1])
    text = "".join(row.letters for row in rows_of(written[:2]))
    known = [kind for kind in types.values() if kind.id != OTHER and kind.keeping.rule != "secret_stop"]
    headings = headings_of(rows)
    titles = _own_titles({kind.id: title for kind in known if (title := find_title(kind, headings)) is not None})
    names = own_names(rows)
    first = min([*names, *(title.heading.start for title in titles.values())], default=0)
    under_state = _is_under_state(rows)
    noted = {kind.id for kind in known if _has_notation(kind, rows)}
    scores = []
    for kind in known:
        said = _Said(
            title=titles.get(kind.id),
            below=titles[kind.id].heading.start > first if kind.id in titles else False,
            code=_code(kind, rows, written),
            notation=kind.id in noted,
            under_state=under_state,
            hits=tuple(phrase for phrase in kind.cues.phrases if says(text, phrase)),
            against=sum(says(text, phrase) for phrase in kind.cues.against)
            + bool(noted and kind.title.notation and kind.id not in noted),
        )
        scores.append(_score(kind, said))
    foreign = not titles and bool(names)
    return _decide(sorted((s for s in scores if not (foreign and s.confidence < 0.95)), key=lambda s: -s.confidence))


def _own_titles(titles: Mapping[str, Title]) -> dict[str, Title]:
    """The titles without those that are only the beginning of another: `THÔNG BÁO` of `THÔNG BÁO DỪNG ...`."""
    return {
        name: title
        for name, title in titles.items()
        if not any(_is_part(title, other) for other in titles.values() if other is not title)
    }


def _is_part(title: Title, other: Title) -> bool:
    if title.heading.start != other.heading.start or not other.exact:
        return False
    if title.is_open != other.is_open:
        return title.is_open
    return len(title.printed) < len(other.printed) and (title.is_open or title.heading.end < other.heading.end)


def _decide(scores: Sequence[_Score]) -> Classification:
    best = scores[0].confidence if scores else 0.0
    others = [
        OtherType(type=score.type, confidence=round(score.confidence, 3))
        for score in scores[: _MOST_OTHERS + 1]
        if score.confidence >= _WORTH_OFFERING
    ]
    if best < 0.5:
        return Classification(type=OTHER, confidence=round(1 - best, 3), others=tuple(others[:_MOST_OTHERS]))
    confidence = best
    if len(scores) > 1 and scores[1].confidence > best - 0.1:  # two types fit nearly alike: a person must choose
        confidence = min(best, 0.6)
    return Classification(
        type=scores[0].type, confidence=round(confidence, 3), cues=scores[0].cues, others=tuple(others[1:])
    )


def _score(kind: DocumentType, said: _Said) -> _Score:
    phrases, weight = kind.cues.phrases, len(said.hits) + (2 if said.notation else 0) + (2 if said.code else 0)
    share, few = len(said.hits) / max(1, len(phrases)), min(1.0, weight / 3)
    cues = [f"“{phrase}”" for phrase in said.hits]
    if said.title is not None:
        confidence = (0.75 + 0.14 * few if weight else 0.6) + 0.1 * said.title.alike
        if not weight and not phrases and said.under_state and _is_telling(said.title):
            confidence += _UNDER_STATE
            cues.append("quốc hiệu phía trên")
        if said.below:
            confidence *= 0.6
        if not said.title.exact:
            confidence = min(confidence, _DOUBTFUL)
        cues.insert(0, f"tiêu đề {said.title.printed}")
    elif said.code is not None and (said.hits or not phrases):
        confidence = 0.7 + 0.2 * min(1.0, len(said.hits) / 3)
    else:
        confidence = 0.5 + 0.45 * share if len(said.hits) >= 4 and share >= 0.6 else 0.3 * share
    if said.notation:
        cues.insert(0, f"ký hiệu {kind.title.notation}")
    if said.code is not None:
        cues.insert(0, said.code)
    return _Score(kind.id, min(0.99, max(0.0, confidence - 0.25 * said.against)), tuple(cues))


def _is_telling(title: Title) -> bool:
    """Whether the title can stand for nothing else: whole, read without an error, and not a short word or two."""
    return not title.is_open and title.alike >= 0.97 and len(letters(title.printed)) >= _TELLING_LETTERS


def _is_under_state(rows: Sequence[Row]) -> bool:
    """Whether the state's name or its motto stands at the top (NĐ 30/2020, Phụ lục I, ô 1)."""
    top = "".join(row.letters for row in rows if row.place < _STATE_PLACE)
    return any(len(top) > len(line) and fuzz.partial_ratio(line, top) >= _PHRASE_ALIKE for line in STATE_LINES)


def _has_notation(kind: DocumentType, rows: Sequence[Row]) -> bool:
    """Whether the number at the top left has the abbreviation of this type: `Số: 07/CT-UBND`."""
    if not kind.title.notation:
        return False
    form = re.compile(rf"/\W{{0,2}}(?:\d{{4}}\W{{1,2}})?{re.escape(kind.title.notation)}\W{{0,2}}-")
    return any(form.search(nfc(row.text)) for row in rows if row.place < _CODE_PLACE and "so" in row.letters[:4])


def says(text: str, phrase: str) -> bool:
    """Whether the text has the phrase, a few misread letters allowed in long ones."""
    wanted = cue_letters(phrase)
    if len(wanted) < 8 or len(text) < len(wanted):
        return wanted in text
    return fuzz.partial_ratio(wanted, text, score_cutoff=_PHRASE_ALIKE) > 0


def _code(kind: DocumentType, rows: Sequence[Row], written: Sequence[PageText]) -> str | None:
    """The printed form code, or the QR code of a card, that speaks for this type."""
    kinds = {rule.kind for rule in kind.fields}
    if "qr" in kinds:
        read = read_insurance_qr if "bhyt_code" in kinds else read_card_qr
        return "mã QR của thẻ" if any(read(code.text) for page in written for code in page.codes) else None
    return next((f"mẫu {code}" for code in kind.title.form_codes if _has_code(rows, code)), None)


def _has_code(rows: Sequence[Row], code: str) -> bool:
    """Whether a line at the top says `Mẫu ...` with this code."""
    wanted = cue_letters(code).removeprefix("mauso")
    for row in rows:
        if row.place < _CODE_PLACE and "mau" in row.letters[:6]:
            following = row.letters.partition(wanted)[2]
            if wanted in row.letters and not (wanted[-1].isdigit() and following[:1].isdigit()):
                return True
    return False
