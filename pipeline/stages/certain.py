"""Whether it is settled what a paper is, and whether pictures of it have done what they were needed for."""

from pipeline.stages.classify import OTHER, TYPE_CERTAIN
from pipeline.stages.questions import CARD, CUT, SECRECY, UNCUT
from schemas.dossier import Paper

_DOUBTS = frozenset({CUT, SECRECY, CARD, UNCUT})


def is_certain(paper: Paper) -> bool:
    """Whether it is settled what the paper is and where it begins and ends, and it is not suspect."""
    typed = "type" in paper.answered or (paper.type != OTHER and paper.type_confidence >= TYPE_CERTAIN)
    return paper.state in ("rejected", "destroyed") or (typed and not _DOUBTS & set(paper.reasons))


def may_stay(paper: Paper) -> bool:
    """Whether pictures of the paper may be kept for good."""
    return paper.keeping == "keep" and paper.state != "destroyed"


def is_wiped(paper: Paper) -> bool:
    """Whether it proved to be secret, or shows pages of one that did: nothing of it may be known."""
    return paper.keeping == "secret_stop"


def is_gone(paper: Paper) -> bool:
    """Whether nothing may be left of it but that it was there."""
    return paper.state == "destroyed" or is_wiped(paper)


def loses_pictures(paper: Paper) -> bool:
    """Whether the paper is surely one of which no picture may be kept for good.

    The picture of an identity card is sensitive data (NĐ 356/2025/NĐ-CP, Điều 4); an office says for each type what it
    keeps (`schemas/document_types`).
    """
    return not may_stay(paper) and is_certain(paper)


def needs_no_pictures(paper: Paper) -> bool:
    """Whether every picture of the paper goes at once: an officer has compared it, or nothing of it may be kept."""
    if paper.state in ("withdrawn", "destroyed"):
        return True
    return loses_pictures(paper) and (paper.confirmed_at is not None or paper.state == "rejected")
