"""What the victims are handed: small papers of invented people that were never on paper, so that reading is quick."""

from pathlib import Path

import pikepdf

from tests.digital import Print, write_digital
from tests.unit.plain_papers import BIRTH, CARD

UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")
SECOND_CHILD = (
    BIRTH.replace("TÔN THẤT KHÁNH NHƯ", "TÔN THẤT MINH KHÔI")
    .replace("079320990007", "079220990015")
    .replace("150/2020", "151/2020")
)
THIRD_CHILD = (
    BIRTH.replace("TÔN THẤT KHÁNH NHƯ", "LẦU BÁ THIỆN")
    .replace("079320990007", "079220990023")
    .replace("Tôn Thất Công Nhựt", "Lầu Bá Tường")
    .replace("150/2020", "153/2020")
)


def write_papers(file: Path, *pages: str) -> Path:
    """A PDF whose pages say this."""
    with pikepdf.new() as together:
        for number, text in enumerate(pages):
            alone = write_digital(file.with_name(f"{file.stem}.{number}"), Print(lines=text.strip().splitlines()))
            with pikepdf.open(alone) as page:
                together.pages.extend(page.pages)
            alone.unlink()
        together.save(file, deterministic_id=True)
    return file


def write_pile(folder: Path) -> tuple[Path, Path]:
    """A birth certificate with an identity card behind it, and a certificate whose number cannot be found."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_papers(folder / "mixed.pdf", BIRTH, CARD), write_papers(folder / "unsure.pdf", UNNUMBERED)


def write_pair(folder: Path) -> Path:
    """Two birth certificates in one file."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_papers(folder / "pair.pdf", SECOND_CHILD, THIRD_CHILD)
