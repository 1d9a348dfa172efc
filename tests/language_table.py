"""Makes `schemas/language/vietnamese.npz` from counts of syllables and of neighbours.

    python -m tests.language_table COUNTS TABLE

COUNTS is a folder with `syllables.tsv.gz` (syllable, count) and `pairs.tsv.gz` (first, second, count), lower-case NFC.
"""

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.stages.language import PAIR_BITS


def make_table(counts: Path, table: Path) -> None:
    """Write the table; the same counts give the same arrays. Pairs with an uncounted syllable are left out."""
    singles = sorted((syllable, int(count)) for syllable, count in _rows(counts / "syllables.tsv.gz"))
    number = {syllable: i for i, (syllable, _) in enumerate(singles)}
    pairs = sorted(
        (number[first] << PAIR_BITS | number[second], int(count))
        for first, second, count in _rows(counts / "pairs.tsv.gz")
        if first in number and second in number
    )
    np.savez_compressed(
        table,
        syllables=np.frombuffer("\n".join(number).encode(), np.uint8),
        counts=np.array([count for _, count in singles], np.uint32),
        pairs=np.array([pair for pair, _ in pairs], np.uint32),
        pair_counts=np.array([count for _, count in pairs], np.uint32),
    )


def _rows(file: Path) -> Iterator[list[str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\n").split("\t") for line in lines)


if __name__ == "__main__":
    make_table(Path(sys.argv[1]), Path(sys.argv[2]))
