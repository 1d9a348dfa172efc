"""`make bench-large`: the memory of one submission of many A4 pages in colour at 600 dpi and one of 50 megapixels."""

import argparse
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.heavy_scans import A4_600_DPI, MEGAPIXELS_50, heavy_page, save_pdf
from tests.memory import MemoryWatch
from tests.system.hoso_up import environment_of, hoso

_PAGES = 400
_PAGES_A_FILE = 40
"""So that files stay under the limit of their size."""


def main() -> None:
    """Make the scans, have them digitised, print how memory went."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.large", description=__doc__)
    parser.add_argument("--pages", type=int, default=_PAGES)
    pages = parser.parse_args().pages
    with TemporaryDirectory(prefix="hoso-large-") as name:
        folder = Path(name)
        command = hoso("ingest", "--inline", "--json", "--together", *map(str, _scans(folder, pages)))
        process = subprocess.Popen(command, env=environment_of(folder / "home"), stdout=subprocess.DEVNULL)
        with MemoryWatch(process.pid) as watch:
            code = process.wait()
    console = Console(highlight=False)
    console.print(
        f"{pages} pages of A4 at 600 dpi and one of 50 megapixels, {os.cpu_count()} parsers: exit code {code}"
    )
    tenth = max(1, len(watch.samples_mb) // 10)
    peaks = [max(watch.samples_mb[at : at + tenth]) for at in range(0, len(watch.samples_mb), tenth)]
    console.print("MB at most in each tenth of the time:", *(f"{peak:.0f}" for peak in peaks))


def _scans(folder: Path, pages: int) -> list[Path]:
    fine, odd = heavy_page(A4_600_DPI, 600), heavy_page(MEGAPIXELS_50, 600)
    files = []
    for start in range(0, pages, _PAGES_A_FILE):
        count = min(_PAGES_A_FILE, pages - start)
        files.append(save_pdf([fine] * count, folder / f"{start:04}.pdf"))
    return [*files, save_pdf([odd], folder / "odd.pdf")]


if __name__ == "__main__":
    main()
