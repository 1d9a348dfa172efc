"""Small pages drawn for tests about pixels, where a whole specimen would hide what the test is about."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline.pages import Pixels
from tests.specimens.fonts import font
from tests.specimens.marks import SEAL_RED, press, seal

DPI = 150
A4 = (1754, 1240)

TEXT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "GIẤY XÁC NHẬN",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
    "Xét đề nghị của ông Nguyễn Văn Thử về việc xác nhận nơi cư trú,",
    "Ủy ban nhân dân phường Thử Nghiệm xác nhận người có tên dưới đây",
    "hiện đang cư trú tại số 12 đường Lê Lợi, phường Thử Nghiệm, thành phố Huế.",
    "Giấy này có giá trị trong thời hạn sáu tháng kể từ ngày cấp.",
    "Người được xác nhận phải chịu trách nhiệm trước pháp luật về lời khai.",
    "TM. ỦY BAN NHÂN DÂN",
)


def text_page(lines: tuple[str, ...] = TEXT, size: tuple[int, int] = A4) -> Pixels:
    """Black print on white, (height, width, 3), at `DPI`."""
    height, width = size
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((110, 130 + 62 * number), line, font=font("Serif", 29), fill="black")
    return np.asarray(image)[:, :, ::-1].copy()


def slanted(page: Pixels, degrees: float) -> Pixels:
    """The page laid askew on white glass, clockwise."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    white = (255, 255, 255)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=white), np.uint8)


def sealed(page: Pixels, left_top: tuple[int, int]) -> Pixels:
    """The page with a red round seal of 36 mm pressed on it."""
    ink = cv2.resize(seal("ỦY BAN NHÂN DÂN", "PHƯỜNG THỬ NGHIỆM"), None, fx=DPI / 300, fy=DPI / 300)
    stamped = page[:, :, ::-1].copy()
    press(stamped, np.asarray(ink, np.uint8), SEAL_RED, left_top)
    return stamped[:, :, ::-1].copy()


def save(page: Pixels, path: Path) -> Path:
    """Write the page with its resolution, in the format that the suffix names."""
    Image.fromarray(page[:, :, ::-1]).save(path, dpi=(DPI, DPI))
    return path
