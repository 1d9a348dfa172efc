"""What an office has learnt from its people's answers: kinds of fields that ask sooner than hoso asks by itself."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from schemas.catalog import DocumentType
from schemas.decisions import AnyDecision, MachineView, SetField, SetOwner, SetThreshold, SetType
from schemas.dossier import Field
from schemas.review import Reliability

_READ = ("ocr", "check", "two_places")
"""Evidence that a threshold bears on; what a code says is proven by the code."""
_JUST_ABOVE = 0.001
ENOUGH_WRONG = 2
"""Values that had counted as certain and were wrong, from which on an office asks sooner by itself: one may be an
officer's slip."""


def thresholds_of(decided: Iterable[AnyDecision]) -> dict[str, float]:
    """The confidence under which each kind of field asks, from the office's decisions, newest first."""
    found: dict[str, float] = {}
    for decision in decided:
        if isinstance(decision, SetThreshold):
            found.setdefault(decision.field_kind, decision.confidence)
    return found


def ask_sooner(fields: Mapping[str, Field], kind: DocumentType, thresholds: Mapping[str, float]) -> dict[str, Field]:
    """The fields, with a question on each that lies under its kind's threshold; none loses its question."""
    kinds = {rule.name: rule.kind for rule in kind.fields}
    return {name: _asked_below(field, thresholds.get(kinds[name], 0.0)) for name, field in fields.items()}


def reliability(decided: Iterable[AnyDecision], thresholds: Mapping[str, float]) -> tuple[Reliability, ...]:
    """How often each kind of value proved right where people have answered, by kind.

    Only what people looked at is counted: of values that nobody looked at nothing is known.
    """
    seen = [told for decision in decided if (told := _told(decision)) is not None]
    seen.sort(key=lambda told: told[0].kind)
    return tuple(
        _of_kind(kind, list(group), thresholds.get(kind, 0.0))
        for kind, group in groupby(seen, lambda told: told[0].kind)
    )


def _of_kind(kind: str, told: Sequence[tuple[MachineView, bool]], threshold: float) -> Reliability:
    above = [wrong for view, wrong in told if not view.asked]
    misread = [view.confidence for view, wrong in told if wrong and not view.asked and view.evidence in _READ]
    return Reliability(
        kind=kind,
        answers=len(told),
        wrong=sum(wrong for _, wrong in told),
        answers_above=len(above),
        wrong_above=sum(above),
        threshold=threshold,
        proposed=max(threshold, *(min(1.0, sure + _JUST_ABOVE) for sure in misread)) if misread else threshold,
    )


def named_by(decision: SetOwner) -> str | None:
    """What an owner's answer names it by: a number, else the register's entry; None: nobody."""
    return decision.personal_id or decision.tax_code or decision.passport or decision.citizen_id


def _told(decision: AnyDecision) -> tuple[MachineView, bool] | None:
    """What hoso had taken the answer to be, and whether that was wrong."""
    match decision:
        case SetField(machine=MachineView() as view, value=value):
            return view, view.value != value
        case SetType(machine=MachineView() as view, type=value):
            return view, view.value != value
        case SetOwner(machine=MachineView() as view):
            return view, view.value != named_by(decision)
    return None


def _asked_below(field: Field, threshold: float) -> Field:
    if field.needs_review or field.evidence not in _READ or field.confidence >= threshold:
        return field
    return field.model_copy(update={"needs_review": True})
