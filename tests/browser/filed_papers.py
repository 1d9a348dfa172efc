"""Papers that were really digitised, for the pages that show them."""

from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from pipeline.archive import Archive, Handing
from pipeline.incoming import IncomingFile
from schemas.dossier import Paper
from schemas.people import Actor
from tests.specimens.fonts import font

SIZE = (1654, 2339)
"""Width and height of a drawn page, in pixels."""
_LEFT, _TOP, _STEP = 150, 150, 90
_FACE = font("Serif", 44)


class Place(NamedTuple):
    """Where a text was drawn, as fractions of its page."""

    left: float
    top: float
    right: float
    bottom: float


def draw_pages(file: Path, *pages: tuple[str, ...]) -> None:
    """A PDF of pages with these lines, at 200 dpi."""
    drawn = []
    for lines in pages:
        page = Image.new("L", SIZE, 255)
        pen = ImageDraw.Draw(page)
        for number, text in enumerate(lines):
            pen.text((_LEFT, _TOP + _STEP * number), text, font=_FACE, fill=0)
        drawn.append(page)
    drawn[0].save(file, save_all=True, append_images=drawn[1:], resolution=200)


def place_of(lines: tuple[str, ...], text: str) -> Place:
    """Where `text` stands on the page of these lines."""
    number = next(at for at, line in enumerate(lines) if text in line)
    before = lines[number].split(text)[0]
    left, right = (_LEFT + _FACE.getlength(part) for part in (before, before + text))
    top, bottom = (_TOP + _STEP * number + side for side in (_FACE.getbbox(text)[1], _FACE.getbbox(text)[3]))
    return Place(left / SIZE[0], top / SIZE[1], right / SIZE[0], bottom / SIZE[1])


def take_in(archive: Archive, actor: Actor, file: Path) -> Paper:
    """Hand a file in and work it off; the first paper in it."""
    with file.open("rb") as data:
        submission = archive.receive([IncomingFile(file.name, data)], Handing(actor=actor))
    papers = archive.process(submission.submission_id)
    assert papers
    return papers[0][0]
