"""What the page of a paper shows beside its pictures: what was read, whether it holds, who decided what about it."""

from collections.abc import Mapping
from datetime import date

from pipeline.local_time import local_moment
from pipeline.validity import validity
from pipeline.web.views import FieldView, PaperView, Viewer, as_written
from pipeline.web.wording import Language, words
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.decisions import AnyDecision, Confirm, Invalidate, Reuse, SetField, SetOwner, SetType
from schemas.dossier import Paper

_TONES = {"valid": "good", "expired": "bad", "superseded": "bad", "cancelled": "bad", "unknown": "plain"}
_CODES = ("qr", "mrz")
"""Fields that only machines read; what they say stands in the other fields."""


class PlacedField(Value):
    """A field with its name, and the page of the paper, counted from 1, that it was read on."""

    name: str
    field: FieldView
    at: int | None


class HoldingView(Value):
    """Whether the paper holds today, by which rule."""

    tone: str
    text: str
    source: str


class DecidedView(Value):
    """One thing that somebody decided; `what` may be empty where the kind says it all."""

    at: str
    who: str
    kind: str
    what: str


class PaperPage(Value):
    """A paper with what its page tells. `pages` counts its pages; `procedure` is the title of what it was brought for.

    `pictured` tells that pages can be shown; else `unpictured` is why not, and `unpictured_source` where that stands.
    `unsigned`: its copy was confirmed and not signed.
    """

    paper: PaperView
    pages: int
    pictured: bool
    unsigned: bool
    unpictured: str
    unpictured_source: str
    fields: tuple[PlacedField, ...]
    holding: HoldingView
    copy_told: str
    filed: str
    dossier_code: str | None
    procedure: str
    history: tuple[DecidedView, ...]


class PaperPages:
    """Makes the pages of papers."""

    def __init__(self, viewer: Viewer, catalogue: Catalogue, language: Language, names: Mapping[str, str]) -> None:
        """Args: names: of the office's accounts, by login."""
        self._viewer, self._catalogue, self._names = viewer, catalogue, names
        self._words = words(language)

    def page(self, paper: Paper, history: tuple[AnyDecision, ...], confirmer: str | None, day: date) -> PaperPage:
        """The page of a paper on a day.

        Args:
            paper: which is on file.
            history: what was decided about it, oldest first.
            confirmer: the login of who compared it with its original last.
            day: on which it is asked whether the paper holds.

        """
        shown = self._viewer.paper(paper)
        kind, procedure = self._catalogue.types.get(paper.type), self._catalogue.procedures.get(paper.procedure or "")
        may_be_kept = paper.keeping == "keep"
        return PaperPage(
            paper=shown,
            pages=len(paper.source_pages),
            pictured=paper.object_key is not None,
            unsigned=paper.is_unsigned,
            unpictured=self._words["viewer_no_copy" if may_be_kept else f"viewer_{paper.keeping}"],
            unpictured_source="" if may_be_kept or kind is None else kind.keeping.source,
            fields=tuple(
                PlacedField(name=name, field=field, at=_place(paper, field.page))
                for name, field in shown.fields.items()
                if name not in _CODES
            ),
            holding=self._holding(paper, day),
            copy_told=self._copy(paper, confirmer),
            filed=self._words["viewer_filed_by"].format(local_moment(paper.filed_at), self._who(paper.actor.actor_id)),
            dossier_code=paper.dossier_code,
            procedure=procedure.title if procedure else "",
            history=tuple(self._decided(one, paper) for one in reversed(history)),
        )

    def _holding(self, paper: Paper, day: date) -> HoldingView:
        kind = self._catalogue.types.get(paper.type)
        if kind is None:
            return HoldingView(tone="plain", text=self._words["viewer_holds_unknown"], source="")
        told = validity(kind, paper, day)
        name = "until" if told.state == "valid" and told.until else told.state
        until = told.until.strftime("%d/%m/%Y") if told.until else ""
        return HoldingView(
            tone=_TONES[told.state], text=self._words[f"viewer_holds_{name}"].format(until), source=told.source
        )

    def _copy(self, paper: Paper, confirmer: str | None) -> str:
        kind = self._words[f"copy_{paper.copy_kind or 'unknown'}"]
        if paper.confirmed_at is None:
            return f"{kind}; {self._words['not_compared']}"
        compared = self._words["viewer_compared_by"]
        return f"{kind}; {compared.format(self._who(confirmer or ''), local_moment(paper.confirmed_at))}"

    def _decided(self, one: AnyDecision, paper: Paper) -> DecidedView:
        return DecidedView(
            at=local_moment(one.decided_at),
            who=self._who(one.actor.actor_id),
            kind=self._words.get(f"viewer_did_{one.kind}", self._words["viewer_did_other"]),
            what=self._what(one, paper),
        )

    def _what(self, one: AnyDecision, paper: Paper) -> str:
        what = ""
        match one:
            case Confirm():
                what = self._words[f"copy_{one.copy_kind}"]
            case SetType():
                what = self._viewer.title(one.type)
            case SetField():
                value = self._words["viewer_says_nothing"] if one.value is None else as_written(one.value)
                what = f"{self._viewer.label(paper.type, one.name)}: {value}"
            case SetOwner():
                what = _owner(one, paper)
            case Invalidate():
                what = self._words[f"viewer_holds_{one.state}"].format("")
            case Reuse():
                what = one.dossier_code
        return what

    def _who(self, login: str) -> str:
        return self._names.get(login, login)


def _owner(said: SetOwner, paper: Paper) -> str:
    """Whom an officer said the paper is of; empty where it is nobody's, or somebody who is not on it any more."""
    by_entry = (one.name for one in paper.people if said.citizen_id and one.citizen_id == said.citizen_id)
    return said.name or said.personal_id or said.tax_code or said.passport or next(by_entry, None) or ""


def _place(paper: Paper, page: int | None) -> int | None:
    """The page of the paper, from 1, that is this page of its submission."""
    return paper.source_pages.index(page) + 1 if page in paper.source_pages else None
