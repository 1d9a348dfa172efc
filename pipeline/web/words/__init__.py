"""Every word of the pages, Vietnamese first: a module a page, each with its pairs by key in `WORDS`."""

from pipeline.web.words import dossier, frame, paper, signing_in

PAIRS: dict[str, tuple[str, str]] = {**dossier.WORDS, **frame.WORDS, **paper.WORDS, **signing_in.WORDS}
"""The Vietnamese and the English words. A key stands in one module only."""
