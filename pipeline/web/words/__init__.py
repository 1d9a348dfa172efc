"""Every word of the pages, Vietnamese first: a module a page, each with its pairs by key in `WORDS`."""

from pipeline.web.words import (
    dossier,
    frame,
    paper,
    receive,
    signing_in,
    visit,
)

PAIRS: dict[str, tuple[str, str]] = {
    **dossier.WORDS,
    **frame.WORDS,
    **paper.WORDS,
    **receive.WORDS,
    **signing_in.WORDS,
    **visit.WORDS,
}
"""The Vietnamese and the English words. A key stands in one module only."""
