"""Step 4d: turn the engine's figure for a word into the probability that the word is right.

Engines are sure of misread marks (`quyêt` at 0.96) and doubt right numbers. A logistic regression weighs the figure
with what else speaks for the word: how its marks fit its neighbours, how surely its line was read, whether it is a
known syllable, a number or a name. The weights lie in `schemas/language/confidence.toml`, where `make calibration` puts
them; docs/confidence.svg shows how honest they are.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.kept_as_read import ONE_WORD, apart, kept_as_read
from pipeline.stages.language import UNKNOWN, Numbers, vietnamese
from pipeline.stages.person_names import is_name_word
from pipeline.vietnamese import nfc
from schemas.text import PageText, Word

Features = NDArray[np.float64]

WORD_FEATURES = (
    "one",
    "engine",
    "engine_over_70",
    "engine_over_90",
    "line",
    "number",
    "mixed",
    "notation",
    "unknown",
    "fit",
    "one_spelling",
    "title",
    "capitals",
    "two_letters",
    "odd_signs",
    "repaired",
    "kept",
    "kept_over_90",
    "kept_fit",
    "kept_unnamed",
    "handwritten",
)
"""What a word is judged by, in the order of `word_features`: a value 0..1 or so each.

`engine`: its figure, and how far that exceeds 0.7 and 0.9; `line`: its mean on the rest of the line; `number`, `mixed`:
digits, or anything else that is no word; `notation`: formed as a document's or a dossier's number; `unknown`: no
syllable of the language; `fit`: how much better its marks suit the neighbours than any others; `one_spelling`: there
are no others.
`kept` are words that repair leaves alone because they may be names: for them the engine's figure and the fit have
weights of their own, and `kept_unnamed` is no word of names.
"""

_FIT_LIMIT = 8.0
"""Natural logarithms of probability by which the marks fit better than all others, at most; beyond, all is said."""
_EDGE_SIGNS = " .,;:()[]\"'“”‘’-–—*_|"
_ORDINARY = re.compile(r"[\w.,;:()\[\]/%\"'“”‘’«»+*–—-]*")
_NOTATION = re.compile(
    r"\d{1,6}/(?:\d{4}/)?[A-ZĐ]{2,}[A-ZĐ-]*|(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-[0-9A-Z]{4,8}"
)
"""Numbers of documents (NĐ 30/2020, Phụ lục I) and of dossiers."""
_WORST_SHARE = 10
"""A grade looks at one line in so many."""
_LEAST, _MOST = 0.001, 0.999
"""No word is surer: the papers the weights were fitted on bear out no more."""


def weigh(page: PageText) -> PageText:
    """The page with each word's confidence as the probability, 0..1, that `text` stands on the paper as it is.

    Args:
        page: repaired, with the engine's confidences, which are lost hereby.
    """
    if not page.words:
        return page
    sure = probability(word_features(page), word_weights())
    return page.with_words(
        word.model_copy(update={"confidence": round(float(p), 3)}) for word, p in zip(page.words, sure, strict=True)
    )


def grade(page: PageText) -> float | None:
    """How well the print of a page was read, by its worst lines, since one bad line may hold the name.

    Args:
        page: weighed. What is written by hand does not count, nor do lines without a letter or digit.

    Returns:
        The mean confidence, by letters, of the worst tenth of its lines (one line at least), 0..1; None without lines.
    """
    lines = (line for line in page.lines if any(c.isalnum() for c in line.text))
    by_machine = ([word for word in line.words if not word.handwritten] for line in lines)
    printed = sorted(sureness(words) for words in by_machine if words)
    worst = printed[: max(1, len(printed) // _WORST_SHARE)]
    return round(sum(worst) / len(worst), 3) if worst else None


def sureness(words: Sequence[Word]) -> float:
    """Mean confidence by letters, 0..1: long words weigh more; 0 for no words."""
    letters = sum(len(word.text) for word in words)
    return sum(len(word.text) * word.confidence for word in words) / letters if letters else 0.0


def probability(features: Features, weights: Features) -> Features:
    """Probability (n,) for features (n, k) by a logistic regression of k weights, a little short of 0 and 1."""
    return np.asarray(np.clip(1 / (1 + np.exp(-features @ weights)), _LEAST, _MOST))


@cache
def word_weights() -> Features:
    """The weights of `WORD_FEATURES`."""
    return read_weights("words", WORD_FEATURES)


def read_weights(model: str, names: Sequence[str]) -> Features:
    """The weights of a model in the project's file, in the order of `names`."""
    table = tomllib.loads((files("schemas") / "language" / "confidence.toml").read_text(encoding="utf-8"))
    return np.array([table[model][name] for name in names])


def word_features(page: PageText) -> Features:
    """What speaks for and against each word of a page with words: (n, k), columns as in `WORD_FEATURES`."""
    words = page.words
    found = [ONE_WORD.fullmatch(word.text) for word in words]
    cores = [nfc(match[2].lower()) if match else None for match in found]
    numbers = np.array([vietnamese().number(core) if core else UNKNOWN for core in cores])
    fit, one_spelling = _fit(cores, numbers, _joined(words, found))
    engine = np.array([word.confidence for word in words])
    is_word = np.array([core is not None for core in cores])
    bare = [word.text.strip(_EDGE_SIGNS) for word in words]
    number = np.array([_is_number(text) for text in bare])
    title = is_word & np.array([_is_title(text) for text in bare])
    capitals = is_word & np.array([len(text) > 1 and text.isupper() for text in bare])
    kept = _kept(page)
    over_90 = 10 * np.maximum(0.0, engine - 0.9)
    columns = {
        "one": np.ones(len(words)),
        "engine": engine,
        "engine_over_70": np.maximum(0.0, engine - 0.7),
        "engine_over_90": over_90,
        "line": _rest_of_line(words, engine),
        "number": number,
        "mixed": ~is_word & ~number,
        "notation": np.array([_NOTATION.fullmatch(text) is not None for text in bare]),
        "unknown": is_word & (numbers == UNKNOWN),
        "fit": ~kept * fit,
        "one_spelling": is_word & one_spelling,
        "title": title,
        "capitals": capitals,
        "two_letters": np.array([len(text) == 2 for text in bare]),
        "odd_signs": np.array([_ORDINARY.fullmatch(word.text) is None for word in words]),
        "repaired": np.array([word.repair is not None for word in words]),
        "kept": kept,
        "kept_over_90": kept * over_90,
        "kept_fit": kept * fit,
        "kept_unnamed": kept & (title | capitals) & np.array([not is_name_word(core or "") for core in cores]),
        "handwritten": np.array([word.handwritten for word in words]),
    }
    return np.column_stack([columns[name] for name in WORD_FEATURES]).astype(np.float64)


def _kept(page: PageText) -> NDArray[np.bool_]:
    """Which words repair leaves alone."""
    kept = zip(kept_as_read(page), page.lines, strict=True)
    return np.array([i in some for some, line in kept for i in range(len(line.words))])


def _is_title(text: str) -> bool:
    return text[:1].isupper() and text[1:].islower()


def _is_number(text: str) -> bool:
    return any(c.isdigit() for c in text) and not any(c.isalpha() for c in text)


def _joined(words: Sequence[Word], found: Sequence[re.Match[str] | None]) -> NDArray[np.bool_]:
    """Whether nothing stands between each word and the next one: no sign, no number, no wide gap."""
    joined = np.zeros(len(words), bool)
    for i in range(len(words) - 1):
        one, other = found[i], found[i + 1]
        if one is not None and other is not None and not one[3] and not other[1]:
            joined[i] = words[i].line != words[i + 1].line or not apart(words[i], words[i + 1])
    return joined


@dataclass(frozen=True)
class _Spellings:
    """All spellings of all words, each word's own one first: of which word, and its number in the language."""

    word: Numbers
    number: Numbers


def _spellings(cores: Sequence[str | None], numbers: Numbers) -> _Spellings:
    language, word, number = vietnamese(), list[int](), list[int]()
    for i, core in enumerate(cores):
        if core is not None:
            others = [language.number(other) for other in language.differing_in_marks(core)]
            word += [i] * (1 + len(others))
            number += [int(numbers[i]), *others]
    return _Spellings(np.array(word, np.int64), np.array(number, np.int64))


def _fit(
    cores: Sequence[str | None], numbers: Numbers, joined: NDArray[np.bool_]
) -> tuple[Features, NDArray[np.bool_]]:
    """How much better each word's marks fit its neighbours than any others would, and whether there are no others."""
    language, all_of = vietnamese(), _spellings(cores, numbers)
    word, number = all_of.word, all_of.number
    after_joined = np.append(False, joined[:-1])
    before, following = numbers[np.maximum(word - 1, 0)], numbers[np.minimum(word + 1, len(numbers) - 1)]
    likely = np.where(after_joined[word], language.log_each_after(before, number), language.log_alone(number))
    likely += np.where(joined[word], language.log_each_after(number, following), 0.0)
    own, best_other = np.zeros(len(numbers)), np.full(len(numbers), -np.inf)
    is_own = np.append(True, word[1:] != word[:-1])[: len(word)]
    own[word[is_own]] = likely[is_own]
    np.maximum.at(best_other, word[~is_own], likely[~is_own])
    one_spelling = np.isinf(best_other)
    lead = np.where(one_spelling, 0.0, own - np.where(one_spelling, 0.0, best_other))
    return np.clip(lead / _FIT_LIMIT, -1.0, 1.0), one_spelling


def _rest_of_line(words: Sequence[Word], engine: Features) -> Features:
    """Mean confidence by letters of the other words on each word's line; of the page where it stands alone."""
    weights = np.array([len(word.text) for word in words], np.float64)
    lines = np.unique([word.line for word in words], return_inverse=True)[1]
    letters, sure = np.bincount(lines, weights), np.bincount(lines, weights * engine)
    others = letters[lines] - weights
    page = float((weights * engine).sum() / weights.sum())
    return np.where(others > 0, (sure[lines] - weights * engine) / np.maximum(1.0, others), page)
