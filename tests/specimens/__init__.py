"""Specimen dossiers: papers of invented citizens, scanned in five ways, with the truth of what they say.

`make_specimens` makes any number of papers for tests and measurements, `make_demo` the fixed dossiers of the demo.
On the command line: `python -m tests.specimens FOLDER [--seed N] [--papers N] [--types a,b] [--levels a,b] [--demo]`.
"""

from tests.specimens.capture import LEVELS, Level
from tests.specimens.demo import Demo, make_demo
from tests.specimens.making import TYPES, PageTruth, Specimen, make_specimens

__all__ = ["LEVELS", "TYPES", "Demo", "Level", "PageTruth", "Specimen", "make_demo", "make_specimens"]
