"""Scans as files: PDF of images, JPEG, PNG, TIFF; the same pixels give the same bytes."""

import io
from pathlib import Path

import pikepdf
from PIL import Image

from tests.specimens.marks import Pixels
from tests.specimens.sheet import DPI


def save(pages: list[Pixels], file: Path, dpi: int = DPI) -> None:
    """Write pages into one file whose suffix says its format: `.pdf`, `.jpg`, `.png`, `.tif`.

    JPEG and PNG take the first page only, so papers of several pages are given one of the others. Black and white
    pages (two-dimensional) become TIFF of fax group 4. `dpi` is what the picture's header claims; in a PDF every
    page has the size of its picture at 300 dpi.
    """
    images = [Image.fromarray(page) for page in pages]
    match file.suffix:
        case ".pdf":
            _save_pdf(images, file)
        case ".jpg":
            images[0].save(file, quality=84, dpi=(dpi, dpi))
        case ".png":
            images[0].save(file, compress_level=1, dpi=(dpi, dpi))
        case _:
            _save_tiff(images, file, dpi)


def _save_tiff(images: list[Image.Image], file: Path, dpi: int) -> None:
    if images[0].mode == "L":
        bits = [image.convert("1") for image in images]
        rest = bits[1:]
        bits[0].save(file, compression="group4", dpi=(dpi, dpi), save_all=True, append_images=rest)
        return
    rest = images[1:]
    images[0].save(file, compression="jpeg", quality=84, dpi=(dpi, dpi), save_all=True, append_images=rest)


def _save_pdf(images: list[Image.Image], file: Path) -> None:
    """One picture a page and nothing else. Written by hand because Pillow stamps the time into its PDF."""
    with pikepdf.new() as document:
        for image in images:
            data = io.BytesIO()
            image.save(data, "JPEG", quality=84)
            width, height = image.width * 72 / DPI, image.height * 72 / DPI
            page = document.add_blank_page(page_size=(width, height))
            picture = pikepdf.Stream(document, data.getvalue())
            picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            picture.Width, picture.Height = image.width, image.height
            picture.BitsPerComponent, picture.Filter = 8, pikepdf.Name.DCTDecode
            picture.ColorSpace = pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB
            name = page.add_resource(picture, pikepdf.Name.XObject, pikepdf.Name.Scan)  # else a random one
            drawing = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm {name} Do Q"
            page.Contents = pikepdf.Stream(document, drawing.encode("ascii"))
        document.save(file, deterministic_id=True)
