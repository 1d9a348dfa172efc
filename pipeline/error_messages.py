"""The sentences of errors, by stable code: for counter staff in Vietnamese, for operators in English."""

from pipeline.file_messages import FILES
from pipeline.keeping_messages import KEEPING_MESSAGES
from pipeline.signing_messages import SIGNING

MESSAGES: dict[str, tuple[str, str]] = {
    # the sender
    **FILES,
    "upload_moved": (
        "Phần này của tệp đã được gửi rồi hoặc còn thiếu phần trước. Hãy hỏi lại đã nhận đến đâu.",
        "This part was sent already, or one before it is missing. Ask how much was received.",
    ),
    "upload_unfinished": (
        "Có tệp chưa gửi xong. Hãy gửi tiếp rồi nhận.",
        "A file has not been sent whole. Send the rest first.",
    ),
    "too_many_uploads": (
        "Có quá nhiều tệp đang chờ. Hãy nhận hoặc bỏ bớt rồi gửi tiếp.",
        "Too many files are waiting. Hand some in or put them away, then send more.",
    ),
    "unknown_code": (
        "Mã này không phải mã hồ sơ, giấy tiếp nhận, tờ bìa hay thẻ căn cước.",
        "This is no code of a dossier, a receipt, a cover sheet or an identity card.",
    ),
    "database_not_empty": (
        "Cơ sở dữ liệu đã có dữ liệu. Hãy dùng cơ sở dữ liệu trống, hoặc --replace để thay thế.",
        "The database holds data already. Take an empty one, or replace what is there with --replace.",
    ),
    "unreadable": (
        "Không xử lý được tệp này. Bản gốc vẫn được giữ; hãy quét lại hoặc báo quản trị.",
        "This file could not be processed. Its original is kept; scan again or tell the operator.",
    ),
    "secret_paper": (
        "Giấy tờ có dấu độ mật: không được số hóa ở đây. Ảnh đã được xóa. Nhận bản giấy, xử lý theo quy định bảo vệ bí "
        "mật nhà nước, báo người phụ trách; xóa bản còn trong máy quét, máy tính.",
        "The paper carries a secrecy mark and may not be digitised here. The image has been wiped. Handle the sheet by "
        "the rules on state secrets, tell who is responsible, and delete what scanner or computer still hold.",
    ),
    "bad_received_at": (
        "Thời điểm tiếp nhận không hợp lý: ở tương lai, hoặc đã quá 30 ngày. Hãy kiểm tra đồng hồ của máy.",
        "The time of receipt cannot be: it lies ahead, or over 30 days back. Check the machine's clock.",
    ),
    "receipt_differs": (
        "Trung tâm đã nhận nhưng mã băm bản gốc không khớp. Bản gốc ở máy này vẫn được giữ; hãy báo quản trị.",
        "The centre's hashes of the originals are not ours. The originals here are kept; tell the operator.",
    ),
    "other_office": (
        "Lượt nộp này không thuộc đơn vị mà máy này gửi về trung tâm. Bản gốc vẫn được giữ; hãy báo quản trị.",
        "It is of another office than the one that this machine hands over for. It is kept; tell the operator.",
    ),
    "centre_refused": (
        "Trung tâm từ chối lượt nộp này. Bản gốc ở máy này vẫn được giữ; hãy báo quản trị.",
        "The centre refused this submission. Its originals here are kept; tell the operator.",
    ),
    "bad_dossier_code": ("Mã hồ sơ không đúng dạng.", "The dossier code has no possible form."),
    "bad_import": (
        "Không đọc được danh sách hồ sơ: thiếu cột mã hồ sơ, hoặc tệp không phải CSV.",
        "The list of dossiers cannot be read: its column of codes is missing, or it is no CSV.",
    ),
    "bad_index": (
        "Không đọc được danh sách kèm theo: thiếu cột tên tệp, hoặc tệp không phải CSV (UTF-8).",
        "The list of files cannot be read: its column of files is missing, or it is no CSV in UTF-8.",
    ),
    "bad_index_row": (
        "Dòng của tệp này trong danh sách có giá trị không hiểu được. Hãy sửa rồi chạy lại.",
        "The file's row in the list has a value that cannot be understood. Correct it and run again.",
    ),
    "listed_twice": (
        "Tệp này có hai dòng khác nhau trong danh sách. Hãy sửa rồi chạy lại.",
        "The list has two different rows for this file. Correct it and run again.",
    ),
    "reuse_refused": (
        "Giấy tờ này chưa đủ điều kiện để dùng lại cho hồ sơ.",
        "The paper does not meet the conditions for being used again.",
    ),
    "presence_needed": (
        "Hãy ghi căn cứ để xem giấy tờ: công dân có mặt, có người đại diện, đã định danh hay gửi hồ sơ qua bưu chính.",
        "Say what lets papers be shown: presence, somebody with authority, an account, or the post.",
    ),
    "showing_incomplete": (
        "Hãy ghi rõ người đến thay và giấy tờ của người đó, hoặc mức độ định danh điện tử.",
        "Say who stands at the counter for the citizen, or the level of the account.",
    ),
    "remark_needed": ("Hãy ghi rõ lý do.", "Say the reason in words."),
    "which_citizen": (
        "Chưa rõ là ai: hãy chọn một người, hoặc gõ số định danh và họ tên.",
        "Who is meant is not clear: choose somebody, or give number and name.",
    ),
    "not_their_dossier": (
        "Mã hồ sơ này là của người khác hoặc của thủ tục khác.",
        "The dossier is another person's, or of another procedure.",
    ),
    "look_up_refused": (
        "Hôm nay dữ liệu không thay thế được giấy tờ này.",
        "Data do not take the place of this paper on this day.",
    ),
    "cannot_attach": (
        "Không đưa được giấy này vào hồ sơ: không đúng loại giấy cần nộp, hoặc không còn được lưu.",
        "The paper cannot be put there: it is not of a type that is asked for, or is not on file.",
    ),
    "of_another_dossier": (
        "Giấy này đã nộp cùng một hồ sơ khác. Hãy dùng lại giấy đã có thay vì chuyển hồ sơ.",
        "The paper was brought with another dossier. Use it again instead of moving it.",
    ),
    "bad_phone": (
        "Số điện thoại không đúng: cần 10 hoặc 11 chữ số, bắt đầu bằng số 0.",
        "This is no telephone number: 10 or 11 digits, the first of them 0.",
    ),
    "day_needed": (
        "Ngày hẹn nộp chỉ ghi khi người dân hẹn nộp, và không được ở trước hôm nay.",
        "A day is said only of who will bring the papers, and lies not before today.",
    ),
    "bad_answer": (
        "Câu trả lời không hợp lệ cho câu hỏi này.",
        "This is no possible answer to the question.",
    ),
    "paper_changed": (
        "Giấy tờ vừa được người khác sửa; hãy xem lại rồi trả lời.",
        "Somebody else has just changed the paper; look at it again.",
    ),
    "not_looked_at": (
        "Chưa xem hết các trang của giấy tờ này.",
        "Not all pages of the paper have been looked at.",
    ),
    "cannot_compare": (
        "Chưa đối chiếu được: giấy tờ này còn phải rà soát, hoặc không được lưu.",
        "It cannot be compared: what it is must be settled first, or it may not be kept.",
    ),
    "one_citizen": (
        "Hai mã này đã là cùng một người trong sổ.",
        "These are one citizen on the register already.",
    ),
    "person_and_organisation": (
        "Không gộp được một người với một tổ chức.",
        "A person and an organisation cannot be one.",
    ),
    "not_their_paper": (
        "Giấy tờ này không đứng tên người đó trong sổ.",
        "The paper is not filed for this citizen.",
    ),
    "nothing_left": (
        "Không tách được: mục cũ sẽ không còn giấy tờ nào. Hãy sửa mục đó.",
        "No papers would be left with the citizen. Correct the entry instead.",
    ),
    "name_known": ("Sổ đã có tên này.", "The register has this name already."),
    "number_taken": (
        "Số này đã có trong sổ.",
        "The number is on the register already.",
    ),
    "item_claimed": (
        "Câu hỏi này đang do cán bộ khác xử lý.",
        "Another officer is at this question.",
    ),
    "cannot_undo": (
        "Không hoàn tác được: việc này đã được hoàn tác, hoặc có thay đổi sau đó.",
        "It has been undone already, or something was changed after it; undo that first.",
    ),
    "bad_cursor": (
        "Không xem tiếp được từ chỗ này; hãy tìm lại từ đầu.",
        "The list cannot go on from there; search again from its beginning.",
    ),
    # what was asked for
    "no_such_question": ("Câu hỏi này đã được trả lời hoặc không có.", "The question is answered, or there is none."),
    "no_such_decision": ("Không có quyết định này.", "There is no such decision about the register."),
    "no_such_path": ("Không tìm thấy tệp hoặc thư mục.", "No such file or folder."),
    "no_such_paper": ("Không có giấy tờ này.", "There is no such paper."),
    "no_such_citizen": (
        "Chưa có giấy tờ nào của người này.",
        "No papers of this person are on file.",
    ),
    "no_such_procedure": ("Không có thủ tục này.", "There is no such procedure."),
    "no_such_condition": (
        "Thủ tục này không có điều kiện như vậy.",
        "The procedure has no such condition.",
    ),
    "no_such_dossier": ("Không có hồ sơ này.", "There is no such dossier."),
    "no_such_component": (
        "Thủ tục của hồ sơ này không có thành phần đó.",
        "The procedure of this dossier asks for no such paper.",
    ),
    "no_such_form": ("Không có mẫu đơn, tờ khai này.", "There is no such form."),
    "no_such_submission": ("Không có lượt nộp này.", "There is no such submission."),
    "no_picture_kept": (
        "Giấy tờ này chỉ được lưu thông tin, không lưu hình.",
        "Only the fields of this paper are kept, not its picture.",
    ),
    "no_original_kept": (
        "Bản gốc của trang này không còn được lưu.",
        "The original of this page is not, or no longer, kept.",
    ),
    "no_such_page_of_paper": ("Giấy tờ này không có trang đó.", "The paper has no such page."),
    "no_such_upload": (
        "Tệp chờ này không còn: đã được nhận, đã bỏ, hoặc người khác đã lấy.",
        "This waiting file is gone: handed in, put away, or taken by somebody else.",
    ),
    "no_such_object": ("Không có đối tượng lưu trữ này.", "There is no such object in the store."),
    "no_such_delivery": ("Trung tâm chưa nhận lượt nộp này.", "The centre has taken over no such delivery."),
    "no_such_snapshot": ("Không có bản sao lưu nào như vậy.", "There is no such snapshot in the backup."),
    "no_such_account": ("Không có tài khoản này.", "There is no such account."),
    "no_such_visit": ("Không có lượt tiếp công dân này.", "There is no such visit."),
    "no_such_newcomer": ("Người này không còn trong danh sách chờ.", "This person is no longer waiting."),
    "no_such_provider": (
        "Ở đây không dùng hệ thống định danh bên ngoài.",
        "No identity provider is set up here.",
    ),
    "no_such_token": ("Không có mã truy cập này.", "There is no such token."),
    "no_such_hook": ("Không có địa chỉ nhận thông báo này.", "There is no such webhook."),
    "not_a_service": (
        "Mã truy cập chỉ cấp cho tài khoản có vai trò service.",
        "Only accounts with the role service are given tokens.",
    ),
    "bad_scope": (
        "Vai trò của tài khoản không cho phép quyền này.",
        "The account's roles do not permit this.",
    ),
    "bad_hook_url": (
        "Địa chỉ nhận thông báo phải là https (hoặc http trên chính máy này), không kèm tên và mật khẩu.",
        "A webhook's address is https, or http on this machine, without user and password.",
    ),
    "login_taken": ("Tên đăng nhập này đã có.", "This login is taken."),
    "target_taken": (
        "Đã có tệp hoặc thư mục trùng tên ở đó. Hãy chọn tên khác.",
        "There is something of this name already. Take another.",
    ),
    # who asks
    "not_permitted": ("Tài khoản của bạn không được làm việc này.", "Your account may not do this."),
    "bad_ticket": (
        "Đường dẫn tải này không đúng hoặc đã hết hạn. Hãy xin đường dẫn mới.",
        "This download link is wrong or too old. Ask for a new one.",
    ),
    "purpose_needed": (
        "Hãy cho biết lý do tra cứu trước khi xem giấy tờ.",
        "Say why you look before papers are shown.",
    ),
    "visit_over": (
        "Lượt tiếp công dân này đã kết thúc, hoặc không mở trong phiên làm việc này. Hãy mở lượt tiếp mới.",
        "This visit is over, or was not opened in this session. Open a new one.",
    ),
    "visit_needs_session": (
        "Chỉ cán bộ đang đăng nhập mới mở được lượt tiếp công dân.",
        "Only an officer who is signed in can open a visit.",
    ),
    "ask_again": (
        "Giấy tờ có dữ liệu nhạy cảm: hãy mở trang của giấy tờ và nêu lý do trước.",
        "The paper is sensitive: open its page and say why before it is shown.",
    ),
    "weak_password": (
        "Mật khẩu phải có từ 12 đến 256 ký tự.",
        "A password has 12 to 256 characters.",
    ),
    "easy_password": (
        "Mật khẩu này dễ đoán: gồm từ thông dụng, tên của bạn hoặc dãy phím. Hãy đặt một câu ngắn chỉ bạn nghĩ ra.",
        "This password is easy to guess: common words, your name or runs of keys. Take a short sentence of your own.",
    ),
    "passwords_differ": (
        "Hai lần nhập mật khẩu mới không giống nhau.",
        "The new password was not typed the same twice.",
    ),
    "same_password": ("Mật khẩu mới phải khác mật khẩu cũ.", "The new password must differ from the old one."),
    "wrong_password": ("Mật khẩu hiện tại không đúng.", "The present password is wrong."),
    "wrong_code": (
        "Mã không đúng, đã hết hạn hoặc đã dùng rồi. Hãy chờ mã tiếp theo rồi nhập lại.",
        "The code is wrong, too old, or was used before. Wait for the next one and type that.",
    ),
    "code_not_set_up": (
        "Tài khoản này phải có mã trên điện thoại. Hãy đăng nhập vào trang hoso một lần để cài mã, rồi làm lại.",
        "This account has to show codes. Sign in on the page once and set them up, then come back.",
    ),
    "too_many_tries": (
        "Sai nhiều lần quá. Hãy chờ rồi thử lại.",
        "Too many wrong tries. Wait, then try again.",
    ),
    "own_account": (
        "Bạn không thể tự khóa tài khoản của mình hay tự bỏ vai trò quản trị.",
        "You cannot disable your own account or take away your own role of administrator.",
    ),
    "unknown_person": (
        "Hệ thống định danh đã xác nhận bạn, nhưng chưa có tài khoản nào ở đây gắn với bạn. Hãy báo người quản trị.",
        "The identity provider knows you, but no account here is bound to you yet. Tell your administrator.",
    ),
    "subject_taken": (
        "Danh tính này đã gắn với một tài khoản khác.",
        "This identity is bound to another account.",
    ),
    "provider_refused": (
        "Hệ thống định danh không xác nhận lượt đăng nhập này. Hãy thử lại.",
        "The identity provider did not confirm this sign-in. Try again.",
    ),
    # services
    "store_away": ("Kho lưu trữ đang không liên lạc được.", "The object store does not answer."),
    "disk_full": (
        "Máy chủ hết chỗ lưu, chưa nhận được tệp. Hãy báo quản trị; giấy tờ đã nhận vẫn còn.",
        "The server's disk is full and takes no file. Tell the operator; what was received is safe.",
    ),
    "audit_copy_away": ("Không ghi được bản sao nhật ký ở nơi khác.", "HOSO_AUDIT_COPY cannot be read or written."),
    "database_away": ("Cơ sở dữ liệu đang không liên lạc được.", "The database does not answer."),
    "provider_away": (
        "Hệ thống định danh đang không liên lạc được. Bạn vẫn có thể đăng nhập bằng mật khẩu.",
        "The identity provider does not answer. You can still sign in by password.",
    ),
    "hook_away": ("Địa chỉ nhận thông báo không trả lời.", "The webhook's address does not answer."),
    "centre_away": (
        "Không liên lạc được với trung tâm. Giấy tờ đã nhận được giữ ở máy này và sẽ tự gửi sau.",
        "The centre does not answer. What was received is kept here and is sent later.",
    ),
    "sync_running": (
        "Một lệnh gửi về trung tâm khác đang chạy.",
        "Another hoso sync is at work with this home.",
    ),
    "closing_running": (
        "Một lệnh khác đang khóa sổ nhật ký.",
        "Another run is closing the days of the log.",
    ),
    "backup_running": (
        "Một lệnh sao lưu khác của cơ quan đang chạy; hãy đợi nó xong.",
        "Another hoso backup of this office is at work. Run this one when it has ended.",
    ),
    "flow_server_away": ("Máy chủ Prefect không trả lời.", "The Prefect server does not answer."),
    "child_failed": (
        "Một chương trình mà hoso up điều khiển không khởi động được; xem nhật ký của nó.",
        "A program that hoso up runs did not start; see its log.",
    ),
    "object_altered": (
        "Đối tượng lưu trữ không khớp mã băm đã ghi.",
        "A stored object does not match its recorded hash.",
    ),
    "lease_lost": (
        "Lượt nộp này đã được máy khác nhận xử lý.",
        "Another worker has taken over this submission.",
    ),
    "worker_lost": (
        "Máy xử lý đã dừng giữa chừng nhiều lần khi đọc lượt nộp này.",
        "Workers died again and again while they read this submission.",
    ),
    "given_back": (
        "Máy xử lý đang dừng; lượt nộp này được trả lại để máy khác đọc.",
        "The worker is stopping and has given this submission back for another to read.",
    ),
    # the operator
    "bad_setting": ("Cấu hình sai.", "A setting is wrong."),
    "no_centre": (
        "Máy này chưa được nối với trung tâm: hãy đặt HOSO_CENTRE_URL và HOSO_CENTRE_TOKEN.",
        "This machine has no centre: set HOSO_CENTRE_URL and HOSO_CENTRE_TOKEN.",
    ),
    "centre_refuses_token": (
        "Trung tâm không nhận mã truy cập của máy này: cần mã còn hạn, có quyền papers.receive và papers.deliver.",
        "The centre refuses this machine's token: one is needed that holds, with papers.receive and papers.deliver.",
    ),
    "no_hoso_there": (
        "Ở địa chỉ HOSO_CENTRE_URL không có hoso, hoặc là phiên bản cũ hơn.",
        "At HOSO_CENTRE_URL there is no hoso, or an older one.",
    ),
    "read_at_centre": (
        "Máy này chỉ nhận giấy tờ và gửi về trung tâm; giấy tờ được đọc ở đó. Hãy nhận ở trang quầy hoặc thư mục quét.",
        "This machine only receives and hands over to its centre, which reads. Use its page or its scan folder.",
    ),
    "bad_catalogue": ("Danh mục giấy tờ hoặc thủ tục có lỗi.", "The catalogue of papers or procedures has an error."),
    "no_object_lock": (
        "Bucket S3 đã có nhưng không bật object lock; không bật thêm được. Hãy đặt HOSO_STORE sang bucket mới.",
        "The S3 bucket was made without object lock, which cannot be added. Let HOSO_STORE name a new bucket.",
    ),
    "intake_misplaced": (
        "Trong bucket lưu trữ có đối tượng của intake, là thứ phải xóa được. Hãy chuyển sang bucket `-intake`.",
        "The archive's bucket holds intake objects, which must be deletable. Move them to the bucket `-intake`.",
    ),
    "not_empty": (
        "Chỉ khôi phục vào kho và cơ sở dữ liệu còn trống.",
        "A backup is restored into an empty store and an empty database only.",
    ),
    "newer_backup": (
        "Bản sao lưu do phiên bản hoso mới hơn tạo ra. Hãy cài phiên bản đó.",
        "A newer version of hoso has made this backup. Install that version.",
    ),
    "newer_database": (
        "Cơ sở dữ liệu đã được một phiên bản hoso mới hơn nâng cấp. Hãy cài phiên bản đó.",
        "A newer version of hoso has upgraded this database. Install that version.",
    ),
    "missing_program": ("Thiếu một chương trình cần thiết.", "A program that hoso needs is missing."),
    "already_running": (
        "hoso đang chạy với thư mục dữ liệu này rồi.",
        "Another hoso up is running with this home.",
    ),
    "inbox_closed": (
        "Không chuyển được tệp ra khỏi hộp quét: hoso cần quyền ghi vào thư mục này.",
        "Files cannot be moved out of the inbox folder: hoso needs the right to write there.",
    ),
    "backlog_running": (
        "Một lệnh hoso backlog khác đang nhận thư mục này.",
        "Another hoso backlog is taking in this folder.",
    ),
    "home_not_writable": ("Không ghi được vào thư mục dữ liệu.", "The data folder cannot be written."),
    **SIGNING,
    # us
    "internal": ("Lỗi của phần mềm hoso. Bản gốc vẫn được giữ.", "A fault of hoso itself. Originals are kept."),
    **KEEPING_MESSAGES,
}
