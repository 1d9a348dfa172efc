"""What is known of written Vietnamese: its syllables, how often each occurs, and how often two stand side by side.

The table `schemas/language/vietnamese.npz` holds counts, no text, taken from 44.5 million syllables of Vietnamese laws,
decrees, circulars and official guidance, long repeated lines counted once. Official texts carry no copyright (Luật Sở
hữu trí tuệ, Art 15). Syllables seen fewer than 30 times and pairs seen fewer than 5 times are left out; pairs cross
neither punctuation nor digits. Some of the texts had been read by machine, so a few misreadings are counted as well.
"""

from collections import defaultdict
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from pipeline.vietnamese import fold, place_tone

PAIR_BITS = 16
"""A pair is numbered `first << PAIR_BITS | second`."""
UNKNOWN = -1
"""Number of a syllable that is not in the table."""

_PAIR_SHARE = 0.95
"""Weight of pair counts against single counts; both tell something of a syllable after a rare one."""
_UNSEEN_COUNT = 0.05
"""How often a syllable that is not in the table is taken to occur, in the same texts."""

Numbers = NDArray[np.int64]
Logs = NDArray[np.float64]


class Language:
    """Syllables by number and the logarithms of their probabilities."""

    def __init__(self, syllables: list[str], counts: Numbers, pairs: Numbers, pair_counts: Numbers) -> None:
        """Args: syllables: NFC, lower case; counts: of each; pairs: sorted; pair_counts: of each pair."""
        self.syllables = syllables
        self._numbers = {syllable: i for i, syllable in enumerate(syllables)}
        self._counts = np.append(counts, _UNSEEN_COUNT)  # the last one answers to UNKNOWN
        self._shares = self._counts / counts.sum()
        self._pairs, self._pair_counts = pairs, pair_counts
        self._alike: dict[str, list[str]] = defaultdict(list)
        for syllable in syllables:
            self._alike[fold(syllable)].append(syllable)

    def number(self, syllable: str) -> int:
        """Number of a lower-case NFC syllable, UNKNOWN for others."""
        return self._numbers.get(syllable, UNKNOWN)

    def differing_in_marks(self, syllable: str) -> list[str]:
        """Known syllables with the same letters under other marks; the two customs of placing a tone do not differ."""
        same_letters = (other for other in self._alike.get(fold(syllable), ()) if len(other) == len(syllable))
        return [other for other in same_letters if place_tone(other) != place_tone(syllable)]

    def most_together(self, first: str, second: str) -> int:
        """How often two folded syllables are neighbours in the counted texts, with the marks that make it most."""
        numbers = [[self._numbers[s] for s in self._alike.get(folded, ())] for folded in (first, second)]
        before, after = (np.array(some, np.int64) for some in numbers)
        return int(self._together(before, after).max(initial=0))

    def log_alone(self, numbers: Numbers) -> Logs:
        """Logarithm of how probable each syllable (n,) is where nothing is known of what stands before it."""
        return np.asarray(np.log(self._shares[numbers]))

    def log_after(self, before: Numbers, numbers: Numbers) -> Logs:
        """Logarithm of how probable each of `numbers` (n,) is after each of `before` (m,): an (m, n) array."""
        after = self._together(before, numbers) / np.maximum(1.0, self._counts[before])[:, None]
        return np.asarray(np.log(_PAIR_SHARE * after + (1 - _PAIR_SHARE) * self._shares[numbers][None, :]))

    def log_each_after(self, before: Numbers, numbers: Numbers) -> Logs:
        """Logarithm of how probable each of `numbers` (n,) is after the one of `before` (n,) in the same place."""
        wanted = (before << PAIR_BITS) | numbers
        after = self._counted(wanted) / np.maximum(1.0, self._counts[before])
        return np.asarray(np.log(_PAIR_SHARE * after + (1 - _PAIR_SHARE) * self._shares[numbers]))

    def _together(self, before: Numbers, after: Numbers) -> Numbers:
        return self._counted((before[:, None] << PAIR_BITS) | after[None, :])

    def _counted(self, wanted: Numbers) -> Numbers:
        places = np.minimum(np.searchsorted(self._pairs, wanted), len(self._pairs) - 1)
        return np.where(self._pairs[places] == wanted, self._pair_counts[places], 0)


def load_language(table: Traversable) -> Language:
    """The language of a table as `tests/language_table.py` makes it."""
    with table.open("rb") as file, np.load(file) as arrays:
        syllables = arrays["syllables"].tobytes().decode().split("\n")
        counts, pairs, pair_counts = (arrays[name].astype(np.int64) for name in ("counts", "pairs", "pair_counts"))
    return Language(syllables, counts, pairs, pair_counts)


@cache
def vietnamese() -> Language:
    """The project's own table, read on first use, in less than 0.1 s."""
    return load_language(files("schemas") / "language" / "vietnamese.npz")
