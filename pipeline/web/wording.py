"""Languages, and the sentences of codes. Pages' words are in `words/`, those of errors in `pipeline.error_messages`."""

from typing import Literal, cast, get_args

from starlette.requests import HTTPConnection

from pipeline.error_messages import MESSAGES
from pipeline.web.words import PAIRS
from schemas.review import QuestionKind

Language = Literal["vi", "en"]
LANGUAGE_COOKIE = "hoso_language"

_REFUSALS = {
    "not_signed_in": ("Bạn chưa đăng nhập, hoặc phiên đã hết.", "You are not signed in, or the session is over."),
    "bad_token": (
        "Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi.",
        "The token is wrong, has expired, or was revoked.",
    ),
    "bad_link": (
        "Đường dẫn này đã dùng rồi hoặc đã hết hạn. Hãy đăng nhập, hoặc xin người quản trị đường dẫn mới.",
        "This link was used or is too old. Sign in, or ask your administrator for a new one.",
    ),
    "password_first": (
        "Trước hết hãy đặt mật khẩu của riêng bạn.",
        "First choose a password of your own.",
    ),
    "code_first": (
        "Trước hết hãy cài đặt mã xác thực trên điện thoại.",
        "First set up codes on your telephone.",
    ),
    "show_again": (
        "Việc này cần xác nhận lại mật khẩu hoặc mã; hãy làm trên trang quầy.",
        "This asks for your password or a code again: do it on the counter page.",
    ),
    "foreign_page": (
        "Yêu cầu không đến từ trang quầy nên bị từ chối.",
        "The request did not come from the counter page.",
    ),
    "sign_in_refused": ("Tên đăng nhập hoặc mật khẩu không đúng.", "Login or password is wrong."),
    "no_such_page": ("Không có trang này.", "There is no such page."),
    "no_such_method": ("Địa chỉ này không nhận thao tác đó.", "This cannot be done at this address."),
    "bad_media_type": ("Nội dung gửi không đúng định dạng.", "What was sent has another format than is taken here."),
    "changed_meanwhile": (
        "Nội dung đã được người khác sửa sau khi bạn xem; hãy xem lại.",
        "It was changed after you saw it; look at it again.",
    ),
    "bad_key": (
        "Idempotency-Key phải có 1 đến 200 ký tự ASCII nhìn thấy được.",
        "An Idempotency-Key has 1 to 200 visible ASCII characters.",
    ),
    "key_used": (
        "Idempotency-Key này đã dùng cho một yêu cầu khác.",
        "This Idempotency-Key was used for another request.",
    ),
    "being_answered": (
        "Yêu cầu có Idempotency-Key này đang được xử lý; hãy gửi lại sau.",
        "A request with this Idempotency-Key is being answered; send it again later.",
    ),
    "shown_once": (
        "Yêu cầu này đã được thực hiện; khóa bí mật chỉ được cho biết một lần.",
        "This was done before; its secret is told only once.",
    ),
    "not_ready": ("Hệ thống chưa sẵn sàng.", "The system is not ready."),
    "bad_request": ("Yêu cầu thiếu hoặc sai thông tin.", "Something in the request is missing or wrong."),
    "other_tus_version": (
        "Máy chủ chỉ hỗ trợ giao thức tus 1.0.0.",
        "This server speaks tus 1.0.0 only.",
    ),
    "other_content_type": (
        "Loại nội dung phải là application/offset+octet-stream.",
        "The content type must be application/offset+octet-stream.",
    ),
    "too_fast": (
        "Quá nhiều yêu cầu trong một lúc. Hãy đợi vài giây rồi thử lại.",
        "Too many requests at once. Wait some seconds and try again.",
    ),
    "no_files": ("Chưa có tệp nào được gửi.", "No file was sent."),
}

_REASONS = {
    "delivered": ("Đã gửi về trung tâm", "The centre has it"),
    "person_mismatch": (
        "Giấy ghi số định danh của người khác người nộp",
        "It names another person than who handed it in",
    ),
    "owner_unknown": ("Chưa rõ giấy tờ của ai", "Whose paper it is could not be told"),
    "owner_doubtful": ("Chưa chắc giấy tờ của ai", "Whose paper it is is not certain"),
    "owner_alike": (
        "Chủ giấy tờ chưa có trong sổ, nhưng có thể là một người đã có",
        "The owner is new to the register, but may be somebody on it",
    ),
    "name_differs": (
        "Số đã có trong sổ dưới một tên hơi khác: tên đọc nhầm, hay tên trước đây?",
        "The register has this number under a name that differs a little: misread, or an earlier name?",
    ),
    "owner_conflict": (
        "Thông tin người đứng tên không khớp với sổ",
        "What it says of its owner differs from the register",
    ),
    "type_unknown": ("Chưa nhận ra loại giấy tờ", "The type of paper was not recognised"),
    "type_doubtful": ("Chưa chắc về loại giấy tờ", "The type of paper is doubtful"),
    "cut_doubtful": ("Chưa chắc giấy tờ bắt đầu hoặc kết thúc ở trang nào", "Where it begins or ends is doubtful"),
    "card_among_others": (
        "Thẻ căn cước nằm cùng trang với giấy tờ khác: hãy quét riêng",
        "An identity card lies on a page with something else: scan it apart",
    ),
    "original_uncut": (
        "Không tách được trang thẻ căn cước khỏi tệp gốc; tệp gốc chưa được lưu",
        "The card could not be cut out of the original, which is not archived",
    ),
    "field_missing": ("Thiếu thông tin bắt buộc", "A required field is missing"),
    "field_doubtful": ("Có thông tin cần người kiểm tra", "A field needs a person to check it"),
    "secrecy_doubtful": ("Có thể có dấu độ mật: không xử lý tiếp", "It may carry a secrecy mark: leave it as it is"),
    "page_lost": ("Có trang không mở được: hãy quét lại trang đó", "A page could not be opened: scan it again"),
    "active_content": (
        "Tệp gốc chứa nội dung có thể tự chạy (mã lệnh, liên kết, tệp kèm): hãy dùng bản lưu trữ",
        "The original holds active content (scripts, links, attached files): use the archive copy",
    ),
    "copy_unproven": (
        "Bản PDF không khớp bản quét; bản gốc vẫn được giữ",
        "The copy differs from the scan; it is kept",
    ),
    "copy_differs": ("Cán bộ đối chiếu: bản chụp khác với bản giấy", "Compared: the copy is not like the paper"),
    "copy_incomplete": (
        "Cán bộ đối chiếu: bản chụp thiếu trang hoặc thiếu nội dung",
        "Compared: a page or a part is missing from the copy",
    ),
    "copy_illegible": ("Cán bộ đối chiếu: bản chụp mờ, không đọc được", "Compared: the copy cannot be read"),
    "paper_altered": (
        "Cán bộ đối chiếu: bản giấy có dấu hiệu tẩy xóa, sửa chữa",
        "Compared: the paper itself seems to have been altered",
    ),
    "scan_again": (
        "Cán bộ thấy không đọc được: đang chờ quét lại",
        "An officer could not read it: it waits to be scanned again",
    ),
    "unreadable": ("Có trang không đọc được chữ", "The words of a page could not be read"),
    "handwritten": ("Có thông tin viết tay", "Parts are written by hand"),
    "handwriting": ("Mẫu thường điền bằng tay", "A form that is usually filled in by hand"),
    "same_paper": ("Có thể đã được quét trước đó", "It may have been scanned before"),
    "newer_paper": ("Đã có giấy mới hơn cùng loại của người này", "A newer paper of this kind is on file"),
    "already_filed": ("Giấy tờ này đã được lưu trước đó", "This paper was filed before"),
}
_QUESTIONS = {
    "cut": ("Giấy tờ bắt đầu từ những trang nào?", "On which pages do papers begin?"),
    "secrecy": ("Đây có phải dấu độ mật không?", "Is this a secrecy mark?"),
    "card": (
        "Có phải thẻ căn cước nằm cùng trang không? Nếu phải, hãy quét riêng thẻ và giấy kia rồi trả lời.",
        "Does an identity card lie on this page? If so, scan the card and the other paper apart, then answer.",
    ),
    "type": ("Đây là loại giấy tờ gì?", "What paper is this?"),
    "owner": ("Giấy tờ này của ai?", "Whose paper is this?"),
    "field": ("Trên giấy ghi gì ở mục “{}”?", "What does the paper say for “{}”?"),
    "page": ("Có dùng được như thế này không, hay phải quét lại?", "Will this do, or must it be scanned again?"),
    "same": ("Có phải cùng một giấy tờ đã lưu không?", "Is this the paper that is on file already?"),
    "newer": ("Giấy mới hơn có thay thế giấy này không?", "Does the newer paper take this one's place?"),
}

_OTHER_REASON = ("Cần người xem lại", "A person needs to look at it")

# Fields the paper prints no label for; all others are called what the paper calls them.
_FIELDS = {
    "qr": "Mã QR",
    "mrz": "Dòng máy đọc",
    "issue_date": "Ngày cấp",
    "organisation": "Tên tổ chức",
    "document_number": "Số, ký hiệu",
    "issuer": "Cơ quan ban hành",
    "subject": "Trích yếu",
    "signer": "Người ký",
    "serial_number": "Số phát hành",
}


def language_of(request: HTTPConnection, default: str = "vi") -> Language:
    """The language this browser chose, else `default`."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, default)
    return cast("Language", chosen) if chosen in get_args(Language) else "vi"


def words(language: Language) -> dict[str, str]:
    """The page's words in one language."""
    return {key: pick(pair, language) for key, pair in PAIRS.items()}


def sentence(code: str, language: Language) -> str:
    """The sentence of a stable code: a refusal of the web, or one of hoso's errors."""
    return pick(_REFUSALS[code] if code in _REFUSALS else MESSAGES[code], language)


def reason(code: str, language: Language) -> str:
    """Why a paper waits for a person, or was refused, in plain words; never empty."""
    return pick(_REASONS.get(code) or MESSAGES.get(code) or _OTHER_REASON, language)


def question_text(kind: QuestionKind, label: str, language: Language) -> str:
    """What a person is asked; `label` is what the field is called."""
    return pick(_QUESTIONS[kind], language).format(label)


def field_label(name: str, printed: tuple[str, ...], language: Language) -> str:
    """What a field is called: in Vietnamese as the paper prints it, since that is what staff look for on the paper."""
    if language == "en":
        return name.replace("_", " ").capitalize()
    label = printed[0].strip(" :") if printed else _FIELDS.get(name, name)
    return label[:1].upper() + label[1:]


def pick(pair: tuple[str, str], language: Language) -> str:
    """The one of a Vietnamese and an English sentence that is in this language."""
    return pair[1] if language == "en" else pair[0]
