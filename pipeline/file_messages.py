"""The sentences of errors about files that are no scans, or do harm, and about what guards against them."""

FILES: dict[str, tuple[str, str]] = {
    "not_a_scan": (
        "Tệp này không phải bản quét hay ảnh chụp giấy tờ. Hãy gửi tệp PDF, JPEG, PNG, TIFF, WebP, JP2 hoặc HEIC.",
        "This file is not a scan. Send a PDF, JPEG, PNG, TIFF, WebP, JPEG 2000 or HEIC file.",
    ),
    "office_document": (
        "Đây là tệp Word, Excel hoặc PowerPoint, không phải bản quét. Hãy lưu thành PDF rồi gửi lại.",
        "This is a Word, Excel or PowerPoint document, not a scan. Save it as PDF and send that.",
    ),
    "web_page": (
        "Đây là trang web hoặc hình SVG, không phải bản quét. Hãy gửi bản quét hoặc ảnh chụp giấy tờ.",
        "This is a web page or an SVG drawing, not a scan. Send a scan or a photo of the paper.",
    ),
    "packed_files": (
        "Đây là tệp nén (ZIP, RAR…). Hãy giải nén rồi gửi từng bản quét.",
        "This is an archive of files (ZIP, RAR…). Unpack it and send the scans one by one.",
    ),
    "empty_file": ("Tệp rỗng. Hãy quét lại.", "The file is empty. Scan the paper again."),
    "too_large": (
        "Tệp quá lớn. Hãy quét ở 300 dpi hoặc tách thành nhiều tệp.",
        "The file is too large. Scan at 300 dpi or split it.",
    ),
    "too_many_pages": (
        "Tệp có quá nhiều trang. Hãy tách thành nhiều tệp.",
        "The file has too many pages. Split it.",
    ),
    "page_too_large": (
        "Trang giấy có quá nhiều điểm ảnh. Hãy quét lại ở 300 dpi.",
        "A page has too many pixels. Scan it again at 300 dpi.",
    ),
    "encrypted": (
        "Tệp PDF có mật khẩu. Hãy gửi tệp không đặt mật khẩu.",
        "The PDF asks for a password. Send it without one.",
    ),
    "damaged": ("Tệp bị hỏng, không mở được. Hãy quét lại.", "The file is damaged and cannot be opened. Scan again."),
    "no_pages": ("Tệp không có trang nào. Hãy quét lại.", "The file has no pages. Scan again."),
    "infected": (
        "Phần mềm diệt vi-rút báo tệp này có mã độc, nên tệp không được mở và không được lưu trữ. Hãy báo quản trị.",
        "The virus scanner says that this file carries malware. It was not opened or archived. Tell the operator.",
    ),
    "virus_scanner_away": (
        "Chưa kiểm tra được vi-rút nên chưa mở tệp. Bản gốc vẫn an toàn; hệ thống sẽ tự thử lại.",
        "The virus scanner (HOSO_CLAMD) cannot be asked, so no file is opened. Originals are safe; it is tried again.",
    ),
    "parser_unconfined": (
        "Hệ điều hành không cho cô lập chương trình đọc tệp khỏi mạng, nên không tệp nào được mở. Hãy báo quản trị.",
        "Nothing here keeps parsers off the network, so no file is opened. Allow seccomp or user namespaces, "
        "or set HOSO_UNCONFINED_PARSERS=true.",
    ),
}
