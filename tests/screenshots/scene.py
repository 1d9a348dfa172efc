"""What a picture is taken of, and how the page gets there."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from tests.specimens.people import Person

SLOW_MS = 120_000
"""Papers are really read on the way, on a machine that may have other work."""


class Scene(NamedTuple):
    """The office that is seen.

    `landowner` has papers on file and comes to the counter, `dossier_code` is one with papers nobody has compared yet,
    which came in one scan, the submission `stack_id`; `to_scan` holds what is fed in, by what it is.
    """

    url: str
    landowner: Person
    dossier_code: str
    stack_id: str
    to_scan: dict[str, Path]

    @property
    def card(self) -> str:
        """What a reader types of the QR code on the landowner's card."""
        born = self.landowner.born.strftime("%d%m%Y")
        return f"{self.landowner.personal_id}||{self.landowner.name}|{born}|{self.landowner.sex}|Hà Nội|01012022"


class Shot(NamedTuple):
    """One state of one page. `reach` leads there from wherever the last shot of the same officer left the browser.

    `name` is the picture's, `route` the page's path as the web process declares it, `login` who looks; None: nobody is
    signed in.
    """

    name: str
    route: str
    reach: Callable[[Page, Scene], None]
    login: str | None = "lan"
