"""A question of the review desk as its page shows it: the answers to choose from, and what speaks for and against."""

from collections.abc import Iterator, Mapping

from pipeline.web.views import Viewer, as_written
from pipeline.web.wording import Language, words
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.dossier import Paper
from schemas.review import Candidate, Question, ReviewItem

_ONE_KEY = 9
"""Digits choose the first nine."""


class Choice(Value):
    """One answer to choose. `value` None: the answer that there is nothing, nobody, no such thing.

    `name` goes with the number of an owner who is new to the register. `grave`: something is wiped by it for good.
    """

    value: str | None
    label: str
    name: str | None = None
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    grave: bool = False


class TypeChoice(Value):
    """A type of the catalogue that may be chosen instead."""

    value: str
    title: str


class Proposed(Value):
    """An owner as the paper names him, to begin with when somebody new is typed."""

    name: str
    number: str


class DeskQuestion(Value):
    """All that the page of a question shows.

    `preset` is whether Enter takes the first choice. `page` counts the paper's
    `pages` from 1. `whose`: the person of whom it is asked.
    `has_place`: it is about a place on the page. `other_id` is the
    paper that it is compared with.
    """

    item_id: str
    document_id: str
    submission_id: str
    subject_id: str
    kind: str
    title: str
    owners: tuple[str, ...]
    asks: str
    whose: str | None
    reason: str
    page: int
    pages: int
    has_picture: bool
    has_place: bool
    choices: tuple[Choice, ...]
    preset: bool
    absent: Choice | None
    typed: str | None
    is_date: bool
    types: tuple[TypeChoice, ...]
    proposed: Proposed | None
    can_rescan: bool
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    other_id: str | None


class Asking:
    """Turns items of the queue into what is shown."""

    def __init__(self, viewer: Viewer, types: Mapping[str, DocumentType], language: Language) -> None:
        """Args: viewer: tells of papers in this language; types: the catalogue's, by id."""
        self._viewer, self._types, self._words = viewer, types, words(language)

    def show(self, item: ReviewItem, paper: Paper, other: Paper | None) -> DeskQuestion:
        """What is shown of an item.

        Args:
            item: the question.
            paper: which it is about.
            other: with which it is compared (`same`, `newer`).

        """
        asked, told = item.question, self._viewer.question(item.question, paper.type)
        return DeskQuestion(
            item_id=item.item_id,
            document_id=item.document_id,
            submission_id=item.submission_id,
            subject_id=item.subject_id,
            kind=asked.kind,
            title=self._viewer.title(paper.type),
            owners=tuple(person.name for person in paper.people if person.name),
            asks=told.asks,
            whose=self._whose(asked, paper),
            reason=told.reason.text,
            page=paper.source_pages.index(asked.page) + 1 if asked.page in paper.source_pages else 1,
            pages=len(paper.source_pages),
            has_picture=paper.object_key is not None or bool(paper.original_keys),
            has_place=asked.box is not None,
            choices=self._choices(asked, told.candidates),
            preset=_is_safe(asked),
            absent=self._absent(asked),
            typed=_begun(asked),
            is_date=self._is_date(asked, paper),
            types=self._all_types() if asked.kind == "type" else (),
            proposed=_proposed(asked, paper),
            can_rescan=asked.reason != "scan_again",
            speaks_for=asked.speaks_for,
            speaks_against=asked.speaks_against,
            other_id=other.document_id if other else None,
        )

    def _choices(self, asked: Question, candidates: tuple[Candidate, ...]) -> tuple[Choice, ...]:
        say = self._words
        match asked.kind:
            case "secrecy":
                secret = Choice(value="yes", label=say["review_secret"], grave=True)
                return (Choice(value="no", label=say["review_not_secret"]), secret)
            case "page":
                return (Choice(value="accept", label=say["review_accept"]),)
            case "same":
                return (
                    Choice(value=asked.name, label=say["review_same"]),
                    Choice(value=None, label=say["review_not_same"]),
                )
            case "newer":
                return tuple(Choice(value=one, label=say[f"review_{one}"]) for one in ("superseded", "valid"))
            case "cut":
                return ()
        known = [one for one in candidates if one.source == "register"]
        read = [one for one in candidates if one.source != "register"][:_ONE_KEY]
        # Many may bear a common name; whom the paper itself names is always among the answers.
        return tuple(self._choice(asked, one) for one in (*known[: _ONE_KEY - len(read)], *read))

    def _choice(self, asked: Question, candidate: Candidate) -> Choice:
        read_owner = asked.kind == "owner" and candidate.source != "register"
        label = candidate.label if asked.kind in ("type", "card", "owner") else None
        if read_owner:
            label = " · ".join(part for part in (candidate.label, candidate.value) if part)
        return Choice(
            value=candidate.value,
            name=candidate.label if read_owner else None,
            label=as_written(label or candidate.value),
            speaks_for=tuple(self._for(asked, candidate)),
            speaks_against=self._traits("review_differs", candidate.differs),
            grave=candidate.value == "scanned_apart",
        )

    def _for(self, asked: Question, candidate: Candidate) -> Iterator[str]:
        """Where it comes from, and how sure that is."""
        say = self._words
        yield from self._traits("review_agrees", candidate.agrees)
        if asked.kind == "owner":
            yield say["review_source_register" if candidate.source == "register" else "review_source_paper_owner"]
        elif asked.kind == "field":
            conflict = say.get(f"conflict_{candidate.label}")
            yield conflict or say.get(f"evidence_{candidate.source}", "")
        if candidate.confidence is not None:
            yield f"{candidate.confidence:.0%} {say['review_sure']}"

    def _traits(self, key: str, traits: tuple[str, ...]) -> tuple[str, ...]:
        if not traits:
            return ()
        return (f"{self._words[key]}: {', '.join(self._words[f'review_trait_{trait}'] for trait in traits)}",)

    def _absent(self, asked: Question) -> Choice | None:
        key = {"field": "review_absent", "owner": "review_nobodys"}.get(asked.kind)
        return Choice(value=None, label=self._words[key]) if key else None

    def _whose(self, asked: Question, paper: Paper) -> str | None:
        """The person on the paper of whom a value is asked; several may stand there under one label."""
        kind = self._types[paper.type]
        if asked.kind == "owner":
            return next((one.name for one in paper.people if one.role == asked.name), None)
        for rule in (*kind.owners, *kind.mentions):
            of_person = (rule.personal_id, rule.passport, rule.tax_code, rule.date_of_birth, rule.sex)
            if asked.kind == "field" and asked.name in of_person and rule.name in paper.fields:
                return paper.fields[rule.name].value
        return None

    def _is_date(self, asked: Question, paper: Paper) -> bool:
        rules = self._types[paper.type].fields if asked.kind == "field" else ()
        return any(rule.kind == "date" for rule in rules if rule.name == asked.name)

    def _all_types(self) -> tuple[TypeChoice, ...]:
        kinds = (one for one in self._types.values() if one.keeping.rule != "secret_stop")
        every = [TypeChoice(value=kind.id, title=self._viewer.title(kind.id)) for kind in kinds]
        return tuple(sorted(every, key=lambda one: one.title.casefold()))


def _is_safe(asked: Question) -> bool:
    """Whether the first answer may be given by one key: it wipes nothing, and more than a name speaks for a person."""
    if asked.kind in ("secrecy", "card", "cut"):
        return False
    first = asked.candidates[0] if asked.candidates else None
    if asked.kind != "owner" or first is None or first.source != "register":
        return True
    return bool({"number", "birth"} & set(first.agrees)) and not first.differs


def _begun(asked: Question) -> str | None:
    """What stands in the field for typing at first; None: nothing can be typed."""
    if asked.kind != "field":
        return None
    return as_written(asked.candidates[0].value) if asked.candidates else ""


def _proposed(asked: Question, paper: Paper) -> Proposed | None:
    if asked.kind != "owner":
        return None
    person = next((one for one in paper.people if one.role == asked.name), None)
    return Proposed(name=(person and person.name) or "", number=(person and person.number) or "")
