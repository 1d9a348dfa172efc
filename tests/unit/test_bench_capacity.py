"""The capacity page shows what the figures give."""

from pathlib import Path

from tests.bench.capacity import Measured, Site, plan, table

PAGE = Path(__file__).parents[2] / "docs" / "capacity.md"


def test_the_page_has_the_table_of_the_figures() -> None:
    assert "\n".join(table(Measured())) in PAGE.read_text(encoding="utf-8")


def test_twice_the_dossiers_need_twice_of_everything() -> None:
    once, twice = (plan(Site("office", dossiers), Measured()) for dossiers in (400, 800))
    assert twice.cores == 2 * once.cores
    assert (twice.objects, twice.papers, twice.pages_a_day) == (2 * once.objects, 2 * once.papers, 2 * once.pages_a_day)
    assert twice.originals_gb == 2 * once.originals_gb


def test_cores_are_those_of_the_busiest_hour() -> None:
    one_second_a_page = Measured(look_s=0, read_s=1, start_s=0)
    # 1,000 dossiers of 8 pages: 2,000 pages in the busiest hour, 2,000 s of work in 3,600 s, at 70 %.
    assert abs(plan(Site("office", 1_000), one_second_a_page).cores - 2_000 / 3_600 / 0.7) < 1e-9
