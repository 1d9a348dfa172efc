import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.pages import Pixels
from pipeline.stages.leaders import without_leaders
from tests.sheets import DPI, text_page
from tests.specimens.fonts import font

SENTENCES = tuple(f"Dòng thứ {n}. Bị chị hỏi: i, ii, iii... tị tị tị; kỷ nghị lực, v.v." for n in range(15))


def grey(lines: tuple[str, ...]) -> Pixels:
    return np.ascontiguousarray(text_page(lines)[:, :, 0])


def dotted(page: Pixels, left: int, baseline: int, count: int = 40, pitch: float = 8.6) -> Pixels:
    """The page with a row of printed dots, 0.5 mm wide."""
    drawn = Image.fromarray(page)
    draw = ImageDraw.Draw(drawn)
    for number in range(count):
        x = left + pitch * number
        draw.ellipse((x, baseline - 2, x + 2, baseline), fill=20)
    return np.array(drawn)


def test_a_page_without_leaders_comes_through_as_it_is() -> None:
    page = grey(SENTENCES)
    assert without_leaders(page, DPI) is page


def test_a_row_of_dots_is_gone() -> None:
    page = dotted(grey(SENTENCES), 400, 1400)
    assert without_leaders(page, DPI)[1390:1410].min() > 200


def test_what_is_written_over_dots_stays_to_the_pixel() -> None:
    plain = Image.new("L", (1200, 300), 255)
    ImageDraw.Draw(plain).text((300, 100), "Nguyễn Thị Bình", font=font("Serif", 40), fill=20)
    written = np.array(plain)
    page = np.minimum(dotted(np.full_like(written, 255), 150, 158, count=100), written)
    ink = written < 128
    assert without_leaders(page, DPI)[ink].max() < 128


@pytest.mark.parametrize("dots", [3, 5])
def test_a_few_dots_in_a_row_are_an_ellipsis(dots: int) -> None:
    page = dotted(grey(()), 300, 400, count=dots)
    assert without_leaders(page, DPI) is page


def test_dots_at_no_regular_pitch_are_no_leader() -> None:
    page = grey(())
    for x in (100, 130, 139, 187, 199, 240, 251, 289, 330, 341):
        page = dotted(page, x, 400, count=1)
    assert without_leaders(page, DPI) is page


def test_dots_go_on_behind_a_letter_that_hides_some() -> None:
    page = dotted(grey(()), 300, 400, count=30)
    page[380:404, 420:432] = 20
    cleaned = without_leaders(page, DPI)
    assert cleaned[380:404, 420:432].max() == 20
    cleaned[380:404, 418:434] = 255
    assert cleaned.min() > 200


def test_noise_all_over_the_page_is_left_alone() -> None:
    noise = np.where(np.random.default_rng(2).random((1754, 1240)) < 0.05, 0, 255).astype(np.uint8)
    assert without_leaders(noise, DPI) is noise
