"""What cards have in common: their size and pattern, portrait, emblem and chip, and how they lie on a page."""

from itertools import product

import cv2
import numpy as np

from tests.specimens.marks import SEAL_RED, Pixels, guilloche, press
from tests.specimens.sheet import Sheet, Strong, Type, px

CARD_MM = (85.6, 53.98)
"""ISO/IEC 7810 ID-1."""

_LABEL = Type(5.6, face="Sans")


def card_sheet(size_mm: tuple[float, float] = CARD_MM) -> Sheet:
    """A blank card with its faint pattern."""
    sheet = Sheet(_LABEL, size_mm=size_mm)
    sheet.page[:] = (226, 238, 236)
    guilloche(sheet.page, (208, 226, 228))
    sheet.span, sheet.y_px = (px(27), px(83)), px(2)
    sheet.bottom_px = sheet.page.shape[0]
    return sheet


def labelled(sheet: Sheet, label: str, value: str) -> None:
    """A label with its value in bold."""
    sheet.paragraph(f"{label} ", Strong(value))


def portrait(page: Pixels, left_top: tuple[int, int]) -> None:
    """A grey shape of head and shoulders: nobody's face."""
    x, y = left_top
    width, height = px(20), px(28)
    page[y : y + height, x : x + width] = (196, 206, 214)
    middle = x + width // 2
    cv2.ellipse(page[: y + height], (middle, y + height), (px(9), px(9)), 0, 180, 360, (86, 92, 104), -1, cv2.LINE_AA)
    cv2.ellipse(page, (middle, y + px(12)), (px(4.6), px(6)), 0, 0, 360, (150, 140, 134), -1, cv2.LINE_AA)
    cv2.ellipse(page, (middle, y + px(9)), (px(5), px(4)), 0, 180, 360, (40, 38, 40), -1, cv2.LINE_AA)


def emblem(page: Pixels, centre: tuple[int, int]) -> None:
    """A star on a red disc."""
    cv2.circle(page, centre, px(5.5), SEAL_RED, -1, cv2.LINE_AA)
    cv2.circle(page, centre, px(5.5), (222, 178, 60), 6, cv2.LINE_AA)
    spikes = [(px(3.6 if k % 2 == 0 else 1.4), np.deg2rad(36 * k - 90)) for k in range(10)]
    star = [(centre[0] + r * np.cos(a), centre[1] + r * np.sin(a)) for r, a in spikes]
    cv2.fillPoly(page, [np.round(star).astype(np.int32)], (236, 200, 70), cv2.LINE_AA)


def chip(page: Pixels, left_top: tuple[int, int]) -> None:
    """The contacts of a chip."""
    x, y = left_top
    cv2.rectangle(page, (x, y), (x + px(12), y + px(10)), (214, 184, 108), -1)
    for k in (3, 6, 9):
        cv2.line(page, (x + px(k), y), (x + px(k), y + px(10)), (150, 120, 60), 2)
    cv2.line(page, (x, y + px(5)), (x + px(12), y + px(5)), (150, 120, 60), 2)


def put_code(sheet: Sheet, code: Pixels, left_top: tuple[int, int]) -> None:
    """Print a code, moved to the left where it would reach over the edge."""
    x, y = left_top
    side = code.shape[0]
    x = min(x, sheet.page.shape[1] - side)
    sheet.page[y : y + side, x : x + side] = code[:, :, None]


def lay_card(page: Pixels, card: Pixels, left: int, top: int, skew_degrees: float) -> None:
    """Lay a card with rounded corners on the page, slightly askew, with the faint shadow of its edge."""
    height, width = card.shape[:2]
    mask = np.zeros((height, width), dtype=np.uint8)
    radius = px(3)
    cv2.rectangle(mask, (radius, 0), (width - radius, height), 255, -1)
    cv2.rectangle(mask, (0, radius), (width, height - radius), 255, -1)
    for x, y in product((radius, width - radius), (radius, height - radius)):
        cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_degrees, 1.0)
    room = px(6)
    turn[:, 2] += room
    size = (width + 2 * room, height + 2 * room)
    laid = cv2.warpAffine(card, turn, size, flags=cv2.INTER_CUBIC)
    cover = cv2.warpAffine(mask, turn, size)
    shadow = np.asarray(cv2.GaussianBlur(cover, (0, 0), 9), dtype=np.uint8)
    press(page, shadow, (176, 176, 176), (left - room, top - room))
    spot = page[top - room : top - room + size[1], left - room : left - room + size[0]]
    share = (cover / 255.0)[:, :, None]
    spot[:] = np.round(laid * share + spot * (1 - share)).astype(np.uint8)
