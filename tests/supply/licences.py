"""The licences of all that runs: `python -m tests.supply.licences` (`make licences`) ends with 1 at one not allowed.

Only what is imported counts: a program that is started, such as Poppler or Tesseract, is told as such.
"""

import sys
from collections.abc import Iterable

from boolean import Expression
from license_expression import ExpressionError, get_spdx_licensing

from tests.supply.parts import Beside, Part, installed_parts, pins

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "Artistic-1.0-Perl",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""LGPL and MPL are of libraries that are taken as they are, each in files of its own."""
BESIDE = {
    "caddy": "Apache-2.0",
    "fonts-liberation2": "OFL-1.1",
    "libgl1": "MIT",
    "libglib2.0-0": "LGPL-2.1-or-later",
    "poppler-utils": "GPL-2.0-or-later",
    "postgres": "PostgreSQL",
    "rustfs/rustfs": "Apache-2.0",
    "tesseract-ocr": "Apache-2.0",
    "tesseract-ocr-vie": "Apache-2.0",
}
"""Programs, fonts and system libraries beside hoso, by package or image."""
_LICENSING = get_spdx_licensing()


def is_allowed(expression: str) -> bool:
    """Whether one may choose allowed licences alone: of `A OR B` one of the two, of `A AND B` both."""
    try:
        parsed = _LICENSING.parse(expression, validate=True)
    except ExpressionError:
        return False
    if parsed is None:  # of an empty one
        return False
    chosen = {symbol: _LICENSING.TRUE if str(symbol) in ALLOWED else _LICENSING.FALSE for symbol in parsed.symbols}
    said: Expression = parsed.subs(chosen, simplify=True)
    return bool(said == _LICENSING.TRUE)


def refused(parts: Iterable[Part]) -> dict[str, str]:
    """The licences that are not allowed, by package; "" where none is told."""
    said = {one.name: one.licence or "" for one in parts}
    return {name: licence for name, licence in said.items() if not licence or not is_allowed(licence)}


def main() -> int:
    """Print the report; 1 where something is not allowed."""
    parts = installed_parts()
    wrong, beside = refused(parts), Beside()
    for one in parts:
        sys.stdout.write(
            f"{'REFUSED' if one.name in wrong else 'ok':8}{one.name} {one.version}: {one.licence or '?'}\n"
        )
    for name in (*(one.name for one in beside.images), *beside.packages):
        sys.stdout.write(f"beside  {name}: {BESIDE.get(name, '?')}\n")
    elsewhere = sorted({name for name, _, _ in pins()} - {one.name for one in parts})
    sys.stdout.write(f"not here, other systems' only: {', '.join(elsewhere) or 'none'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
