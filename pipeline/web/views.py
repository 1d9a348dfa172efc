"""What the pages and the API show of submissions, papers and hits, in one language."""

import re
from datetime import datetime

from pipeline.deliveries import DELIVERED
from pipeline.digitise import ACTIVE, originals_may_act
from pipeline.keys import page_label
from pipeline.page_quality import ADVICE, VERDICTS, AlikePages, alike_pages
from pipeline.search_words import held_places, query_units
from pipeline.vietnamese import nfc, search_tokens
from pipeline.web.signature_views import SignatureView, SignedView, signature_views, signed_view
from pipeline.web.wording import Language, field_label, pick, question_text, reason, words
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.dossier import (
    Conflict,
    ConflictCode,
    CopyKind,
    Evidence,
    Field,
    InvalidState,
    Lane,
    Paper,
    PaperState,
    Submission,
    SubmissionState,
)
from schemas.people import Mention, PersonOnPaper
from schemas.review import Candidate, Question, QuestionKind
from schemas.search import Hit, SearchPage
from schemas.text import Verdict

_ISO_DATE = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")


class Told(Value):
    """A stable code with its sentence."""

    code: str
    text: str


class PagesView(Value):
    """Pages of a paper with one verdict: `advice` is empty where nothing is to be done.

    `grade` is the share of letters that can be taken for right on the worst lines of the worst of them, 0..1.
    """

    pages_text: str
    verdict: Verdict
    text: str
    advice: str
    grade: float | None


class ConflictView(Value):
    """Something else on the paper that speaks against a value: where it stands, and what it says."""

    code: ConflictCode
    text: str
    value: str
    shown: str
    page: int | None


class FieldView(Value):
    """One value read: `value` as stored, `shown` as people write it; confidence 0..1, pages 1-based."""

    label: str
    value: str
    shown: str
    confidence: float
    evidence: Evidence
    evidence_text: str
    needs_review: bool
    handwritten: bool
    page: int | None
    conflicts: tuple[ConflictView, ...]


class QuestionView(Value):
    """One open question: what is asked, why, where it stands (page of the submission, 1-based), what to choose from."""

    part: str
    kind: QuestionKind
    name: str
    asks: str
    reason: Told
    page: int | None
    candidates: tuple[Candidate, ...]
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


class PaperView(Value):
    """One paper as found. `has_copy`: its PDF can be opened; `originals`: how many can be had; null: no warning."""

    document_id: str
    submission_id: str
    type: str
    title: str
    type_confidence: float
    cues: tuple[str, ...]
    state: PaperState
    state_text: str
    reasons: tuple[Told, ...]
    fields: dict[str, FieldView]
    people: tuple[PersonOnPaper, ...]
    mentions: tuple[Mention, ...]
    source_pages: tuple[int, ...]
    pages_text: str
    grades: tuple[PagesView, ...]
    has_copy: bool
    originals: int
    originals_warning: Told | None
    questions: tuple[QuestionView, ...]
    copy_kind: CopyKind | None
    copy_kind_text: str
    confirmed_at: datetime | None
    signed: SignedView | None
    signatures: tuple[SignatureView, ...] | None
    rendition_of: str | None
    invalid_state: InvalidState | None
    superseded_by: str | None


class SubmissionView(Value):
    """How far a submission is, and what was found. `live`: it will still change by itself."""

    submission_id: str
    state: SubmissionState
    state_text: str
    state_since: datetime
    live: bool
    reason: Told | None
    retry_at: datetime | None
    attempts: int
    lane: Lane
    received_at: datetime
    files: tuple[str, ...]
    pages_done: int
    pages_total: int | None
    papers: tuple[PaperView, ...]


class SubmissionLine(Value):
    """One submission in a list, without its papers and the names of its files."""

    submission_id: str
    state: SubmissionState
    state_text: str
    state_since: datetime
    reason: Told | None
    retry_at: datetime | None
    attempts: int
    lane: Lane
    received_at: datetime
    pages_done: int
    pages_total: int | None


class SubmissionList(Value):
    """Submissions, newest first; `next` goes on behind them, null at the end."""

    submissions: tuple[SubmissionLine, ...]
    next: str | None


class Piece(Value):
    """A part of a passage; `hit`: it matched the query."""

    text: str
    hit: bool


class HitView(Value):
    """One paper that matches, with its passage in parts.

    `pictured`: pages of such papers can be shown. `sensitive`: what it says is shown once it is asked for again, so the
    passage is empty.
    """

    office_id: str
    document_id: str
    type: str
    title: str
    state: PaperState
    state_text: str
    filed_at: datetime
    names: tuple[str, ...]
    page: int | None
    passage: tuple[Piece, ...]
    exact: bool
    pictured: bool
    sensitive: bool


class SearchView(Value):
    """Hits, best first; `next` goes on behind them, null at the end."""

    hits: tuple[HitView, ...]
    next: str | None


class Viewer:
    """Turns what is stored into what is shown."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        """Args: catalogue: gives titles and labels."""
        self._types = catalogue.types
        self._language = language
        self._words = words(language)

    def submission(self, submission: Submission, papers: tuple[Paper, ...]) -> SubmissionView:
        """A submission with its papers."""
        return SubmissionView(
            **dict(self.line(submission)),
            live=submission.state in ("received", "working", "retrying"),
            files=tuple(source.path.rpartition("/")[2] for source in submission.sources),
            papers=tuple(self.paper(paper) for paper in papers),
        )

    def line(self, submission: Submission) -> SubmissionLine:
        """A submission in a list."""
        delivered = submission.state == "done" and submission.reason == DELIVERED
        refused = submission.state == "done" and submission.reason is not None and not delivered
        state = "delivered" if delivered else "refused" if refused else submission.state
        return SubmissionLine(
            submission_id=submission.submission_id,
            state=submission.state,
            state_text=self._words[f"state_{state}"],
            state_since=submission.state_since,
            reason=self._told(submission.reason) if submission.reason and not delivered else None,
            retry_at=submission.retry_at,
            attempts=submission.attempts,
            lane=submission.lane,
            received_at=submission.received_at,
            pages_done=submission.pages_done,
            pages_total=submission.pages_total,
        )

    def paper(self, paper: Paper) -> PaperView:
        """A paper with its fields, in the order of the catalogue where that knows them."""
        kind = self._types.get(paper.type)
        order = {rule.name: place for place, rule in enumerate(kind.fields)} if kind else {}
        names = sorted(paper.fields, key=lambda name: order.get(name, len(order)))
        return PaperView(
            document_id=paper.document_id,
            submission_id=paper.submission_id,
            type=paper.type,
            title=self.title(paper.type),
            type_confidence=paper.type_confidence,
            cues=paper.cues,
            state=paper.state,
            state_text=self._words[f"paper_{paper.state}"],
            reasons=tuple(self._told(code) for code in paper.reasons),
            fields={name: self._field(paper.type, name, paper.fields[name]) for name in names},
            people=paper.people,
            mentions=paper.mentions,
            source_pages=paper.source_pages,
            pages_text=_pages_text(paper.source_pages),
            grades=tuple(self._pages(alike) for alike in alike_pages(paper.grades)),
            has_copy=paper.object_key is not None,
            originals=len(paper.original_keys),
            originals_warning=self._told(ACTIVE) if originals_may_act(paper) else None,
            questions=tuple(self.question(asked, paper.type) for asked in paper.questions),
            copy_kind=paper.copy_kind,
            copy_kind_text=self._words[f"copy_{paper.copy_kind or 'unknown'}"],
            confirmed_at=paper.confirmed_at,
            signed=signed_view(paper.signed, self._language),
            signatures=signature_views(paper.signatures, self._language),
            rendition_of=paper.rendition_of,
            invalid_state=paper.invalid_state,
            superseded_by=paper.superseded_by,
        )

    def question(self, asked: Question, type_id: str) -> QuestionView:
        """A question of a paper of this type, in plain words."""
        label = self.label(type_id, asked.name) if asked.kind == "field" else ""
        return QuestionView(
            part=asked.part,
            kind=asked.kind,
            name=asked.name,
            asks=question_text(asked.kind, label, self._language),
            reason=self._told(asked.reason),
            page=asked.page,
            candidates=tuple(self._candidate(asked, candidate) for candidate in asked.candidates),
            speaks_for=asked.speaks_for,
            speaks_against=asked.speaks_against,
        )

    def _candidate(self, asked: Question, candidate: Candidate) -> Candidate:
        if asked.kind == "type":
            return candidate.model_copy(update={"label": self.title(candidate.value)})
        if candidate.source == "choice":
            return candidate.model_copy(update={"label": self._words[f"choice_{candidate.value}"]})
        return candidate

    def search(self, found: SearchPage, query: str) -> SearchView:
        """Hits with the words of the query marked in their passages."""
        return SearchView(hits=tuple(self._hit(hit, query) for hit in found.hits), next=found.next)

    def _hit(self, hit: Hit, query: str) -> HitView:
        kind = self._types.get(hit.type)
        sensitive = kind is not None and kind.sensitive is not None
        return HitView(
            office_id=hit.office_id,
            document_id=hit.document_id,
            type=hit.type,
            title=self.title(hit.type),
            state=hit.state,
            state_text=self._words[f"paper_{hit.state}"],
            filed_at=hit.filed_at,
            names=hit.names,
            page=hit.page,
            passage=() if sensitive else mark(hit.passage, query),
            exact=hit.exact,
            pictured=kind is None or kind.keeping.rule == "keep",
            sensitive=sensitive,
        )

    def title(self, type_id: str) -> str:
        """What a type of paper is called."""
        kind = self._types.get(type_id)
        title = (kind.title.english if self._language == "en" else kind.title.printed) if kind else ""
        # Papers print their titles in capitals; a list of them reads better without.
        return (title.capitalize() if title.isupper() else title) or self._words["other_paper"]

    def label(self, type_id: str, name: str) -> str:
        """What a field of a type of paper is called."""
        kind = self._types.get(type_id)
        rules = {rule.name: rule for rule in kind.fields} if kind else {}
        labels = {of: field_label(of, rule.names, self._language) for of, rule in rules.items()}
        label = labels.get(name) or field_label(name, (), self._language)
        # A contract asks both sides for the same things: then the heading tells whose it is.
        alike = sum(other == label for of, other in labels.items() if not rules[of].witness) > 1
        section = rules[name].section if name in rules else ()
        return f"{label} – {section[0].strip(' :').capitalize()}" if alike and section else label

    def _field(self, type_id: str, name: str, field: Field) -> FieldView:
        return FieldView(
            label=self.label(type_id, name),
            value=field.value,
            shown=as_written(field.value),
            confidence=field.confidence,
            evidence=field.evidence,
            evidence_text=self._words[f"evidence_{field.evidence}"],
            needs_review=field.needs_review,
            handwritten=field.handwritten,
            page=field.page,
            conflicts=tuple(self._conflict(conflict) for conflict in field.conflicts),
        )

    def _conflict(self, conflict: Conflict) -> ConflictView:
        return ConflictView(
            code=conflict.code,
            text=self._words[f"conflict_{conflict.code}"],
            value=conflict.value,
            shown=as_written(conflict.value),
            page=conflict.page,
        )

    def _pages(self, alike: AlikePages) -> PagesView:
        return PagesView(
            pages_text=_pages_text(alike.pages),
            verdict=alike.verdict,
            text=pick(VERDICTS[alike.verdict], self._language),
            advice=pick(ADVICE[alike.verdict], self._language) if alike.verdict in ADVICE else "",
            grade=alike.grade,
        )

    def _told(self, code: str) -> Told:
        return Told(code=code, text=reason(code, self._language))


def as_written(value: str) -> str:
    """A date as people write it; anything else as it is."""
    return _ISO_DATE.sub(r"\3/\2/\1", value)


def _pages_text(pages: tuple[int, ...]) -> str:
    return page_label(pages).replace(".", ", ")


def mark(passage: str, query: str) -> tuple[Piece, ...]:
    """The passage (as NFC) in parts, with the words of the query marked, whatever their marks and case."""
    text = nfc(passage)
    tokens = search_tokens(text)
    held = held_places([token.folded for token in tokens], query_units(query))
    pieces, done = [], 0
    for place in sorted(held):
        token = tokens[place]
        pieces += [
            Piece(text=text[done : token.start], hit=False),
            Piece(text=text[token.start : token.end], hit=True),
        ]
        done = token.end
    return tuple(piece for piece in (*pieces, Piece(text=text[done:], hit=False)) if piece.text)
