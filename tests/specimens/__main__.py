"""`python -m tests.specimens FOLDER`: make specimens and print one line a paper, or the demo's dossiers."""

import argparse
import sys
from pathlib import Path

from pipeline.errors import Misconfigured
from tests.specimens.capture import LEVELS
from tests.specimens.demo import make_demo
from tests.specimens.making import TYPES, Specimen, make_specimens


def _names(allowed: tuple[str, ...], text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = set(names) - set(allowed)
    if unknown:
        message = f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(allowed)}"
        raise argparse.ArgumentTypeError(message)
    return names


def main(arguments: list[str]) -> int:
    """Make what is asked for; 0, or 78 when the fonts are missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.specimens", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--papers", type=int, default=len(TYPES), help="how many, the types in turn")
    parser.add_argument("--types", type=lambda text: _names(TYPES, text), default=TYPES)
    parser.add_argument("--levels", type=lambda text: _names(LEVELS, text), default=LEVELS)
    parser.add_argument("--demo", action="store_true", help="the demo's dossiers instead: FOLDER/scans, FOLDER/truth")
    asked = parser.parse_args(arguments)
    try:
        made: tuple[Specimen, ...] | list[Specimen]
        if asked.demo:
            made = make_demo(asked.folder).specimens
        else:
            made = make_specimens(asked.folder, asked.seed, asked.papers, asked.types, asked.levels)
    except Misconfigured as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for specimen in made:
        sys.stdout.write(f"{specimen.file} {specimen.type} {specimen.pages[0].level} {specimen.page_count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
