"""The sentences of errors about signing, by stable code, in Vietnamese and English."""

SIGNING: dict[str, tuple[str, str]] = {
    "wrong_pin": (
        "Mã PIN không đúng. Mã chỉ được thử một lần; hãy nhập lại.",
        "The PIN is wrong. It was tried once; enter it again.",
    ),
    "pin_locked": (
        "Thiết bị ký số đã bị khóa vì nhập sai mã PIN quá nhiều lần. Hãy liên hệ đơn vị cấp chứng thư để mở khóa.",
        "The token is locked after too many wrong PINs. Whoever issued it can unlock it.",
    ),
    "last_pin_try": (
        "Chỉ còn một lần nhập mã PIN trước khi thiết bị ký số bị khóa. Hãy kiểm tra mã PIN bằng phần mềm của thiết bị.",
        "One wrong PIN more locks the token, so none is tried. Check the PIN with the token's own program first.",
    ),
    "no_token": (
        "Không thấy thiết bị ký số có chứng thư. Hãy cắm thiết bị rồi thử lại.",
        "There is no token with a certificate. Plug it in and try again.",
    ),
    "no_signing_key": ("Chưa dùng được khóa ký số.", "The signing key cannot be used."),
    "signer_away": (
        "Dịch vụ ký số không trả lời. Giấy tờ chưa được ký; hãy thử lại.",
        "The signing service does not answer. Nothing was signed; try again.",
    ),
    "timestamp_away": (
        "Máy chủ cấp dấu thời gian không trả lời. Giấy tờ chưa được ký; hãy thử lại.",
        "The time stamp authority does not answer. Nothing was signed; try again.",
    ),
    "unfit_certificate": (
        "Chứng thư số không dùng để ký được: đã hết hạn, chưa có hiệu lực, khóa yếu hoặc không được cấp để ký.",
        "The certificate cannot be used: it does not hold today, its key is weak, or it is not for signing.",
    ),
    "untrusted_certificate": (
        "Chứng thư số không do tổ chức mà cơ quan tin cậy cấp. Giấy tờ chưa được ký.",
        "The certificate comes from nobody whom the office trusts. Nothing was signed.",
    ),
    "wrong_signature": (
        "Chữ ký nhận được không khớp với chứng thư số. Giấy tờ chưa được ký; hãy thử lại.",
        "The signature is not by the certificate's key. Nothing was signed; try again.",
    ),
    "nothing_to_sign": (
        "Không có giấy tờ nào đã đối chiếu mà chưa ký.",
        "No paper of this dossier is confirmed and not signed.",
    ),
    "signing_over": (
        "Lần ký này đã quá lâu hoặc đã xong. Hãy bấm ký lại.",
        "This signing has taken too long, or is done. Begin again.",
    ),
    "not_signing": ("Cơ quan chưa thiết lập ký số.", "Signing is not set up."),
}
