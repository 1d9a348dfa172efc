"""Names of invented citizens, built from family, middle and given names of nine peoples of Vietnam."""

from dataclasses import dataclass
from random import Random
from typing import Literal

Sex = Literal["Nam", "Nữ"]


@dataclass(frozen=True)
class People:
    """How one people names its children.

    A pattern holds `{family}`, `{middle}` and `{given}` where they are written; `mother_line` tells that the
    family name comes from the mother.
    """

    ethnic_group: str
    weight: int
    families: tuple[str, ...]
    male: tuple[str, tuple[str, ...], tuple[str, ...]]
    """Pattern, middle names, given names."""
    female: tuple[str, tuple[str, ...], tuple[str, ...]]
    mother_line: bool = False

    def family(self, rng: Random) -> str:
        """One of the family names."""
        return rng.choice(self.families)

    def name(self, rng: Random, sex: Sex, family: str) -> str:
        """A full name, NFC, as it is printed in running text."""
        pattern, middles, givens = self.male if sex == "Nam" else self.female
        return pattern.format(family=family, middle=rng.choice(middles), given=rng.choice(givens))


_PLAIN = "{family} {middle} {given}"
_BARE = "{family} {given}"
_NONE = ("",)

KINH = People(
    "Kinh",
    12,
    (
        "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
        "Dương", "Lý", "Đoàn", "Trịnh", "Mai", "Tôn Thất", "Tạ", "Lưu",
    ),
    (
        _PLAIN,
        ("Văn", "Đình", "Quốc", "Minh", "Hữu", "Công", "Đức", "Thanh", "Xuân", "Gia", "Bá", "Ngọc"),
        (
            "Thủy", "Hùng", "Dũng", "Khải", "Nghĩa", "Phúc", "Quý", "Sỹ", "Tuấn", "Vượng", "Hiếu", "Bảo", "Đạt",
            "Kiệt", "Lộc", "Nhựt", "Trường", "Tường", "Thuần", "Giang", "Hậu", "Oánh",
        ),
    ),
    (
        _PLAIN,
        ("Thị", "Ngọc", "Thu", "Kim", "Diệu", "Khánh", "Thanh", "Bích", "Thị Mỹ", "Hoài"),
        (
            "Hằng", "Hường", "Phượng", "Tuyết", "Yến", "Vy", "Nguyệt", "Quỳnh", "Thảo", "Diễm", "Lan", "Trang",
            "Hòa", "Thúy", "Thủy", "Uyên", "Ngân", "Như", "Ái", "Hạnh",
        ),
    ),
)  # fmt: skip

PEOPLES = (
    KINH,
    People(
        "Tày",
        1,
        ("Nông", "Hoàng", "Bế", "Ma"),
        (_PLAIN, ("Văn", "Đức"), ("Thắng", "Quyến", "Bằng", "Tuyên", "Dậu")),
        (_PLAIN, ("Thị", "Thu"), ("Niềm", "Chuyên", "Hậu", "Vượng", "Dịu")),
    ),
    People(
        "Thái",
        1,
        ("Lò", "Quàng", "Cầm", "Lường"),
        (_PLAIN, ("Văn",), ("Pản", "Ọi", "Sơn", "Hặc", "Tỉnh", "Phiến")),
        (_PLAIN, ("Thị",), ("Inh", "Xôm", "Pâng", "Hỏa", "Ngoan", "Tươi")),
    ),
    People(
        "Mường",
        1,
        ("Bùi", "Quách", "Đinh", "Hà"),
        (_PLAIN, ("Văn", "Công"), ("Nhởn", "Dểu", "Lực")),
        (_PLAIN, ("Thị",), ("Ển", "Nhỡ", "Thiểm", "Duyến", "Quyền", "Mến")),
    ),
    People(
        "Mông",
        2,
        ("Giàng", "Vàng", "Sùng", "Lầu", "Thào"),
        (_PLAIN, ("A", "Mí"), ("Páo", "Chứ", "Dế", "Sử")),
        (_PLAIN, ("Thị", "Thị"), ("Mỷ", "Dợ", "Sua", "Chấu")),
    ),
    People(
        "Khmer",
        1,
        ("Thạch", "Sơn", "Kim", "Châu", "Danh"),
        (_BARE, _NONE, ("Sô Phia", "Mách", "Rít Thi", "Hoanh", "Sươl", "Đa Ra")),
        (_PLAIN, ("Thị",), ("Sa Rinh", "Phol", "Sô Thia", "Rây", "Chane", "Ươne")),
    ),
    People(
        "Ê Đê",
        1,
        ("Niê", "Êban", "Mlô", "Byă", "Ayŭn"),
        ("Y {given} {family}", _NONE, ("Bhăm", "Thắng", "Krak", "Djuang", "Ngông", "Wăn")),
        ("H'{given} {family}", _NONE, ("Hương", "Bliă", "Nuôr", "Yar", "Djăn", "Mrăng")),
        mother_line=True,
    ),
    People(
        "Gia Rai",
        1,
        ("Kpă", "Ksor", "Rơ Châm", "Siu", "Rah Lan"),
        (_BARE, _NONE, ("Thuin", "Blơi", "Yưk", "Jưm", "Hyơk", "Phem")),
        ("{family} H'{given}", _NONE, ("Lim", "Nga", "Chuih", "Blơr", "Ngơi", "Pyưl")),
        mother_line=True,
    ),
    People(
        "Ba Na",
        1,
        ("Đinh",),
        (_BARE, _NONE, ("Yớp", "Hmưnh", "Grưk", "Byưk", "Thơn", "Kưm")),
        (_PLAIN, ("Thị",), ("Hlơm", "Bleng", "Mlênh", "Yưr", "Phyôn", "Byơl")),
    ),
)


def choose_people(rng: Random) -> People:
    """One of the peoples, the Kinh more often than all others together."""
    return rng.choices(PEOPLES, [people.weight for people in PEOPLES])[0]


def official_name(rng: Random) -> str:
    """Name of an official who signs; nobody in particular."""
    sex: Sex = rng.choice(("Nam", "Nữ"))
    return KINH.name(rng, sex, KINH.family(rng))
