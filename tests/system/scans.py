"""Simple scans of invented papers, drawn on the spot."""

from pathlib import Path

from PIL import Image, ImageDraw

from tests.specimens.fonts import font

_HEAD = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "")
_FILLING = "Nơi sinh: Phường Tân Định, Quận 1, Thành phố Hồ Chí Minh"


def draw_birth_certificate(file: Path, name: str, pages: int = 1) -> Path:
    """A birth certificate of `name` with as many pages as asked for, at 200 dpi; the format is by the suffix."""
    face = font("Serif", 44)
    drawn = []
    for number in range(1, pages + 1):
        page = Image.new("L", (1654, 2339), 255)
        pen = ImageDraw.Draw(page)
        first = (*_HEAD, "GIẤY KHAI SINH", "Số: 716/2018") if number == 1 else (f"Trang {number}",)
        fields = (
            f"Họ, chữ đệm, tên: {name.upper()}",
            "Ngày, tháng, năm sinh: 14/02/1991",
            "Giới tính: Nữ",
        )
        for line, text in enumerate((*first, *fields, *[_FILLING] * 12)):
            pen.text((150, 150 + 90 * line), text, font=face, fill=0)
        drawn.append(page)
    drawn[0].save(file, save_all=True, append_images=drawn[1:], resolution=200)
    return file
