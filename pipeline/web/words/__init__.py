"""Every word of the pages, Vietnamese first: a module a page, each with its pairs by key in `WORDS`."""

from pipeline.web.words import (
    access_log,
    accounts,
    centre,
    destructions,
    dossier,
    figures,
    frame,
    own_account,
    paper,
    receive,
    review,
    search,
    signing,
    signing_in,
    viewer,
    visit,
    work,
)

PAIRS: dict[str, tuple[str, str]] = {
    **access_log.WORDS,
    **accounts.WORDS,
    **centre.WORDS,
    **destructions.WORDS,
    **dossier.WORDS,
    **figures.WORDS,
    **frame.WORDS,
    **own_account.WORDS,
    **paper.WORDS,
    **receive.WORDS,
    **review.WORDS,
    **search.WORDS,
    **signing.WORDS,
    **signing_in.WORDS,
    **viewer.WORDS,
    **visit.WORDS,
    **work.WORDS,
}
"""The Vietnamese and the English words. A key stands in one module only."""
