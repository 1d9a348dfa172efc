"""How sure a value is: what else on the paper speaks for it or against it, and whether a person must look."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.stages.identifiers import read_personal_number
from pipeline.stages.layout import letters
from pipeline.stages.person_names import likelihood
from schemas.catalog import DocumentType, FieldRule, PersonRule
from schemas.dossier import Evidence, Field
from schemas.text import Box, PageText

REVIEW_BELOW = 0.85
"""Word confidence under which print alone asks a person.

This and the next five were learnt from made-up papers of all types (72 to choose by; 168 and other people's papers to
confirm), with Tesseract 5 and its Vietnamese model. The highest wrong digit in print stood at 0.77.
"""
NAME_SURE = 0.93
"""The same for names, where a single mark matters: misread words that are names as well were as sure as 0.91.

A name with an uncommon word needs this even where it stands in two places: `Sươl` was `Sươi` twice, at 0.9.
"""
RARE_NAME_SURE = 0.95
"""The same for a name with an uncommon word that stands in one place."""
WHOLE_FORM_SURE = 0.6
"""The same for a value that is one word of a form that leaves no room, and that something else on the paper checks.

The engine doubts what is in no dictionary, and print that it misreads loses its form: of 700 dates and personal numbers
in figures none was wrong, 60 of them below 0.85. Figures written by hand were wrong in good form up to 0.94, so the
form alone settles nothing.
"""
NOTATION_SURE = 0.7
"""The same for a document number that is one word with its notation (`12/QĐ-UBND`, or `12/2024` in that year).

None of 140 printed ones was wrong. By hand before a printed notation, the way it is often done, 0.53 was the highest.
"""
NUMBER_ALONE = 0.95
"""From here on a personal number read once, with nothing on the paper to check it by, tells whose the paper is.

None of 285 printed ones was wrong; one by hand was, at 0.94.
"""
BADLY_READ = 0.06
"""Share of words under REVIEW_BELOW from which on a page counts as badly read.

Flat prints of made-up papers had up to 0.05, real state papers on poor scans 0.03 to 0.17. There marks were wrong in
words as sure as 0.96, so names need a second place, and no form makes up for a low confidence.
"""
BY_HAND = 0.5
"""Share of a paper's values under REVIEW_BELOW from which on it is taken for filled in by hand.

So were all papers by hand whose numbers were misread in good form, and hardly one in print.
"""
_CHECKED_FORM = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{12}")
_OF_YEAR = re.compile(r"\d{1,6}/(\d{4})")
_NOTATION = re.compile(r"\d{1,6}/(\d{4}/)?[A-ZĐ]{2,}[A-ZĐ\-]*")


@dataclass
class Draft:
    """A value on its way to a field. `certain`: the evidence needs no good print to be believed."""

    value: str
    confidence: float
    evidence: Evidence = "ocr"
    page: int | None = None
    box: Box | None = None
    rows: set[int] = field(default_factory=set)
    conflict: bool = False
    certain: bool = False
    doubtful: bool = False
    words: str = ""
    """The print it was read from."""

    def agree(self, evidence: Evidence, confidence: float, *, certain: bool) -> None:
        """Something else says the same."""
        if not self.certain:
            self.evidence, self.confidence, self.certain = evidence, confidence, certain

    def field(self) -> Field:
        """The field as filed."""
        return Field(
            value=self.value,
            confidence=round(self.confidence, 3),
            evidence=self.evidence,
            needs_review=self.conflict or self.doubtful,
            page=self.page,
            box=self.box,
        )


def overrule(draft: Draft | None, value: str, evidence: Evidence, *, marks_matter: bool) -> Draft:
    """The value of a code instead of the printed one; a clear print that says otherwise is a conflict.

    Args:
        draft: what was read from print, None if nothing was.
        value: what the code says.
        evidence: `qr` or `mrz`.
        marks_matter: False for names: print loses marks and apostrophes more easily than a code.

    """
    made = Draft(value=value, confidence=0.99, evidence=evidence, certain=True)
    if draft is not None:
        same = draft.value == value if marks_matter else letters(draft.value) == letters(value)
        sure = draft.confidence >= REVIEW_BELOW or draft.evidence in ("qr", "mrz")
        made.page, made.box, made.conflict = draft.page, draft.box, not same and sure
    return made


def settle_evidence(document_type: DocumentType, pages: Sequence[PageText], drafts: Mapping[str, Draft]) -> None:
    """Weighs the values of a paper against each other and marks those a person must look at."""
    bad_pages = {page.number for page in pages if _is_badly_read(page)}
    for person in (*document_type.owners, *document_type.mentions):
        _check_person(person, drafts)
    _check_year_of_number(drafts)
    by_hand = document_type.filled_by == "applicant" or _looks_filled_by_hand(drafts)
    for rule in document_type.fields:
        if rule.name in drafts:
            draft = drafts[rule.name]
            draft.doubtful = _is_doubtful(rule, draft, by_hand=by_hand, badly_read=draft.page in bad_pages)


def _looks_filled_by_hand(drafts: Mapping[str, Draft]) -> bool:
    printed = [draft.confidence for draft in drafts.values() if draft.evidence not in ("qr", "mrz")]
    return len(printed) > 1 and sum(sure < REVIEW_BELOW for sure in printed) >= BY_HAND * len(printed)


def _is_badly_read(page: PageText) -> bool:
    words = [word for word in page.words if len(word.text) > 1 and word.text.isalpha()]
    return sum(word.confidence < REVIEW_BELOW for word in words) > BADLY_READ * len(words)


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
            number.conflict = born.conflict = True
    if sex is not None and sex.value != said.sex:
        number.conflict = sex.conflict = True


def _check_year_of_number(drafts: Mapping[str, Draft]) -> None:
    """Civil-status papers are numbered by year (`12/2024`); the date of issue says the same year."""
    number, issued = drafts.get("document_number"), drafts.get("issue_date")
    year = _OF_YEAR.fullmatch(number.value) if number is not None else None
    if number is not None and issued is not None and year is not None and year[1] == issued.value[:4]:
        number.agree("check", number.confidence, certain=False)
        issued.agree("check", issued.confidence, certain=False)


def _is_doubtful(rule: FieldRule, draft: Draft, *, by_hand: bool, badly_read: bool) -> bool:
    if draft.evidence in ("qr", "mrz"):
        return False
    likely = likelihood(draft.value) if rule.kind == "name" else "common"
    if draft.certain:
        return likely == "unlikely" or (likely == "possible" and draft.confidence < NAME_SURE)
    if by_hand or likely == "unlikely":
        return True
    if rule.kind == "name":
        return badly_read or draft.confidence < (NAME_SURE if likely == "common" else RARE_NAME_SURE)
    return draft.confidence < (REVIEW_BELOW if badly_read else _sure_by_form(rule, draft))


def _sure_by_form(rule: FieldRule, draft: Draft) -> float:
    """The confidence that settles the value, given what its form and a check besides the print say for it."""
    word, checked = draft.words.strip(" .,;:"), draft.evidence == "check"
    if rule.kind == "document_number" and (checked or _NOTATION.fullmatch(word)):
        return NOTATION_SURE if " " not in word else REVIEW_BELOW
    return WHOLE_FORM_SURE if checked and _CHECKED_FORM.fullmatch(word) else REVIEW_BELOW
