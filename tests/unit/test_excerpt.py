"""A file without some of its pages: the others untouched, and nothing left of those."""

import io
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.adapters.parser_pool import ParserPool
from pipeline.errors import ScanRejected
from pipeline.pages import ScanFile
from pipeline.settings import Limits
from pipeline.stages.excerpt import write_excerpt

SIZE = (120, 170)


def picture(seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    return Image.fromarray(noise)


def jpeg(seed: int) -> bytes:
    data = io.BytesIO()
    picture(seed).save(data, "JPEG")
    return data.getvalue()


def stack(target: Path, *, shared: bool) -> Path:
    """Three pages with a picture each; `shared`: in one list of pictures, as many scanners write them."""
    with pikepdf.new() as pdf:
        pictures = pikepdf.Dictionary()
        for seed in (1, 2, 3):
            stream = pikepdf.Stream(pdf, jpeg(seed))
            stream.Type, stream.Subtype, stream.Filter = (
                pikepdf.Name.XObject,
                pikepdf.Name.Image,
                pikepdf.Name.DCTDecode,
            )
            stream.Width, stream.Height = SIZE
            stream.BitsPerComponent, stream.ColorSpace = 8, pikepdf.Name.DeviceRGB
            pictures[f"/P{seed}"] = pdf.make_indirect(stream)
        held = pdf.make_indirect(pikepdf.Dictionary(XObject=pictures))
        for seed in (1, 2, 3):
            page = pdf.add_blank_page(page_size=SIZE)
            own = pikepdf.Dictionary(XObject=pikepdf.Dictionary({f"/P{seed}": pictures[f"/P{seed}"]}))
            page.obj.Resources = held if shared else own
            page.obj.Contents = pikepdf.Stream(pdf, f"q {SIZE[0]} 0 0 {SIZE[1]} 0 0 cm /P{seed} Do Q".encode())
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            Dest=[pdf.pages[1].obj, pikepdf.Name.Fit],
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([link])
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("second", 1))
        (target.parent / "card.jpg").write_bytes(jpeg(2))
        pdf.attachments["card.jpg"] = pikepdf.AttachedFileSpec.from_filepath(pdf, target.parent / "card.jpg")
        pdf.save(target)
    return target


def streams(file: Path) -> list[bytes]:
    with pikepdf.open(file) as pdf:
        return [found.read_raw_bytes() for found in pdf.objects if isinstance(found, pikepdf.Stream)]


@pytest.mark.parametrize("shared", [False, True], ids=["own pictures", "one list of pictures"])
def test_nothing_of_a_page_that_was_cut_out_is_left_in_a_pdf(tmp_path: Path, shared: bool) -> None:
    source = stack(tmp_path / "stack.pdf", shared=shared)
    assert jpeg(2) in streams(source)
    write_excerpt(source, "application/pdf", (1, 3), tmp_path / "left.pdf")
    assert jpeg(2) not in streams(tmp_path / "left.pdf")
    assert jpeg(2) not in (tmp_path / "left.pdf").read_bytes()


@pytest.mark.parametrize("shared", [False, True], ids=["own pictures", "one list of pictures"])
def test_the_pages_that_stay_in_a_pdf_are_untouched(tmp_path: Path, shared: bool) -> None:
    source = stack(tmp_path / "stack.pdf", shared=shared)
    write_excerpt(source, "application/pdf", (1, 3), tmp_path / "left.pdf")
    with pikepdf.open(source) as before, pikepdf.open(tmp_path / "left.pdf") as after:
        assert len(after.pages) == 2
        for old, new in ((before.pages[0], after.pages[0]), (before.pages[2], after.pages[1])):
            assert new.Contents.read_bytes() == old.Contents.read_bytes()
            assert new.mediabox == old.mediabox
    assert [data for data in streams(tmp_path / "left.pdf") if data[:2] == b"\xff\xd8"] == [jpeg(1), jpeg(3)]


def test_the_same_excerpt_has_the_same_bytes(tmp_path: Path) -> None:
    source = stack(tmp_path / "stack.pdf", shared=True)
    for name in ("one.pdf", "two.pdf"):
        write_excerpt(source, "application/pdf", (1, 3), tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_pdf_whose_pictures_cannot_be_told_apart_is_not_cut(tmp_path: Path) -> None:
    source = stack(tmp_path / "stack.pdf", shared=True)
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"q (unended /P1 Do Q")
        pdf.save(source)
    with pytest.raises(ScanRejected) as error:
        write_excerpt(source, "application/pdf", (1, 3), tmp_path / "left.pdf")
    assert error.value.code == "unreadable"


@pytest.mark.parametrize(("mode", "packing"), [("RGB", "jpeg"), ("L", "tiff_lzw"), ("1", "group4")])
def test_the_frames_that_stay_in_a_tiff_look_the_same(tmp_path: Path, mode: str, packing: str) -> None:
    frames = [picture(seed).convert(mode) for seed in (1, 2, 3)]
    source = tmp_path / "stack.tif"
    frames[0].save(source, save_all=True, append_images=frames[1:], compression=packing, dpi=(300, 300))
    write_excerpt(source, "image/tiff", (1, 3), tmp_path / "left.tif")
    with Image.open(source) as before, Image.open(tmp_path / "left.tif") as after:
        assert getattr(after, "n_frames", 1) == 2
        for old, new in ((0, 0), (2, 1)):
            before.seek(old)
            after.seek(new)
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
            assert after.info["dpi"] == (300, 300)


def test_what_is_damaged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    for media_type in ("application/pdf", "image/tiff"):
        with pytest.raises(ScanRejected):
            write_excerpt(tmp_path / "a.pdf", media_type, (1,), tmp_path / "left")


def test_an_excerpt_is_written_in_a_parser_process(tmp_path: Path) -> None:
    source = stack(tmp_path / "stack.pdf", shared=False)
    with ParserPool(Limits(parsers=1)) as parsers:
        parsers.excerpt(ScanFile(source, "application/pdf"), (2,), tmp_path / "left.pdf")
    assert jpeg(1) not in streams(tmp_path / "left.pdf")
    assert jpeg(2) in streams(tmp_path / "left.pdf")
