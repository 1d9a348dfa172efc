"""Every word of the pages, Vietnamese first: a module a page, each with its pairs by key in `WORDS`."""

from pipeline.web.words import (
    access_log,
    accounts,
    dossier,
    frame,
    own_account,
    paper,
    receive,
    search,
    signing_in,
    viewer,
    visit,
)

PAIRS: dict[str, tuple[str, str]] = {
    **access_log.WORDS,
    **accounts.WORDS,
    **dossier.WORDS,
    **frame.WORDS,
    **own_account.WORDS,
    **paper.WORDS,
    **receive.WORDS,
    **search.WORDS,
    **signing_in.WORDS,
    **viewer.WORDS,
    **visit.WORDS,
}
"""The Vietnamese and the English words. A key stands in one module only."""
