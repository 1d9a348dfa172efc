"""docs/keeping.md says of every type what the catalogue says."""

from pathlib import Path

from tests.keeping_table import rows

PAGE = Path(__file__).parents[2] / "docs" / "keeping.md"


def test_the_page_about_keeping_is_as_the_catalogue_is() -> None:
    assert "\n".join(rows()) in PAGE.read_text("utf-8"), "python -m tests.keeping_table"
