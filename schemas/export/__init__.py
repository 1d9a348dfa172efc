"""What the one-stop system takes over of a dossier (sync schema of the provincial systems in use).

The names are that schema's. It was read in the sources of such systems, not in a published standard, so nothing but
the names is promised. `dossier_sync.schema.json` beside this file is made from these values and is what they are
checked against elsewhere.
"""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from schemas.base import Value


class SyncPaper(Value):
    """A paper handed in, or used again instead (`TaiLieuNop`)."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    file_id: str = Field(alias="TepDinhKemId")
    """The paper's id in hoso."""
    file_name: str = Field(alias="TenTepDinhKem")
    """The title of the paper's type; never a person's name."""
    deleted: bool = Field(alias="IsDeleted")
    component_code: str = Field(alias="MaThanhPhanHoSo")
    """The code of the component in the national procedure database; empty while it is unknown."""
    download_path: str | None = Field(alias="DuongDanTaiTepTin")
    """Where hoso's API gives the file; null where no picture may be kept."""
    digitised: bool = Field(alias="DuocSoHoa")
    reused: Literal[0, 1, 2] = Field(alias="DuocTaiSuDung")
    """0: brought with this dossier; 1: was on file; 2: was on file under a code of its own."""
    from_national_store: bool = Field(alias="DuocLayTuKhoDMQG")
    """Whether the file came from the owner's store on the National Portal. hoso takes none from there yet."""
    replaced_by_code: str | None = Field(alias="MaKetQuaThayThe")
    """The code of the digitised paper that was used again."""


class SyncResult(Value):
    """A result of the procedure (`GiayToKetQua`)."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    title: str = Field(alias="TenGiayTo")
    component_code: str = Field(alias="MaThanhPhanHoSo")
    paper_id: str = Field(alias="GiayToId")
    download_path: str | None = Field(alias="DuongDanTepTinKetQua")
    code: str = Field(alias="MaGiayToKetQua")
    """`<mã hồ sơ>-KQ<n>` (NĐ 45/2020/NĐ-CP, Art 14)."""


class DossierSync(Value):
    """One dossier."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    dossier_code: str = Field(alias="MaHoSo")
    papers: tuple[SyncPaper, ...] = Field(alias="TaiLieuNop")
    results: tuple[SyncResult, ...] = Field(alias="GiayToKetQua")
    has_digitised: bool = Field(alias="HoSoCoThanhPhanSoHoa")
    account_verified: bool | None = Field(alias="TaiKhoanDuocXacThucVoiVNeID")
    """Whether the account that sent the dossier was verified with VNeID; null: hoso does not know."""


def dossier_schema() -> dict[str, object]:
    """The JSON Schema of a dossier as it is written."""
    schema = DossierSync.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}
