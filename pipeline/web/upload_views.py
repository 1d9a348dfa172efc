"""What the page and the API show of uploads in waiting, in one language."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import Request

from pipeline.page_quality import ADVICE, VERDICTS, LookVerdict
from pipeline.quick_look import QuickLook
from pipeline.upload_looks import Seen
from pipeline.uploads import Upload
from pipeline.web.api import viewer_of
from pipeline.web.handing_in import circumstances_of
from pipeline.web.receiving import receiving_of
from pipeline.web.signed_in import signed_in
from pipeline.web.views import Told, Viewer
from pipeline.web.wording import Language, language_of, pick, reason
from schemas.base import Value

Tone = Literal["good", "ask", "bad"]
_BAD: frozenset[LookVerdict] = frozenset({"secret", "unreadable"})


class PageView(Value):
    """A page of an upload (1-based) and what a quick look says of it. `title` is "" while the type is not certain."""

    page: int
    verdict: LookVerdict
    tone: Tone
    text: str
    advice: str
    type: str | None
    title: str
    thumbnail: str | None


class UploadView(Value):
    """An upload in waiting. `state`: bytes are missing, pages are being looked at, they were, or none can be seen."""

    upload_id: str
    name: str
    size_bytes: int
    received_bytes: int
    mark: str
    from_folder: bool
    expires_at: datetime
    state: Literal["sending", "looking", "looked", "refused"]
    reason: Told | None
    pages: tuple[PageView, ...]

    @property
    def tone(self) -> Tone:
        """The worst of its pages."""
        tones = {page.tone for page in self.pages}
        return "bad" if self.state == "refused" or "bad" in tones else "ask" if "ask" in tones else "good"

    @property
    def may_go(self) -> bool:
        """Whether it can be handed in: it is whole, and nothing in it is refused outright."""
        secret = any(page.verdict == "secret" for page in self.pages)
        return self.state in ("looking", "looked") and not secret

    @property
    def titles(self) -> tuple[str, ...]:
        """What papers were recognised, each once."""
        return tuple(dict.fromkeys(page.title for page in self.pages if page.title))


def waiting_views(request: Request) -> tuple[UploadView, ...]:
    """The uploads of this session; looks that were not begun are."""
    receiving, session_id = receiving_of(request), signed_in(request).session_id
    uploads = receiving.uploads.of_session(session_id)
    seen = receiving.looks.of_table(session_id, uploads, circumstances_of(request).procedure)
    language = language_of(request, request.app.state.settings.language)
    show = _Shown(viewer_of(request), language)
    return tuple(show.upload(upload, seen[upload.upload_id]) for upload in uploads)


class _Shown:
    def __init__(self, viewer: Viewer, language: Language) -> None:
        self._viewer, self._language = viewer, language

    def upload(self, upload: Upload, seen: Seen) -> UploadView:
        return UploadView(
            upload_id=upload.upload_id,
            name=upload.about.name,
            size_bytes=upload.about.size_bytes,
            received_bytes=upload.received_bytes,
            mark=upload.about.mark,
            from_folder=upload.about.from_folder,
            expires_at=upload.expires_at,
            state=seen.state,
            reason=Told(code=seen.reason, text=reason(seen.reason, self._language)) if seen.reason else None,
            pages=self._pages(upload.upload_id, seen.pages),
        )

    def _pages(self, upload_id: str, looks: Sequence[QuickLook]) -> tuple[PageView, ...]:
        return tuple(self._page(upload_id, look) for look in looks)

    def _page(self, upload_id: str, look: QuickLook) -> PageView:
        advice = ADVICE.get(look.verdict)
        can_be_seen = look.verdict not in _BAD
        return PageView(
            page=look.page,
            verdict=look.verdict,
            tone="good" if look.verdict == "good" else "bad" if look.verdict in _BAD else "ask",
            text=pick(VERDICTS[look.verdict], self._language),
            advice=pick(advice, self._language) if advice else "",
            type=look.type,
            title=self._viewer.title(look.type) if look.type and look.type_certain else "",
            thumbnail=f"/api/v1/uploads/{upload_id}/thumbnails/{look.page}" if can_be_seen else None,
        )
