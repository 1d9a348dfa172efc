"""What may be remembered of papers as they were before a decision, so that it can be taken back."""

from collections.abc import Sequence

from pipeline.table_ports import PaperChange
from schemas.dossier import Paper

_WORDS_MAY_STAY = ("keep", "fields_only")


def may_be_remembered(changes: Sequence[PaperChange]) -> bool:
    """Whether papers may be kept as they were before these changes.

    Not where one proves to be of a kind of which nothing may stay: with it go all that may show something of it.
    """
    return not any(
        change.after.state in ("rejected", "destroyed")
        or (
            change.after.keeping not in _WORDS_MAY_STAY
            and change.before is not None
            and change.before.keeping != change.after.keeping
        )
        for change in changes
    )


def remembered(change: PaperChange) -> Paper | None:
    """The paper of a change as it was, without what may no longer be known of it; None: it was not there."""
    if change.before is None or not is_wordless(change):
        return change.before
    return change.before.model_copy(update={"repairs": ()})


def is_wordless(change: PaperChange) -> bool:
    """Whether the words of its pages may not be kept by now."""
    return change.after.keeping != "keep"
