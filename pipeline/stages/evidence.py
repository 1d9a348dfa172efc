"""How sure a value is: what else on the paper speaks for it or against it, and whether a person must look."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from pipeline.stages.addresses import read_address
from pipeline.stages.confidence import Features, probability, read_weights
from pipeline.stages.identifiers import read_personal_number
from pipeline.stages.person_names import Likelihood, likelihood
from schemas.catalog import DocumentType, FieldRule, PersonRule
from schemas.dossier import Conflict, ConflictCode, Evidence, Field
from schemas.text import Box, PageText

REVIEW_BELOW = 0.8
"""Probability of its worst word under which print alone asks a person.

This and the next five were learnt from 110 made-up papers of all types, most of them worn, blurred or coarse besides,
with Tesseract 5 and its Vietnamese model. Of 140 printed document numbers above it none was wrong.
"""
CHECKED_DATE_SURE = 0.5
"""The same for a date that something else on the paper checks: of 200 in print none was wrong, however unclear."""
NUMBER_SURE = 0.93
"""The same for a personal number or a date read once: it has no check digit, and one digit makes it another.

Of 400 printed ones above it none was wrong; the highest wrong ones stood at 0.91.
"""
NAME_SURE = 0.95
"""The same for names, where a single mark matters. Of 60 common ones above it none was wrong, nor any above 0.9."""
ADDRESS_SURE = 0.95
"""The same for the worst word of an address: of 109 above it none was wrong, below it 6 of 39."""
RARE_NAME_SURE = 0.99
"""The same for a name with an uncommon word that stands in one place: a misreading may be a name as well."""
RARE_NAME_TWICE_SURE = 0.93
"""The same for one that stands in two places: `Sươl` was `Sươi` twice."""
NUMBER_ALONE = 0.98
"""Confidence of the field from which on a personal number read once, with nothing on the paper to check it by, tells
whose the paper is. It corresponds to a word at 0.97; a wrong one by hand stood at 0.96.
"""
AGAIN_SURE = 0.9
"""Probability from which on a value needs no person, when it was doubted and read again in several sizes.

Of 42 doubted numbers, dates and names of common words above it, on 520 made-up papers, none was wrong; together with
the uncommon names below, of 69, which is at most 4 in 100 of the doubted values with 95 % certainty.
"""
MOST_LOOKS = 0.8
"""Share of the looks that must read the value alike: one of five may fail, at the smallest size or the largest."""
RARE_NAME_AGAIN_SURE = 0.85
"""Probability of the worst word at the first look from which on such a name may have an uncommon word, too.

The engine knows how Vietnamese syllables end, and reads `Sươl` as `Sươi` in every size. Of 27 above it none was wrong;
of 78 below it 4 were, the surest at 0.66.
"""
BADLY_READ = 0.02
"""Share of a page's printed words that must be taken for wrong, from which on it counts as badly read.

Flat prints of made-up papers have up to 0.018, real state papers on poor scans 0.004 to 0.06. There names need a second
place.
"""
BY_HAND = 0.5
"""Share of a paper's values under REVIEW_BELOW from which on it is taken for filled in by hand, whatever its ink says.

So were all papers by hand whose numbers were misread in good form, and hardly one in print.
"""
CODE_CONFIDENCE = 0.99
"""Of what a code says: its error correction or check digits bear it out."""
_OF_YEAR = re.compile(r"\d{1,6}/(\d{4})")
_CODES = ("qr", "mrz")
_LONG = ("address", "issuer", "subject", "signer", "text")
"""Kinds of values that one look cannot confirm: of several lines, or spelled by the rest of the paper."""
_SAME_KIND: tuple[ConflictCode, ...] = ("print", "mrz", "second_place", "words")
"""Conflicts whose value may stand in the field itself."""
FIELD_FEATURES = (
    "one",
    "worst_word",
    "two_places",
    "check",
    "name",
    "rare_name",
    "unlikely_name",
    "conflict",
    "handwritten",
    "again",
    "again_otherwise",
)
"""What a value's probability is computed from; `worst_word` as the logarithm of its odds."""


@dataclass
class Draft:
    """A value on its way to a field.

    `confidence` is the probability of the worst word it stands on; `certain`: the evidence needs no good print to be
    believed; `handwritten`: most of its words are by pen. `conflict`: something is wrong with it, and `conflicts` tell
    what else the paper says, where it does. `guessed`: it was put together from two lines that may not belong together,
    which no look at its letters can tell. `again`: what was read in its place at later looks, None for no such value.
    """

    value: str
    confidence: float
    evidence: Evidence = "ocr"
    page: int | None = None
    box: Box | None = None
    rows: set[int] = field(default_factory=set)
    conflict: bool = False
    conflicts: list[Conflict] = field(default_factory=list)
    certain: bool = False
    doubtful: bool = False
    handwritten: bool = False
    guessed: bool = False
    again: tuple[str | None, ...] = ()

    def agree(self, evidence: Evidence, confidence: float, *, certain: bool) -> None:
        """Something else says the same."""
        if not self.certain:
            self.evidence, self.confidence, self.certain = evidence, confidence, certain

    def contradict(self, code: ConflictCode, value: str, page: int | None = None, box: Box | None = None) -> None:
        """Something else says otherwise."""
        self.conflict = True
        self.conflicts.append(Conflict(code=code, value=value, page=page, box=box))

    @property
    def share_again(self) -> float:
        """The share of later looks, 0..1, that read the same; 0 where there were none."""
        return sum(same_reading(self.value, value) for value in self.again) / max(1, len(self.again))


def same_reading(value: str, other: str | None) -> bool:
    """Whether two readings are one value: case does not matter, marks do."""
    return other is not None and value.casefold() == other.casefold()


def to_field(rule: FieldRule, draft: Draft) -> Field:
    """The field as filed, with the probability that its value is what the paper says."""
    return Field(
        value=draft.value,
        confidence=round(_field_confidence(rule, draft), 3),
        evidence=draft.evidence,
        needs_review=draft.conflict or draft.doubtful,
        handwritten=draft.handwritten,
        page=draft.page,
        box=draft.box,
        conflicts=tuple(draft.conflicts),
        candidates=_candidates(draft),
        parts=_parts(draft.value) if rule.kind == "address" else {},
    )


def _candidates(draft: Draft) -> tuple[str, ...]:
    """Other values that were read in the same place or stand against this one, the most frequent first."""
    others = [value for value in draft.again if value is not None]
    others += [conflict.value for conflict in draft.conflicts if conflict.code in _SAME_KIND]
    counts = Counter(value for value in others if not same_reading(draft.value, value))
    return tuple(value for value, _ in counts.most_common())


def _parts(address: str) -> dict[str, str]:
    found = read_address(address)
    return found[0].parts() if found else {}


def _field_confidence(rule: FieldRule, draft: Draft) -> float:
    if draft.evidence in _CODES:
        return draft.confidence
    return float(probability(field_features(rule, draft)[None, :], field_weights())[0])


def field_features(rule: FieldRule, draft: Draft) -> Features:
    """What speaks for and against a value that was read from print or writing: (k,), as in `FIELD_FEATURES`."""
    sure = min(0.999, max(0.001, draft.confidence))
    likely = likelihood(draft.value) if rule.kind == "name" else "common"
    values = {
        "one": 1.0,
        "worst_word": math.log(sure / (1 - sure)),
        "two_places": draft.evidence == "two_places",
        "check": draft.evidence == "check",
        "name": rule.kind == "name",
        "rare_name": likely == "possible",
        "unlikely_name": likely == "unlikely",
        "conflict": draft.conflict,
        "handwritten": draft.handwritten,
        "again": draft.share_again,
        "again_otherwise": 1 - draft.share_again if draft.again else 0.0,
    }
    return np.array([float(values[name]) for name in FIELD_FEATURES])


@cache
def field_weights() -> Features:
    """The weights of `FIELD_FEATURES`."""
    return read_weights("fields", FIELD_FEATURES)


def overrule(
    draft: Draft | None, value: str, evidence: Evidence, *, same: bool, clear_from: float = REVIEW_BELOW
) -> Draft:
    """The value of a code instead of the one read before; a clear reading that says otherwise is a conflict.

    Args:
        draft: what was read from print or from another code, None if nothing was.
        value: what the code says.
        evidence: `qr` or `mrz`.
        same: whether the draft says so too.
        clear_from: the confidence from which on print that says otherwise is a conflict.
    """
    made = Draft(value=value, confidence=CODE_CONFIDENCE, evidence=evidence, certain=True)
    if draft is not None:
        made.page, made.box = draft.page, draft.box
        if not same and (draft.confidence >= clear_from or draft.evidence in _CODES):
            made.contradict("mrz" if draft.evidence == "mrz" else "print", draft.value, draft.page, draft.box)
    return made


def settle_evidence(document_type: DocumentType, pages: Sequence[PageText], drafts: Mapping[str, Draft]) -> None:
    """Weighs the values of a paper against each other and marks those a person must look at."""
    bad_pages = {page.number for page in pages if _is_badly_read(page)}
    for person in (*document_type.owners, *document_type.mentions):
        _check_person(person, drafts)
    _check_year_of_number(drafts)
    by_hand = _is_by_hand(document_type, drafts)
    for rule in document_type.fields:
        if rule.name in drafts:
            draft = drafts[rule.name]
            draft.doubtful = _is_doubtful(rule, draft, by_hand=by_hand, badly_read=draft.page in bad_pages)


def worth_another_look(document_type: DocumentType, drafts: Mapping[str, Draft]) -> list[tuple[FieldRule, Draft]]:
    """The values that a person would have to look at, and the owners' numbers that nothing on the paper bears out.

    None of a paper that is filled in by hand: there every look reads the same wrong.
    """
    if _is_by_hand(document_type, drafts):
        return []
    owners = {person.personal_id for person in document_type.owners}
    found = []
    for rule in document_type.fields:
        draft = drafts.get(rule.name)
        if draft is None or draft.handwritten or draft.evidence in _CODES or rule.kind in _LONG:
            continue
        alone = rule.name in owners and draft.evidence == "ocr" and _field_confidence(rule, draft) < NUMBER_ALONE
        if draft.conflict or draft.doubtful or alone:
            found.append((rule, draft))
    return found


def settle_looked_at(document_type: DocumentType, rule: FieldRule, draft: Draft) -> None:
    """Weighs a value anew that was read again in its place.

    Number and date in the head of an administrative paper are often put in by pen, which reads alike wrong each time.
    """
    by_pen = document_type.is_administrative and (rule.kind == "document_number" or not rule.labels)
    likely = likelihood(draft.value) if rule.kind == "name" else "common"
    clear = likely == "common" or (likely == "possible" and draft.confidence >= RARE_NAME_AGAIN_SURE)
    if draft.doubtful and draft.share_again >= MOST_LOOKS and clear and not (draft.guessed or by_pen):
        draft.doubtful = _field_confidence(rule, draft) < AGAIN_SURE


def _is_by_hand(document_type: DocumentType, drafts: Mapping[str, Draft]) -> bool:
    # An address has so many words that one of them is doubted on most papers.
    short = {rule.name for rule in document_type.fields if rule.kind != "address"}
    counted = {name: draft for name, draft in drafts.items() if name in short}
    return document_type.filled_by == "applicant" or _looks_filled_by_hand(counted)


def _looks_filled_by_hand(drafts: Mapping[str, Draft]) -> bool:
    printed = [draft.confidence for draft in drafts.values() if draft.evidence not in _CODES]
    return len(printed) > 1 and sum(sure < REVIEW_BELOW for sure in printed) >= BY_HAND * len(printed)


def _is_badly_read(page: PageText) -> bool:
    words = [word for word in page.words if len(word.text) > 1 and word.text.isalpha() and not word.handwritten]
    return sum(1 - word.confidence for word in words) > BADLY_READ * len(words)


def _check_person(person: PersonRule, drafts: Mapping[str, Draft]) -> None:
    """The personal number must be possible, and agree with birth date and sex on the same paper."""
    number = drafts.get(person.personal_id or "")
    if number is None:
        return
    said = read_personal_number(number.value)
    if said is None:
        number.conflict = number.conflict or len(number.value) == 12
        return
    born, sex = drafts.get(person.date_of_birth or ""), drafts.get(person.sex or "")
    if born is not None:
        if int(born.value[:4]) == said.birth_year:
            number.agree("check", number.confidence, certain=False)
            born.agree("check", born.confidence, certain=False)
        else:
            number.contradict("birth_year", born.value, born.page, born.box)
            born.contradict("birth_year", str(said.birth_year), number.page, number.box)
    if sex is not None and sex.value != said.sex:
        number.contradict("sex", sex.value, sex.page, sex.box)
        sex.contradict("sex", said.sex, number.page, number.box)


def _check_year_of_number(drafts: Mapping[str, Draft]) -> None:
    """Civil-status papers are numbered by year (`12/2024`); the date of issue says the same year."""
    number, issued = drafts.get("document_number"), drafts.get("issue_date")
    year = _OF_YEAR.fullmatch(number.value) if number is not None else None
    if number is not None and issued is not None and year is not None and year[1] == issued.value[:4]:
        number.agree("check", number.confidence, certain=False)
        issued.agree("check", issued.confidence, certain=False)


def _is_doubtful(rule: FieldRule, draft: Draft, *, by_hand: bool, badly_read: bool) -> bool:
    if draft.evidence in _CODES:
        return False
    likely = likelihood(draft.value) if rule.kind == "name" else "common"
    if draft.handwritten or likely == "unlikely":
        return True
    if by_hand and draft.evidence == "two_places":
        return True  # one hand is misread twice alike
    if draft.certain:
        return likely == "possible" and draft.confidence < RARE_NAME_TWICE_SURE
    if by_hand or (rule.kind == "name" and badly_read):
        return True
    return draft.confidence < _sure_enough(rule, likely, checked=draft.evidence == "check")


def _sure_enough(rule: FieldRule, likely: Likelihood, *, checked: bool) -> float:
    """The confidence that settles a value of this kind, read once."""
    if rule.kind == "name":
        return NAME_SURE if likely == "common" else RARE_NAME_SURE
    if rule.kind == "address":
        return ADDRESS_SURE
    if rule.kind == "date" and checked:
        return CHECKED_DATE_SURE
    return NUMBER_SURE if rule.kind in ("personal_id", "date", "procedure_code") else REVIEW_BELOW
