"""Signing in leads on to pages of ours only."""

import pytest

from pipeline.web.return_to import safe_path


@pytest.mark.parametrize(
    "path", ["/", "/receive", "/papers/0a1b-2c", "/dossiers/H29.12.34-260620-0007", "/work?page=2"]
)
def test_a_page_of_ours_is_returned_to(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "javascript:alert(1)",
        "/a\\b",
        "/sign-in?next=/sign-in",
        "/api/v1/papers/x/pdf",
        "/" + "a" * 600,
        '/"><script>',
    ],
)
def test_anything_else_leads_to_the_first_page(path: str) -> None:
    assert safe_path(path) == "/"
