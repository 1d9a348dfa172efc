"""How sure a value is: what else on the paper speaks for it or against it, and whether a person must look."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.stages.identifiers import read_personal_number
from pipeline.stages.person_names import likelihood
from pipeline.vietnamese import fold
from schemas.catalog import DocumentType, FieldRule, PersonRule
from schemas.dossier import Evidence, Field
from schemas.text import Box

REVIEW_BELOW = 0.85
"""Word confidence under which print alone asks a person.

Tesseract gives 0.88 to 0.97 to words it read right on flat scans; among printed values of made-up papers every wrong
digit lay below 0.75, and 0.85 keeps a margin to both. A wrong mark in a name may lie above (0.88 and 0.92 were seen),
so a name must also be built of possible syllables.
"""
_SURE_RARE = 0.93
NUMBER_ALONE = 0.93
SURE: dict[str, float] = {"name": 0.8, "date": 0.8, "document_number": 0.8}


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
        marks_matter: False for names: print loses marks more easily than a code.

    """
    made = Draft(value=value, confidence=0.99, evidence=evidence, certain=True)
    if draft is not None:
        same = draft.value == value if marks_matter else fold(draft.value) == fold(value)
        sure = draft.confidence >= REVIEW_BELOW or draft.evidence in ("qr", "mrz")
        made.page, made.box, made.conflict = draft.page, draft.box, not same and sure
    return made


def settle_evidence(document_type: DocumentType, drafts: Mapping[str, Draft]) -> None:
    """Weighs the values of a paper against each other and marks those a person must look at."""
    for person in (*document_type.owners, *document_type.mentions):
        _check_person(person, drafts)
    for rule in document_type.fields:
        if rule.name in drafts:
            drafts[rule.name].doubtful = _is_doubtful(rule, drafts[rule.name], document_type)


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


_NOTATION = re.compile(r"/[A-ZĐ]{2,}[A-ZĐ\-]*$")


def _is_doubtful(rule: FieldRule, draft: Draft, document_type: DocumentType) -> bool:
    if draft.evidence in ("qr", "mrz"):
        return False
    likely = likelihood(draft.value) if rule.kind == "name" else "common"
    if draft.certain and likely == "common":
        return False
    if draft.certain and likely == "possible":
        return draft.confidence < _SURE_RARE
    if rule.kind == "document_number" and rule.pattern and _NOTATION.search(draft.value):
        return draft.confidence < 0.5
    if document_type.filled_by == "applicant" or likely == "unlikely":
        return True
    return draft.confidence < (_SURE_RARE if likely == "possible" else SURE.get(rule.kind, REVIEW_BELOW))
