"""What is spoilt: small files of every kind that hoso reads, hostile ones of our own, and those of a corpus."""

import io
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from PIL import Image

from pipeline.pages import Pixels
from tests import hostile_files
from tests.digital import Print, write_digital
from tests.sheets import TEXT, text_page
from tests.system.formats import WRITERS

_SIZE = (420, 620)
_MOST_BYTES = 1 << 20
"""Larger files of a corpus are left out: most of what is spoilt in them is pixels."""


@cache
def small_seeds() -> dict[str, bytes]:
    """Scans and papers of one small page in each format, by name."""
    seeds = {name: _written(name, writer) for name, writer in WRITERS.items()}
    seeds["scan.pdf"] = hostile_files.scan_pdf(_page())
    seeds["fax.tif"] = _fax()
    seeds["digital.pdf"] = _digital()
    seeds["packed.pdf"] = _packed(seeds["digital.pdf"])
    return seeds


def all_seeds() -> dict[str, bytes]:
    """Those, the hostile ones, and, where HOSO_CORPUS names a folder, the hostile files of that."""
    seeds = dict(small_seeds())
    seeds |= {f"{kind}.pdf": hostile_files.acting(seeds["digital.pdf"], kind) for kind in hostile_files.ACTING}
    seeds |= {f"pdf and {kind}": make(seeds["scan.pdf"]) for kind, make in hostile_files.TWO_KINDS.items()}
    seeds |= {f"{decoder}.pdf": hostile_files.giant_in_pdf(decoder) for decoder in hostile_files.DECODERS}
    seeds["circle.pdf"], seeds["giant.png"] = hostile_files.circular_pages(), hostile_files.giant_png()
    seeds["deep.pdf"], seeds["bomb.pdf"] = hostile_files.deep_pdf(2000), hostile_files.bomb_pdf(200)
    corpus = os.environ.get("HOSO_CORPUS")
    if corpus:
        for folder in ("hostile_pdf", "hostile_img"):
            for file in sorted((Path(corpus) / "real" / folder).iterdir()):
                if file.suffix != ".json" and file.stat().st_size <= _MOST_BYTES:
                    seeds[file.name] = file.read_bytes()
    return seeds


def _page() -> Pixels:
    return text_page(TEXT[:3], size=_SIZE)


def _written(name: str, writer: Callable[[Image.Image, Path], None]) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        writer(Image.fromarray(_page()[:, :, ::-1]), file)
        return file.read_bytes()


def _fax() -> bytes:
    out = io.BytesIO()
    page = Image.fromarray(_page()).convert("1")
    page.save(out, "TIFF", save_all=True, append_images=[page], compression="group4")
    return out.getvalue()


def _digital() -> bytes:
    with TemporaryDirectory() as folder:
        return write_digital(Path(folder) / "a.pdf", Print(TEXT[:3])).read_bytes()


def _packed(pdf: bytes) -> bytes:
    """The same with its objects in streams, as newer programs write."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()
