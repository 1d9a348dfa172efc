"""Fields as they are read off pages that are made from lines of invented text."""

from collections.abc import Collection, Sequence

from pipeline.catalogue import load_catalogue
from pipeline.stages.extract import extract
from schemas.dossier import Field
from schemas.text import Box
from tests.unit.pages_of_text import page

TYPES = load_catalogue().types


def nothing(page: int, boxes: Sequence[Box]) -> Sequence[Sequence[str]]:
    """A page that cannot be looked at again."""
    return ((),) * len(boxes)


def read(kind: str, text: str, *, qr: str | None = None, pen: Collection[str] = ()) -> dict[str, Field]:
    return extract([page(text, qr=qr, pen=pen)], TYPES[kind], nothing)


def values(fields: dict[str, Field]) -> dict[str, str]:
    return {name: field.value for name, field in fields.items()}


BIRTH = """
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
GIẤY KHAI SINH
Số: 43/2019
Họ, chữ đệm, tên: PHAN VĂN TÁM
Ngày, tháng, năm sinh: 28/04/2019 ghi bằng chữ: Ngày hai mươi tám, tháng bốn, năm hai nghìn không trăm mười chín
Giới tính:Nam Dân tộc: Kinh Quốc tịch: Việt Nam
Số định danh cá nhân: 079219012345
Họ, chữ đệm, tên người mẹ: Lê Thị Mai
Năm sinh: 1988 Dân tộc: Kinh
Họ, chữ đệm, tên người cha: Phan Văn Chín
Họ, chữ đệm, tên người đi khai sinh: Phan Văn Mười
Giấy tờ tùy thân: CCCD số 079085054321
Ngày, tháng, năm đăng ký: 09/06/2019
"""
