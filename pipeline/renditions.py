"""What a paper just read means for papers on file: another scan of the same one, or a newer one of its series.

Nobody is asked to do without an answer here: both papers stay filed until a person says otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from rapidfuzz import fuzz

from pipeline.stages.questions import NEWER, SAME, other_paper_question
from pipeline.stages.same_paper import better_first, compare_papers, same_key
from pipeline.table_ports import PaperChange, Papers, People
from pipeline.vietnamese import fold
from schemas.catalog import DocumentType
from schemas.dossier import OFF_FILE, Paper

ReadPaper = tuple[Paper, tuple[str, ...]]
"""A paper with what each of its pages says."""
_SERIES = ("until_changed", "months")
"""Validity rules of papers that are issued anew when what they say has changed, or their term is over."""
_DOUBT = {"same": 0.5, "newer": 0.5}
_ENOUGH_TEXT = 4000


class OnFile:
    """The papers of an office that a new one may have to do with, and those that are filed together with it."""

    def __init__(self, papers: Papers, people: People) -> None:
        """Args: where they are looked up."""
        self._papers = papers
        self._people = people
        self._together: dict[str, tuple[Paper, Sequence[str]]] = {}
        self._left_out: frozenset[str] = frozenset()

    def leave_out(self, document_ids: Iterable[str]) -> None:
        """These are about to be written anew: what is on file of them says nothing more."""
        self._left_out = frozenset(document_ids)

    def add(self, paper: Paper, texts: Sequence[str]) -> None:
        """A paper that is filed together with those which are compared next; what was added of it before goes."""
        self._together[paper.document_id] = (paper, texts)

    def like(self, paper: Paper) -> tuple[Paper, ...]:
        """Papers of the same type with the same number and date, or of the same owner; not the paper itself."""
        office_id = paper.actor.office_id
        key = same_key(paper)
        found = list(self._papers.alike(office_id, key)) if key else []
        for person in paper.people:
            number = person.number if person.link == "filed" else None
            citizen = self._people.by_number(office_id, number) if number else None
            found += self._papers.of_citizen(office_id, citizen.citizen_id) if citizen else ()
        others = {other.document_id: other for other in found if other.document_id not in self._left_out}
        for other, _ in self._together.values():
            if (key is not None and key == same_key(other)) or _filed_numbers(paper) & _filed_numbers(other):
                others[other.document_id] = other
        others.pop(paper.document_id, None)
        return tuple(other for other in others.values() if other.type == paper.type and _counts(other))

    def alike(self, texts: Sequence[str], other: Paper) -> float | None:
        """Likeness of what a paper says (`texts`) to what another on file says, 0..1; None where they are not kept."""
        _, theirs = self._together.get(other.document_id, (other, None))
        if theirs is None:
            theirs = self._papers.page_texts(other.actor.office_id, other.document_id)
        ours, theirs_text = (fold(" ".join(words))[:_ENOUGH_TEXT] for words in (texts, theirs))
        return fuzz.ratio(ours, theirs_text) / 100 if ours and theirs_text else None


def compare_each(
    read: Sequence[ReadPaper], types: Mapping[str, DocumentType], on_file: OnFile
) -> tuple[tuple[ReadPaper, ...], tuple[PaperChange, ...]]:
    """Papers that are filed together, each compared with those on file and with those before it.

    Args:
        read: the papers with what their pages say, as kept.
        types: the catalogue's types by id.
        on_file: the office's papers.

    Returns:
        The papers in their order; and how other papers on file stand beside them now.

    """
    on_file.leave_out(paper.document_id for paper, _ in read)
    texts_of = {paper.document_id: texts for paper, texts in read}
    compared: dict[str, Paper] = {}
    changes: list[PaperChange] = []
    for paper, texts in read:
        after, others = compare_with_file(paper, texts, types[paper.type], on_file)
        changes += [change for change in others if change.after.document_id not in texts_of]
        among = [change.after for change in others if change.after.document_id in texts_of]
        for one in (*among, after):
            compared[one.document_id] = one
            on_file.add(one, texts_of[one.document_id])
    return tuple((compared[paper.document_id], texts) for paper, texts in read), once_each(changes)


def compare_with_file(
    paper: Paper, texts: Sequence[str], kind: DocumentType, on_file: OnFile
) -> tuple[Paper, tuple[PaperChange, ...]]:
    """The paper with what it is to those on file, and how they stand beside it now.

    Args:
        paper: just read, or just settled by a person.
        texts: what its pages say, as kept.
        kind: its type.
        on_file: the office's papers.

    """
    if not _counts(paper):
        return paper, ()
    same: list[Paper] = []
    older: list[Paper] = []
    for other in on_file.like(paper):
        verdict = compare_papers(paper, other, kind, on_file.alike(texts, other)).verdict
        if f"same.{other.document_id}" in paper.answered or f"same.{paper.document_id}" in other.answered:
            continue
        if verdict == "same":
            same.append(other)
        elif verdict == "ask":
            paper = _with_question(paper, "same", SAME, other.document_id)
        elif _is_newer(paper, other, kind):
            older.append(other)
        elif _is_newer(other, paper, kind):
            paper = _with_question(paper, "newer", NEWER, other.document_id)
    best = better_first([paper, *same])[0].document_id
    paper = as_rendition(paper, best)
    stand = [(other, as_rendition(other, best)) for other in same]
    stand += [(other, _with_question(other, "newer", NEWER, paper.document_id)) for other in older]
    return paper, tuple(PaperChange(before=was, after=now) for was, now in stand if now != was)


def once_each(changes: Sequence[PaperChange]) -> tuple[PaperChange, ...]:
    """One change a paper: where several change one, the last says how it stands, and all their questions stay."""
    merged: dict[str, PaperChange] = {}
    for change in changes:
        earlier = merged.get(change.after.document_id)
        after = change.after
        for question in earlier.after.questions if earlier else ():
            if all(question.part != asked.part for asked in after.questions):
                after = after.model_copy(update={"questions": (*after.questions, question)})
        merged[after.document_id] = change.model_copy(update={"after": after})
    return tuple(merged.values())


def _filed_numbers(paper: Paper) -> set[str]:
    return {person.number for person in paper.people if person.link == "filed" and person.number}


def _counts(paper: Paper) -> bool:
    return paper.state not in OFF_FILE


def as_rendition(paper: Paper, best: str) -> Paper:
    """The paper as one of several scans of which `best` counts."""
    return paper.model_copy(update={"rendition_of": None if paper.document_id == best else best})


def _with_question(paper: Paper, kind: Literal["same", "newer"], reason: str, document_id: str) -> Paper:
    question = other_paper_question(kind, reason, document_id, _DOUBT[kind])
    if question.part in paper.answered or any(asked.part == question.part for asked in paper.questions):
        return paper
    asked = sorted([*paper.questions, question], key=lambda asked: (-asked.urgency, asked.part))
    return paper.model_copy(update={"questions": tuple(asked)})


def _is_newer(paper: Paper, other: Paper, kind: DocumentType) -> bool:
    """Whether `paper` may have taken the place of `other`, a paper of the same people that still holds.

    Papers with a serial number, such as land certificates, each speak of a thing of their own.
    """
    if kind.validity.rule not in _SERIES or other.invalid_state is not None or other.rendition_of is not None:
        return False
    if any(rule.kind == "serial" for rule in kind.fields):
        return False
    owners = [{(p.role, p.number or p.citizen_id) for p in each.people if p.link == "filed"} for each in (paper, other)]
    issued = [each.fields.get("issue_date") for each in (paper, other)]
    sure = [field.value for field in issued if field is not None and not field.needs_review]
    return bool(owners[0]) and owners[0] == owners[1] and len(sure) == 2 and sure[0] > sure[1]
