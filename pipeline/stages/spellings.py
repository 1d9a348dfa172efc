"""How the words of a paper are spelt elsewhere in it: marks that the engine lost in one place stand in another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.stages.layout import Row, Token
from pipeline.vietnamese import nfc, place_tone

_AROUND = ",.;:()\"'“”"
_AGREED = 1.7
"""Readings of a word, as the sum of their confidences, that settle its spelling where its own reading is not sure."""
_OVERRULED = 3.0
"""The same where its own reading is sure: `Tiên Giang` read surely once, and `Tiền Giang` in four other places."""
_SHARE = 0.75
"""Share of all readings that must agree."""
_SURE = 0.95
_DOUBTED, _GUESSED = 0.5, 0.9
"""A reading that is more likely wrong gives way to one sure one elsewhere; a person is asked all the same."""
TWICE_SURE = 0.97
"""Probability of a spelling that is so settled."""


@dataclass(frozen=True)
class Reading:
    """A word with what it is taken for, and the probability 0..1 that this stands there."""

    token: Token
    text: str
    confidence: float


class Spellings:
    """All words of a paper, found by their letters and those of a neighbour."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Takes the words of the rows in reading order; a line's end does not part neighbours."""
        self._pairs: dict[tuple[str, str], list[tuple[Token, Token]]] = defaultdict(list)
        words = [token for row in rows for token in row.tokens if token.letters]
        for pair in pairwise(words):
            self._pairs[pair[0].letters, pair[1].letters].append(pair)

    def settle(self, readings: Sequence[Reading]) -> list[Reading]:
        """The readings, each spelt as the paper spells that word beside the same neighbour.

        Where the places do not agree the probability is at most the share of the spelling's own.
        """
        return [self._settled(readings, i) for i in range(len(readings))]

    def _settled(self, readings: Sequence[Reading], at: int) -> Reading:
        own = readings[at]
        votes: dict[str, float] = defaultdict(float)
        best: dict[str, float] = {}
        for token in self._same(readings, at):
            spelt = _spelling(token.text)
            votes[spelt] += token.confidence
            best[spelt] = max(best.get(spelt, 0.0), token.confidence)
        if not votes:
            return own
        spelt, weight = max(votes.items(), key=lambda vote: vote[1])
        total = sum(votes.values())
        if spelt == _spelling(own.text):
            sure = TWICE_SURE if weight >= _AGREED and weight >= _SHARE * total else 0.0
            return Reading(own.token, own.text, max(own.confidence, sure))
        enough = _OVERRULED if own.confidence >= _SURE else _AGREED
        if weight >= enough and weight >= _SHARE * total:
            return Reading(own.token, _respelt(own.text, spelt), TWICE_SURE)
        if own.confidence < _DOUBTED and weight >= _SURE:
            return Reading(own.token, _respelt(own.text, spelt), min(_GUESSED, weight / total))
        return Reading(own.token, own.text, min(own.confidence, votes.get(_spelling(own.text), 0.0) / total))

    def _same(self, readings: Sequence[Reading], at: int) -> Iterator[Token]:
        """The words with these letters beside the same neighbour, each once."""
        word = readings[at].token.letters
        found: dict[int, Token] = {}
        if at:
            found |= {id(b): b for _, b in self._pairs[readings[at - 1].token.letters, word]}
        if at + 1 < len(readings):
            found |= {id(a): a for a, _ in self._pairs[word, readings[at + 1].token.letters]}
        yield from found.values()


def _spelling(text: str) -> str:
    return place_tone(nfc(text).lower().strip(_AROUND))


def _respelt(text: str, spelt: str) -> str:
    """The text in this spelling, with its own case and the signs around it."""
    bare = text.strip(_AROUND)
    made = spelt.upper() if bare.isupper() else spelt.capitalize() if bare[:1].isupper() else spelt
    return text.replace(bare, made, 1)
