"""The papers to measure on: a few of each capture level, always the same ones, with what they say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pikepdf

from tests.scoring import PaperTruth, load_papers, load_retyped
from tests.specimens import LEVELS, make_specimens

REAL = "real scans"
_SEED = 1
_SPECIMENS_A_LEVEL = 12


@dataclass(frozen=True)
class Paper:
    """A file with the lines it truly says. `has_text`: it brings a text layer, be it a signature's caption."""

    file: Path
    pages: int
    text: tuple[str, ...]
    has_text: bool


def corpus_papers(corpus: Path, folder: Path, most: int | None) -> dict[str, list[Paper]]:
    """Printed papers of `corpus/dossiers` by capture level, and the retyped pages of `corpus/real/vi_scan_gt`.

    Args:
        corpus: what HOSO_CORPUS names.
        folder: for files with the retyped pages alone.
        most: papers a level; None for all.
    """
    groups = _by_level(load_papers(corpus / "dossiers"), most)
    real = load_retyped(corpus / "real" / "vi_scan_gt")
    groups[REAL] = [_retyped(scan, pages, folder) for scan, pages in sorted(real.items())]
    return groups


def specimen_papers(folder: Path, most: int | None) -> dict[str, list[Paper]]:
    """Printed specimens of the project's own by capture level; `folder` is where they are made."""
    truths: list[PaperTruth] = []
    for level in LEVELS:
        make_specimens(folder / level, _SEED, _SPECIMENS_A_LEVEL, levels=(level,))
        truths.extend(load_papers(folder / level))
    return _by_level(truths, most)


def _by_level(truths: Iterable[PaperTruth], most: int | None) -> dict[str, list[Paper]]:
    levels: dict[str, list[PaperTruth]] = defaultdict(list)
    for truth in truths:
        if truth.printed:
            levels[truth.level].append(truth)
    known = [level for level in LEVELS if level in levels]
    return {level: [_paper(truth) for truth in _some(levels[level], most)] for level in known}


def _some(truths: Sequence[PaperTruth], most: int | None) -> Sequence[PaperTruth]:
    if most is None or len(truths) <= most:
        return truths
    chance = Random(_SEED)  # noqa: S311 chance that can be repeated is the point
    return sorted(chance.sample(truths, most), key=lambda truth: truth.file)


def _paper(truth: PaperTruth) -> Paper:
    return Paper(truth.file, len(truth.rotations), truth.text, has_text=False)


def _retyped(scan: Path, pages: dict[int, tuple[str, ...]], folder: Path) -> Paper:
    """A file of only those pages of a scan that somebody has retyped, so that each page counts."""
    file = folder / scan.name
    with pikepdf.open(scan) as pdf:
        for number in reversed(range(1, len(pdf.pages) + 1)):
            if number not in pages:
                del pdf.pages[number - 1]
        pdf.save(file)
    lines = tuple(line for number in sorted(pages) for line in pages[number])
    return Paper(file, len(pages), lines, has_text=True)
