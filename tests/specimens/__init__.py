"""Specimen dossiers: papers of invented citizens, scanned in five ways, with the truth of what they say.

`make_specimens` makes any number of papers for tests and measurements, `make_demo` the fixed dossiers of the demo.
On the command line: `python -m tests.specimens FOLDER [--seed N] [--papers N] [--types a,b] [--levels a,b] [--demo]`.
"""

from tests.specimens.making import LEVELS, TYPES, Specimen, make_specimens

__all__ = ["LEVELS", "TYPES", "Specimen", "make_specimens"]
