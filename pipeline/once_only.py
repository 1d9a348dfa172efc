"""Which papers of a procedure a citizen still owes, and why: what is on file is not asked for again.

NĐ 107/2021/NĐ-CP (Điều 21a of NĐ 61/2018): who has handed in a paper that may be used again need not hand it in anew.
NQ 66.7/2025/NQ-CP: until 28/2/2027 data of national databases take the place of some papers.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pipeline.errors import NotFound
from pipeline.local_time import local_day
from pipeline.validity import certain_date, validity
from pipeline.vietnamese import fold
from schemas.base import Value
from schemas.catalog import Catalogue, DocumentType, LookUpRule, Procedure, RequiredPaper
from schemas.dossier import Paper
from schemas.once_only import ChecklistRow, HoldingReason, HoldingStatus, PaperValidity, ReuseRefusal, Visit
from schemas.people import Citizen

_BEST_FIRST: tuple[HoldingStatus, ...] = (
    "held", "held_unconfirmed", "wrong_copy", "expired", "superseded", "missing",
)  # fmt: skip
_USABLE = ("held", "held_unconfirmed")
_OWED = ("expired", "superseded", "wrong_copy", "missing")
_STATUS_OF: dict[str, HoldingStatus] = {
    "expired": "expired",
    "superseded": "superseded",
    "cancelled": "expired",
    "unknown": "missing",
}
"""By validity. A cancelled paper has run out of force like an expired one; its reason tells the difference."""


class _Holding(Value):
    """What one paper is worth for one row."""

    status: HoldingStatus
    reason: HoldingReason
    paper: Paper | None = None
    usable_until: date | None = None


class _Looking(Value):
    """What national databases have to do with a row: whether to look there today, and what was found."""

    now: bool
    found: bool
    outcome: Literal["found", "incomplete", "failed"] | None


def checklist(
    procedure: Procedure, catalogue: Catalogue, citizen: Citizen, papers: Sequence[Paper], visit: Visit
) -> tuple[ChecklistRow, ...]:
    """The papers the procedure asks for on the day of the visit, in its order.

    Args:
        procedure: whose list it is; rows that are not in force on the day are left out.
        catalogue: the types of papers, and the rules by which data take their place.
        citizen: whose papers count, in the role each row asks for.
        papers: what is on file with a filed link to the citizen.
        visit: the day, the dossier, and what is known about it.

    Returns:
        One row a paper. A paper nobody has confirmed, or signed where the visit demands it, is `held_unconfirmed`; one
        whose validity cannot be told, or that states another purpose, is never taken for held. A sheet that serves one
        use counts in its own dossier only.

    Raises:
        NotFound: (no_such_condition) the visit answers a question that the procedure does not ask.

    """
    _know_conditions(procedure, visit)
    rows = (row for row in procedure.papers if row.in_force.holds(visit.day))
    current = procedure.verified and procedure.in_force.holds(visit.day)
    known = _with_flags_of_their_records(papers)
    return tuple(
        _row(row, _best_holding(row, catalogue, citizen, known, visit), _looking(row, catalogue, visit), visit, current)
        for row in rows
    )


def _know_conditions(procedure: Procedure, visit: Visit) -> None:
    known = [row.condition.id for row in procedure.papers if row.condition is not None]
    unknown = [condition for condition in visit.conditions if condition not in known]
    if unknown:
        raise NotFound("no_such_condition", f"{', '.join(unknown)}; known: {', '.join(dict.fromkeys(known)) or 'none'}")


def reuse_refusals(
    row: RequiredPaper, catalogue: Catalogue, citizen: Citizen, papers: Sequence[Paper], offered: Paper, visit: Visit
) -> tuple[HoldingReason | ReuseRefusal, ...]:
    """Why a paper on file may not serve a dossier instead of being brought again; () when it may.

    It must be of a type that is kept and used again, owned by the citizen by number in the role asked for, confirmed by
    an officer as no mere photocopy, with its copy on file, valid on the day, for the purpose it states, the newest of
    its kind, and not yet found as data in a national database (NĐ 45/2020/NĐ-CP, Điều 15; TT 01/2023/TT-VPCP, Điều 4).
    """
    (offered,) = (paper for paper in _with_flags_of_their_records(papers) if paper.document_id == offered.document_id)
    kind = catalogue.types[offered.type]
    reasons: list[HoldingReason | ReuseRefusal] = []
    if offered.type not in row.any_of:
        reasons.append("not_asked_for")
    if kind.reuse.reusable == "no" or kind.keeping.rule not in ("keep", "fields_only"):
        reasons.append("not_reusable")
    holding = _holding(row, kind, citizen, offered, visit)
    if holding.status != "held":
        reasons.append(holding.reason)
    if kind.keeping.rule == "keep" and offered.sha256 is None:
        reasons.append("no_copy")
    if any(_is_newer(other, offered, kind) for other in papers):
        reasons.append("newer_on_file")
    if _looking(row, catalogue, visit).found:
        reasons.append("in_database")
    return tuple(reasons)


def _with_flags_of_their_records(papers: Sequence[Paper]) -> tuple[Paper, ...]:
    """Scans of one record hold or fall together: the earliest flag on one of them is a flag on all."""
    ended = [paper for paper in papers if paper.invalid_state is not None]
    ended.sort(key=lambda paper: paper.invalid_from or date.min, reverse=True)
    flagged = {paper.rendition_of or paper.document_id: paper for paper in ended}
    return tuple(_flagged(paper, flagged.get(paper.rendition_of or paper.document_id)) for paper in papers)


def _flagged(paper: Paper, by: Paper | None) -> Paper:
    if by is None:
        return paper
    return paper.model_copy(update={name: getattr(by, name) for name in ("invalid_state", "invalid_from")})


def _row(row: RequiredPaper, holding: _Holding, looking: _Looking, visit: Visit, current: bool) -> ChecklistRow:
    applies = _applies(row, visit)
    if looking.found:
        holding = _Holding(status="look_up", reason="found_in_database")
    elif looking.now and holding.status not in _USABLE:
        holding = _Holding(status="look_up", reason="look_in_database")
    return ChecklistRow(
        id=row.id,
        title=row.title,
        status=holding.status,
        reason=holding.reason,
        document_id=holding.paper.document_id if holding.paper else None,
        document_type=holding.paper.type if holding.paper else None,
        usable_until=holding.usable_until,
        applies=applies,
        condition=row.condition,
        looked_up=looking.outcome,
        demanded=applies == "yes" and current and row.verified and holding.status in _OWED,
        source=row.source,
        verified=row.verified,
    )


def _applies(row: RequiredPaper, visit: Visit) -> Literal["yes", "no", "only_if"]:
    if row.condition is None:
        return "yes"
    answer = visit.conditions.get(row.condition.id)
    if answer is None:
        return "only_if"
    return "yes" if answer else "no"


def _looking(row: RequiredPaper, catalogue: Catalogue, visit: Visit) -> _Looking:
    """Data count from the first to the last day of their rule, by the day on which the officer looked."""
    rules = [] if row.surrendered else [rule for rule in catalogue.look_ups.values() if _is_about(rule, row)]
    looked = [one for one in visit.looked_up if one.component == row.id]
    last = looked[-1] if looked else None
    held_then = last is not None and any(rule.in_force.holds(local_day(last.decided_at)) for rule in rules)
    return _Looking(
        now=last is None and any(rule.in_force.holds(visit.day) for rule in rules),
        found=last is not None and held_then and last.outcome == "found",
        outcome=last.outcome if last else None,
    )


def _is_about(rule: LookUpRule, row: RequiredPaper) -> bool:
    return rule.verified and not set(rule.types).isdisjoint(row.any_of)


def _best_holding(
    row: RequiredPaper, catalogue: Catalogue, citizen: Citizen, papers: Sequence[Paper], visit: Visit
) -> _Holding:
    fitting = [paper for paper in papers if paper.type in row.any_of and paper.state in ("filed", "needs_review")]
    holdings = [_holding(row, catalogue.types[paper.type], citizen, paper, visit) for paper in fitting]
    none = _Holding(status="missing", reason="none_on_file")
    return min(holdings, key=lambda holding: _BEST_FIRST.index(holding.status), default=none)


def _holding(row: RequiredPaper, kind: DocumentType, citizen: Citizen, paper: Paper, visit: Visit) -> _Holding:
    term = validity(kind, paper, visit.day, row.max_age_months)
    status, reason = _worth(row, kind, citizen, paper, visit, term)
    usable = status in _USABLE or status in ("expired", "wrong_copy")
    return _Holding(status=status, reason=reason, paper=paper, usable_until=term.until if usable else None)


def _worth(
    row: RequiredPaper, kind: DocumentType, citizen: Citizen, paper: Paper, visit: Visit, term: PaperValidity
) -> tuple[HoldingStatus, HoldingReason]:
    against = _unfit(row, kind, citizen, paper, visit)
    if against is not None:
        return "missing", against
    if term.reason == "validity_unknown" and _is_of_this_visit(paper, visit):
        return "held_unconfirmed", "validity_unknown"  # it was brought for just this, but no rule says that it holds
    if term.reason is not None:
        return _STATUS_OF[term.state], term.reason
    return _compared(row, paper, visit)


def _compared(row: RequiredPaper, paper: Paper, visit: Visit) -> tuple[HoldingStatus, HoldingReason]:
    """What a paper that fits and holds is worth as a copy."""
    if paper.copy_kind is not None and paper.copy_kind not in row.copy_kinds:
        return "wrong_copy", "copy_kind"
    if paper.state != "filed":
        return "held_unconfirmed", "in_review"
    if paper.confirmed_at is None or paper.copy_kind is None:
        return "held_unconfirmed", "unconfirmed"
    if visit.signatures and paper.is_unsigned:
        return "held_unconfirmed", "unsigned"
    return "held", "confirmed"


def _unfit(
    row: RequiredPaper, kind: DocumentType, citizen: Citizen, paper: Paper, visit: Visit
) -> HoldingReason | None:
    """Why the paper cannot serve this row of this citizen at all, whatever its term."""
    if not _is_owned(row, kind, citizen, paper, visit):
        return "other_role"
    if kind.keeping.rule not in ("keep", "fields_only"):
        return "shown_only"
    if not _is_of_this_visit(paper, visit):
        if row.surrendered:
            return "sheet_itself"
        if kind.validity.rule == "once" or kind.reuse.reusable == "no":
            return "one_use"
    return _other_purpose(row, kind, paper)


def _is_owned(row: RequiredPaper, kind: DocumentType, citizen: Citizen, paper: Paper, visit: Visit) -> bool:
    """In the role asked for; what names nobody (a drawing) is the dossier's it was brought with."""
    brought_for_it = visit.dossier_code is not None and paper.dossier_code == visit.dossier_code
    if not kind.owners or (row.of_another and brought_for_it):
        return brought_for_it
    roles = {person.role for person in paper.people if citizen.owns_as(person)}
    return bool(roles) if row.role is None else row.role in roles


def _is_of_this_visit(paper: Paper, visit: Visit) -> bool:
    if visit.dossier_code is not None:
        return paper.dossier_code == visit.dossier_code
    return paper.dossier_code is None and local_day(paper.filed_at) == visit.day


def _other_purpose(row: RequiredPaper, kind: DocumentType, paper: Paper) -> HoldingReason | None:
    """A paper issued for one purpose serves that one only, so what it is for must be certain."""
    if kind.reuse.purpose_field is None or row.surrendered:
        return None
    stated = paper.fields.get(kind.reuse.purpose_field)
    words = fold(stated.value) if stated is not None and not stated.needs_review else ""
    if not words or "khong" in words.split():  # what it is not for says nothing of what it is for
        return "purpose_unknown"
    fits = any(fold(purpose) in words for purpose in row.purposes)
    return None if fits else "other_purpose"


def _is_newer(other: Paper, offered: Paper, kind: DocumentType) -> bool:
    """Of types that a person has one of at a time the one issued later counts."""
    if (
        kind.validity.rule not in ("months", "printed")
        or other.type != offered.type
        or other.state in ("rejected", "destroyed")
    ):
        return False
    mine, its = certain_date(offered, "issue_date"), certain_date(other, "issue_date")
    return mine is not None and its is not None and its > mine and _owners(other) == _owners(offered)


def _owners(paper: Paper) -> set[tuple[str, str | None]]:
    return {(person.role, person.personal_id) for person in paper.people}
