"""`make capacity`: how large an office's machines must be, from what was measured: the table of docs/capacity.md.

What is known of offices: 41 to 110 dossiers a commune and working day (Ho Chi Minh City and Huế in 2025), 2,500 in a
centre of District 1's size (585,336 dossiers in 2018), 8 pages a dossier, and a quarter of a day's in its busiest hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass

WORKING_DAYS = 250
PEAK_SHARE = 0.25
PAGES_A_DOSSIER = 8
PAPERS_A_DOSSIER = 4
OBJECTS_A_PAPER = 3
"""Copy, record and original; a submission's and a dossier's own records are few beside them."""
BUSY = 0.7
"""Share of the cores' time that the busiest hour may take; beyond it waits grow faster than work."""


@dataclass(frozen=True)
class Measured:
    """What a piece of work costs: CPU seconds, kB. `original_kb`: a page in colour at 300 dpi as scanners send it."""

    look_s: float = 0.66
    read_s: float = 1.52
    start_s: float = 4.7
    copy_kb: float = 59
    original_kb: float = 800
    database_kb: float = 7.9


@dataclass(frozen=True)
class Site:
    """Where hoso runs."""

    name: str
    dossiers_a_day: int


@dataclass(frozen=True)
class Plan:
    """What a site needs. Storage is of one copy, a year."""

    site: Site
    pages_a_day: int
    cores: float
    originals_gb: float
    copies_gb: float
    objects: int
    papers: int
    database_gb: float


SITES = (
    Site("ward", 100),
    Site("busy ward", 300),
    Site("centre of District 1's size", 2_500),
    Site("city of 168 communes", 168 * 100),
    Site("nation of 3,321 communes", 3_321 * 100),
)


def plan(site: Site, measured: Measured) -> Plan:
    """What a site needs by these measurements."""
    pages = site.dossiers_a_day * PAGES_A_DOSSIER
    cpu_s = pages * (measured.look_s + measured.read_s) + site.dossiers_a_day * measured.start_s
    papers = site.dossiers_a_day * PAPERS_A_DOSSIER * WORKING_DAYS
    return Plan(
        site=site,
        pages_a_day=pages,
        cores=cpu_s * PEAK_SHARE / 3600 / BUSY,
        originals_gb=pages * WORKING_DAYS * measured.original_kb / 1e6,
        copies_gb=pages * WORKING_DAYS * measured.copy_kb / 1e6,
        objects=papers * OBJECTS_A_PAPER,
        papers=papers,
        database_gb=papers * measured.database_kb / 1e6,
    )


def table(measured: Measured) -> Iterator[str]:
    """The lines of a Markdown table, a site each."""
    a_year = ("papers", "objects", "originals", "copies", "database")
    heads = ("", "dossiers a day", "pages a day", "cores", *(f"{what} a year" for what in a_year))
    yield f"| {' | '.join(heads)} |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for one in (plan(site, measured) for site in SITES):
        yield (
            f"| {one.site.name} | {one.site.dossiers_a_day:,} | {one.pages_a_day:,} | {one.cores:,.1f} "
            f"| {one.papers:,} | {one.objects:,} | {_size(one.originals_gb)} | {_size(one.copies_gb)} "
            f"| {_size(one.database_gb)} |"
        )


def _size(gigabytes: float) -> str:
    return f"{gigabytes / 1000:,.1f} TB" if gigabytes >= 1000 else f"{gigabytes:,.1f} GB"


if __name__ == "__main__":
    print("\n".join(table(Measured())))  # noqa: T201 (what it is for)
