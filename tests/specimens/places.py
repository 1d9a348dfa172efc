"""Where invented citizens live: real communes, named as before and as after the merger of 1 July 2025.

The old names have four levels (house, commune, district, province), the new ones three. The pairs follow the
resolutions of June 2025; where a commune was divided among several, one of them stands for all.
"""

from dataclasses import dataclass
from datetime import date

MERGER = date(2025, 7, 1)
"""From this day districts are gone and there are 34 provinces."""


@dataclass(frozen=True)
class Place:
    """One commune. `code` is the three-digit province code of personal numbers; it did not change with the merger."""

    code: str
    old_commune: str
    district: str
    old_province: str
    new_commune: str
    new_province: str

    def commune(self, on: date) -> str:
        """The commune's name with its rank, such as `phường Bến Nghé`."""
        return self.old_commune if on < MERGER else self.new_commune

    def province(self, on: date) -> str:
        """The province's name with its rank."""
        return self.old_province if on < MERGER else self.new_province

    def full(self, on: date) -> str:
        """The commune with everything above it."""
        if on < MERGER:
            return f"{self.old_commune}, {self.district}, {self.old_province}"
        return f"{self.new_commune}, {self.new_province}"


@dataclass(frozen=True)
class Home:
    """A house in a commune."""

    house: str
    place: Place

    def address(self, on: date) -> str:
        """The address as an office would have written it on that day."""
        return f"{self.house}, {self.place.full(on)}"


def without_rank(name: str) -> str:
    """The proper name alone: `phường Bến Nghé` is `Bến Nghé`. It opens the line of place and date (NĐ 30/2020)."""
    for rank in ("thị trấn ", "phường ", "xã ", "Thành phố ", "tỉnh "):
        if name.startswith(rank):
            return name.removeprefix(rank)
    return name


_HCM = "Thành phố Hồ Chí Minh"
_HANOI = "Thành phố Hà Nội"

PLACES = (
    Place("079", "phường Bến Nghé", "Quận 1", _HCM, "phường Sài Gòn", _HCM),
    Place("079", "phường Linh Xuân", "Thành phố Thủ Đức", _HCM, "phường Linh Xuân", _HCM),
    Place("001", "phường Hàng Bạc", "quận Hoàn Kiếm", _HANOI, "phường Hoàn Kiếm", _HANOI),
    Place("001", "xã Đông Hội", "huyện Đông Anh", _HANOI, "xã Đông Anh", _HANOI),
    Place("046", "phường Phú Hội", "Thành phố Huế", "tỉnh Thừa Thiên Huế", "phường Thuận Hóa", "Thành phố Huế"),
    Place("048", "phường Thạch Thang", "quận Hải Châu", "Thành phố Đà Nẵng", "phường Hải Châu", "Thành phố Đà Nẵng"),
    Place("092", "phường Tân An", "quận Ninh Kiều", "Thành phố Cần Thơ", "phường Ninh Kiều", "Thành phố Cần Thơ"),
    Place("066", "phường Tân Lợi", "Thành phố Buôn Ma Thuột", "tỉnh Đắk Lắk", "phường Buôn Ma Thuột", "tỉnh Đắk Lắk"),
    Place("066", "xã Cư Né", "huyện Krông Búk", "tỉnh Đắk Lắk", "xã Krông Búk", "tỉnh Đắk Lắk"),
    Place("064", "phường Diên Hồng", "Thành phố Pleiku", "tỉnh Gia Lai", "phường Pleiku", "tỉnh Gia Lai"),
    Place("052", "phường Trần Phú", "Thành phố Quy Nhơn", "tỉnh Bình Định", "phường Quy Nhơn", "tỉnh Gia Lai"),
    Place("002", "thị trấn Mèo Vạc", "huyện Mèo Vạc", "tỉnh Hà Giang", "xã Mèo Vạc", "tỉnh Tuyên Quang"),
    Place("010", "phường Sa Pa", "thị xã Sa Pa", "tỉnh Lào Cai", "phường Sa Pa", "tỉnh Lào Cai"),
    Place("014", "phường Chiềng Lề", "Thành phố Sơn La", "tỉnh Sơn La", "phường Tô Hiệu", "tỉnh Sơn La"),
    Place("040", "phường Hưng Bình", "Thành phố Vinh", "tỉnh Nghệ An", "phường Thành Vinh", "tỉnh Nghệ An"),
    Place("056", "phường Lộc Thọ", "Thành phố Nha Trang", "tỉnh Khánh Hòa", "phường Nha Trang", "tỉnh Khánh Hòa"),
    Place("083", "phường An Hội", "Thành phố Bến Tre", "tỉnh Bến Tre", "phường An Hội", "tỉnh Vĩnh Long"),
    Place("094", "phường 4", "Thành phố Sóc Trăng", "tỉnh Sóc Trăng", "phường Phú Lợi", "Thành phố Cần Thơ"),
)

STREETS = (
    "Lê Lợi", "Trần Hưng Đạo", "Nguyễn Huệ", "Hai Bà Trưng", "Lý Thường Kiệt", "Phan Đình Phùng", "Quang Trung",
    "Nguyễn Trãi", "Hoàng Diệu", "Ngô Quyền", "Bà Triệu", "Võ Thị Sáu", "Lê Quý Đôn", "Tôn Thất Thuyết",
)  # fmt: skip
