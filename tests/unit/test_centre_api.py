"""What answers of a centre mean to a counter's machine, as a server on this machine gives them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pipeline.adapters.centre import CentreApi
from pipeline.errors import HosoError, ScanRejected
from tests.services.processes import free_port


@contextmanager
def server(status: int, body: bytes, **headers: str) -> Iterator[CentreApi]:
    """A centre that always answers so."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (http.server's name)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            with CentreApi(f"http://127.0.0.1:{listening.server_port}", "hoso_secret") as api:
                yield api
        finally:
            listening.shutdown()
            thread.join()


def problem(code: str) -> bytes:
    return json.dumps({"code": code, "title": "x"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (503, problem("database_away"), "centre_away"),
        (507, problem("disk_full"), "centre_away"),
        (502, b"<html>bad gateway</html>", "centre_away"),
        (429, b"", "centre_away"),
        (404, problem("no_such_upload"), "centre_away"),
        (409, problem("upload_moved"), "centre_away"),
        (401, problem("bad_token"), "centre_refuses_token"),
        (403, problem("not_permitted"), "centre_refuses_token"),
        (404, b"<html>not found</html>", "no_hoso_there"),
        (404, problem("no_such_page"), "no_hoso_there"),
        (200, b"<html>sign in to this network</html>", "no_hoso_there"),
        (302, b"", "no_hoso_there"),
    ],
)
def test_an_answer_means_to_wait_or_that_the_operator_must_act(status: int, body: bytes, code: str) -> None:
    with server(status, body) as api, pytest.raises(HosoError) as error:
        api.uploads()
    assert error.value.code == code


@pytest.mark.parametrize(("said", "code"), [("too_large", "too_large"), ("code_of_a_newer_one", "centre_refused")])
def test_a_refusal_of_one_submission_keeps_its_code_where_it_is_known_here(said: str, code: str) -> None:
    with server(413, problem(said)) as api, pytest.raises(ScanRejected) as error:
        api.begin("a.pdf", 5, "mark")
    assert error.value.code == code


def test_nobody_is_sent_on_with_the_token() -> None:
    there = f"http://127.0.0.1:{free_port()}/"
    with server(307, b"", location=there) as api, pytest.raises(HosoError) as error:
        api.uploads()
    assert error.value.code == "no_hoso_there"


def test_a_machine_that_does_not_answer_is_away() -> None:
    with CentreApi(f"http://127.0.0.1:{free_port()}", "hoso_secret") as api, pytest.raises(HosoError) as error:
        api.uploads()
    assert error.value.code == "centre_away"
