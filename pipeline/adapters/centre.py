"""The centre that a counter's machine hands over to, spoken to over its public API.

Uploads are tus 1.0.0, so one that was cut goes on where it was. Addresses hold ids only.
"""

import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO, Self, TypeVar

import httpx
from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.error_messages import MESSAGES
from pipeline.errors import HosoError, Misconfigured, NotFound, ScanRejected, ServiceUnavailable
from pipeline.sync import BegunUpload
from schemas.base import Value
from schemas.delivery import Receipt
from schemas.dossier import Submission

_TUS = {"tus-resumable": "1.0.0"}
_BLOCK_BYTES = 1 << 18
_READ_S = timedelta(minutes=5).total_seconds()
"""The centre copies every original into its store before it answers a delivery."""
_TIMEOUT = httpx.Timeout(10, read=_READ_S, write=60)
_LONGEST_NAME = 200
_AGAIN = frozenset({"no_such_upload", "upload_moved", "upload_unfinished"})
"""An upload has expired, or a connection that was thought dead woke up: the next try finds out how it stands."""


class _Told(Value):
    """What an answer says that we need."""

    model_config = ConfigDict(extra="ignore")


class _Problem(_Told):
    code: str


class _Upload(_Told):
    upload_id: str
    mark: str
    received_bytes: int


_Form = TypeVar("_Form")
_UPLOADS = TypeAdapter(tuple[_Upload, ...])


class CentreApi:
    """A `Centre` (pipeline/sync.py) at an address."""

    def __init__(self, url: str, token: str) -> None:
        """Args: url: `https://host`, or `http` on this machine; token: a secret of `hoso token add`."""
        self._http = httpx.Client(
            base_url=f"{url}/api/v1/",
            headers={"authorization": f"Bearer {token}", "accept": "application/json"},
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context(),  # of the system, where an authority's own certificates are installed
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._http.close()

    def receipt(self, delivery_id: str) -> Receipt | None:
        """See Centre."""
        try:
            answer = self._ask("GET", f"deliveries/{delivery_id}")
        except NotFound:
            return None
        return _read(TypeAdapter(Receipt), answer)

    def uploads(self) -> dict[str, BegunUpload]:
        """See Centre."""
        begun = _read(_UPLOADS, self._ask("GET", "uploads"))
        return {one.mark: BegunUpload(upload_id=one.upload_id, received_bytes=one.received_bytes) for one in begun}

    def begin(self, path: str, size_bytes: int, mark: str) -> BegunUpload:
        """See Centre."""
        name = PurePosixPath(path).name[:_LONGEST_NAME]
        told = {"filename": name, "mark": mark}
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
        headers = {**_TUS, "upload-length": str(size_bytes), "upload-metadata": metadata}
        address = self._ask("POST", "uploads", headers=headers).headers.get("location", "")
        return BegunUpload(upload_id=address.rpartition("/")[2], received_bytes=0)

    def send(self, upload: BegunUpload, data: BinaryIO, size_bytes: int, on_sent: Callable[[int], None]) -> None:
        """See Centre."""
        data.seek(upload.received_bytes)
        headers = {
            **_TUS,
            "upload-offset": str(upload.received_bytes),
            "content-type": "application/offset+octet-stream",
            "content-length": str(size_bytes - upload.received_bytes),
        }
        self._ask("PATCH", f"uploads/{upload.upload_id}", headers=headers, content=_blocks(data, on_sent))

    def hand_over(self, submission: Submission, upload_ids: Sequence[str]) -> Receipt:
        """See Centre."""
        body = {
            "uploads": list(upload_ids),
            **submission.model_dump(
                mode="json", include={"channel", "handed_in_by", "dossier_code", "procedure", "received_at"}
            ),
            "received_by": submission.actor.actor_id,
        }
        return _read(TypeAdapter(Receipt), self._ask("PUT", f"deliveries/{submission.submission_id}", json=body))

    def _ask(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: Iterator[bytes] | None = None,
        json: object = None,
    ) -> httpx.Response:
        try:
            answer = self._http.request(method, address, headers=headers, content=content, json=json)
        except httpx.HTTPError as error:
            raise ServiceUnavailable("centre_away", type(error).__name__) from None
        if not answer.is_success:
            raise _refusal(answer)
        return answer


def _blocks(data: BinaryIO, on_sent: Callable[[int], None]) -> Iterator[bytes]:
    while block := data.read(_BLOCK_BYTES):
        yield block
        on_sent(len(block))


def _read(form: TypeAdapter[_Form], answer: httpx.Response) -> _Form:
    try:
        return form.validate_json(answer.content)
    except ValidationError:
        raise Misconfigured("no_hoso_there", str(answer.status_code)) from None


def _refusal(answer: httpx.Response) -> HosoError:
    """What a refusal means here: try again later, the operator must act, or this submission is not taken."""
    status, code = answer.status_code, _code(answer)
    told = code or str(status)
    if status >= 500 or status == 429 or code in _AGAIN:
        return ServiceUnavailable("centre_away", told)
    if status in (401, 403):
        return Misconfigured("centre_refuses_token", told)
    if code is None or code in ("no_such_page", "no_such_method"):
        return Misconfigured("no_hoso_there", told)
    if code == "no_such_delivery":
        return NotFound(code)
    return ScanRejected(code) if code in MESSAGES else ScanRejected("centre_refused", code)


def _code(answer: httpx.Response) -> str | None:
    try:
        return _Problem.model_validate_json(answer.content).code
    except ValidationError:
        return None
