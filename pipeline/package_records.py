"""What a package tells of its papers and dossiers, for people and for programs that know nothing of hoso."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.catalog import Catalogue
from schemas.dossier import Paper
from schemas.dossiers import Dossier, PaperCode
from schemas.export.package import (
    PackagedDossier,
    PackagedField,
    PackagedFile,
    PackagedPaper,
    PackagedPerson,
    PackagedPlace,
    PackagedSignature,
)

README = """\
GÓI HỒ SƠ SỐ HÓA / PACKAGE OF DIGITISED PAPERS

Đọc không cần phần mềm riêng. Mỗi hồ sơ là một thư mục trong data/, tên thư mục là mã hồ sơ. Trong đó:
  NNN-loại.pdf         bản số hóa, PDF/A-2b hai lớp, tìm được chữ
  NNN-loại.signed.pdf  bản số hóa đã ký số, nếu đã ký (mở bằng phần mềm đọc PDF để kiểm tra chữ ký)
  NNN-loại.json        các trường thông tin của giấy tờ đó (xem schemas/package_paper.schema.json)
  NNN-loại.original-*  tệp gốc như khi được nộp, nếu có lấy kèm
  dossier.json         thông tin của hồ sơ (xem schemas/package_dossier.schema.json)
Giấy tờ chưa thuộc hồ sơ nào nằm trong data/no-dossier/. Loại chỉ được lưu thông tin thì không có tệp .pdf.
Trường "confirmed_at" trống nghĩa là chưa có cán bộ đối chiếu bản số hóa với bản chính.
hoso không biết: thời hạn lưu trữ, mức độ tiếp cận, số tờ, tình trạng vật lý, mã hồ sơ gốc giấy, từ khóa, mức độ tin
cậy, tình trạng dự phòng (TT 05/2025/TT-BNV); các trường này để trống cho cơ quan lưu trữ ghi.

Every dossier is a folder below data/, named by its code. It holds the searchable PDF/A-2b of each paper, the same with
the signature of who digitised it (.signed.pdf) where there is one, the values
read from it in JSON, the original as handed in where it was asked for, and dossier.json. Papers of no dossier lie in
data/no-dossier/. Papers of which only the values may be kept have no .pdf. An empty "confirmed_at" means that no
officer has compared the copy with the original. What hoso does not know is null, for the archive to fill in.

Kiểm tra gói còn nguyên vẹn / check that nothing was changed (BagIt, RFC 8493):
  sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt

Gói có dữ liệu cá nhân: bảo quản và chuyển giao theo Luật 91/2025/QH15.
The package holds personal data: keep and hand it over as Luật 91/2025/QH15 demands.
"""


@dataclass(frozen=True)
class PaperFiles:
    """Which files of a paper are in the package."""

    copy: PackagedFile | None
    signed: PackagedFile | None
    originals: tuple[PackagedFile, ...]


def told_of_paper(
    catalogue: Catalogue,
    paper: Paper,
    code: PaperCode | None,
    files: PaperFiles,
) -> PackagedPaper:
    """What the package tells of one paper; `code` where it has one."""
    known = catalogue.types.get(paper.type)
    return PackagedPaper(
        document_id=paper.document_id,
        code=code.code if code else None,
        type=paper.type,
        title=catalogue.title(paper.type),
        national_code=known.national_code if known else "",
        summary=code.summary if code else None,
        permanent=code.permanent if code else None,
        valid_until=code.valid_until if code else None,
        scope=code.scope if code else None,
        state=paper.state,
        invalid_state=paper.invalid_state,
        invalid_from=paper.invalid_from,
        copy_kind=paper.copy_kind,
        confirmed_at=paper.confirmed_at,
        filed_at=paper.filed_at,
        dossier_code=paper.dossier_code,
        fields={
            name: PackagedField.model_validate(field.model_dump(include=set(PackagedField.model_fields)))
            for name, field in paper.fields.items()
        },
        owners=tuple(
            PackagedPerson(number=one.number, name=one.name, role=one.role, certain=one.link == "filed")
            for one in paper.people
        ),
        pages=len(paper.source_pages),
        file=files.copy,
        signed=_told_of_signature(paper, files.signed),
        originals=files.originals,
        content_sha256=paper.content_sha256,
        pipeline_version=paper.pipeline_version,
    )


def _told_of_signature(paper: Paper, file: PackagedFile | None) -> PackagedSignature | None:
    if paper.signed is None or file is None:
        return None
    told = set(PackagedSignature.model_fields) - {"file"}
    return PackagedSignature(file=file, **paper.signed.model_dump(include=told))


def told_of_dossier(
    catalogue: Catalogue, dossier: Dossier, inside: Sequence[tuple[Paper, PackagedPlace]]
) -> PackagedDossier:
    """What the package tells of a dossier; `inside` are its papers with their places."""
    procedure = catalogue.procedures.get(dossier.procedure or "")
    ended = [paper.filed_at for paper, place in inside if place.result_code is not None]
    return PackagedDossier(
        code=dossier.code,
        title=procedure.title if procedure else None,
        procedure_code=procedure.code if procedure else None,
        owner=dossier.owner,
        submitted_by=dossier.submitted_by,
        channel=dossier.channel,
        received_at=dossier.received_at,
        ended_at=max(ended, default=None),
        language="vi",
        documents=len(inside),
        pages=sum(len(paper.source_pages) for paper, _ in inside),
        papers=tuple(place for _, place in inside),
    )
