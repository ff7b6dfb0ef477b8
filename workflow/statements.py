"""Every static SQL statement, in the subset SQLite and PostgreSQL share.

A test prepares each on both databases and holds it against the tables. Inserts and updates are made
from the records' own columns in `audit_journal`.
"""

# --- the register of bodies -----------------------------------------------------------------------

BODIES = "SELECT id, code, name, kind, diary, call_days, valid_from, valid_to FROM body ORDER BY code, valid_from"
MEMBERS = "SELECT id, body, seat, payload, valid_from, valid_to FROM member ORDER BY id"

# --- finding ---------------------------------------------------------------------------------------

CASES_BY_NUMBER = (
    "SELECT DISTINCT case_id AS id FROM case_number"
    " WHERE year = :year AND number = :number AND (diary = :diary OR :diary = '')"
    " AND (suffix = :suffix OR :suffix = '')"
)
CASES_BY_ID_TAIL = "SELECT id FROM cases WHERE id LIKE :pattern"
CASE_VERSION = "SELECT version FROM cases WHERE id = :id"
MEETINGS_BY_DAY = "SELECT id, body, day, version FROM meeting WHERE body = :body AND day = :day"
DOCUMENT_BY_HASH = "SELECT case_id FROM document WHERE sha256 = :sha256"

# --- locking ---------------------------------------------------------------------------------------

LOCK_CASE = "SELECT version FROM cases WHERE id = :id"
LOCK_MEETING = "SELECT version FROM meeting WHERE id = :id"

# --- the facts of a case ---------------------------------------------------------------------------

CASE = "SELECT * FROM cases WHERE id = :id"
NUMBERS = "SELECT id, diary, year, number, suffix FROM case_number WHERE case_id = :id ORDER BY ordinal"
STAGES = (
    "SELECT id, ordinal, body, kind, role, required, closed, round, opportunity_until FROM stage"
    " WHERE case_id = :id ORDER BY ordinal, id"
)
PROPOSALS = (
    "SELECT id, version, body, att_satser, hash, payload FROM proposal_version AS p WHERE case_id = :id"
    " AND version = (SELECT MAX(q.version) FROM proposal_version AS q WHERE q.case_id = p.case_id)"
    " ORDER BY ordinal"
)
MBL = "SELECT id, kind, paragraph, day, held, payload FROM mbl_event WHERE case_id = :id ORDER BY day, id"
AGENDA = (
    "SELECT item.id, item.stage_id, item.meeting_id, item.ordinal, item.paragraph, item.announced_on, item.urgent,"
    " item.decided, item.outcome, item.deviation, item.part_id, meeting.body, meeting.kind, meeting.day,"
    " meeting.state, meeting.version, meeting.announced_on AS meeting_announced_on, meeting.called_on,"
    " meeting.call_days, part.whole, part.adjusted_on, part.posted_on, part.taken_down_on"
    " FROM agenda_item AS item JOIN meeting ON meeting.id = item.meeting_id JOIN stage ON stage.id = item.stage_id"
    " LEFT JOIN protocol_part AS part ON part.id = item.part_id"
    " WHERE item.case_id = :id ORDER BY meeting.day, stage.ordinal, item.id"
)
DECISIONS = (
    "SELECT decision.id, decision.item_id, decision.ordinal, decision.target, decision.outcome, decision.payload"
    " FROM decision JOIN agenda_item AS item ON item.id = decision.item_id"
    " WHERE item.case_id = :id ORDER BY decision.item_id, decision.ordinal"
)
RECIPIENTS = "SELECT id, ordinal, body, removed, payload FROM recipient WHERE case_id = :id ORDER BY ordinal, id"
DISPATCHES = (
    "SELECT dispatch.recipient_id, dispatch.item_id, dispatch.sent_on FROM dispatch"
    " JOIN recipient ON recipient.id = dispatch.recipient_id WHERE recipient.case_id = :id ORDER BY dispatch.id"
)
DOCUMENTS = "SELECT id, version, sha256, received_on, payload FROM document WHERE case_id = :id ORDER BY version"
MEETINGS_OF_CASE = "SELECT DISTINCT meeting_id AS id FROM agenda_item WHERE case_id = :id ORDER BY meeting_id"

# --- the facts of a meeting ------------------------------------------------------------------------

MEETING = "SELECT * FROM meeting WHERE id = :id"
PARTS = (
    "SELECT id, whole, adjusted_on, posted_on, taken_down_on FROM protocol_part WHERE meeting_id = :id"
    " ORDER BY adjusted_on, id"
)
ITEMS = (
    "SELECT item.id, item.case_id, item.ordinal, item.paragraph, item.part_id, item.announced_on, item.urgent,"
    " item.decided, item.outcome, item.deviation, stage.role FROM agenda_item AS item"
    " JOIN stage ON stage.id = item.stage_id WHERE item.meeting_id = :id ORDER BY item.ordinal, item.id"
)
LAST_PARAGRAPH = "SELECT MAX(paragraph) AS paragraph FROM agenda_item WHERE body = :body AND year = :year"
LAST_ORDINAL = "SELECT MAX(ordinal) AS ordinal FROM agenda_item WHERE meeting_id = :id"

# --- deadlines, payloads, the log ------------------------------------------------------------------

DEADLINES = (
    "SELECT id, kind, subject, due, act_by, basis, is_open FROM deadline WHERE stream = :stream ORDER BY due, id"
)
PAYLOADS = "SELECT id, body FROM payload WHERE stream = :stream"
ADD_PAYLOAD = "INSERT INTO payload (id, stream, body) VALUES (:id, :stream, :body)"
HEAD = "SELECT seq, sha256 FROM journal WHERE stream = :stream ORDER BY seq DESC LIMIT 1"
ADD_RECORD = (
    "INSERT INTO journal (stream, seq, command_id, sha256, body) VALUES (:stream, :seq, :command_id, :sha256, :body)"
)
DONE_BEFORE = "SELECT stream FROM journal WHERE command_id = :id"
HISTORY = "SELECT body FROM journal WHERE stream = :stream ORDER BY seq"
LOG_HEAD = "SELECT log_index, sha256 FROM log_line ORDER BY log_index DESC LIMIT 1"
UNPLACED = (
    "SELECT journal.id, journal.sha256, journal.body FROM journal"
    " LEFT JOIN log_line ON log_line.journal_id = journal.id WHERE log_line.log_index IS NULL ORDER BY journal.id"
)
UNPLACED_COUNT = (
    "SELECT COUNT(*) AS waiting FROM journal LEFT JOIN log_line ON log_line.journal_id = journal.id"
    " WHERE log_line.log_index IS NULL"
)
LINE_AT = "SELECT sha256 FROM log_line WHERE log_index = :log_index"
ADD_PLACE = "INSERT INTO log_line (log_index, journal_id, sha256) VALUES (:log_index, :journal_id, :sha256)"
LINES_AFTER = (
    "SELECT log_line.log_index, log_line.sha256 AS line_sha256, journal.sha256, journal.body"
    " FROM log_line JOIN journal ON journal.id = log_line.journal_id"
    " WHERE log_line.log_index > :after ORDER BY log_line.log_index LIMIT :batch"
)
PAYLOADS_AFTER = (
    "SELECT DISTINCT payload.id, payload.body FROM payload JOIN journal ON journal.stream = payload.stream"
    " JOIN log_line ON log_line.journal_id = journal.id WHERE log_line.log_index > :after"
)

# --- lists for people ------------------------------------------------------------------------------

CASE_LIST = (
    "SELECT cases.id, cases.kind, cases.state, cases.registered_on, cases.last_event, payload.body AS payload,"
    " stage.body, (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id ORDER BY n.ordinal LIMIT 1) AS number"
    " FROM cases LEFT JOIN payload ON payload.id = cases.payload LEFT JOIN stage ON stage.id = cases.stage"
    " WHERE (:state = '' OR cases.state = :state) AND (:body = '' OR stage.body = :body)"
    " ORDER BY cases.registered_on, cases.id"
)
MEETING_LIST = (
    "SELECT meeting.id, meeting.body, meeting.day, meeting.state, meeting.announced_on, meeting.called_on,"
    " COUNT(item.id) AS items FROM meeting LEFT JOIN agenda_item AS item ON item.meeting_id = meeting.id"
    " WHERE (:body = '' OR meeting.body = :body)"
    " GROUP BY meeting.id, meeting.body, meeting.day, meeting.state, meeting.announced_on, meeting.called_on"
    " ORDER BY meeting.day, meeting.body"
)
NEXT_MEETINGS = (
    "SELECT body, MIN(day) AS day FROM meeting WHERE day >= :day AND state <> 'hallen' GROUP BY body ORDER BY body"
)
STRANDED_CASES = (
    "SELECT COUNT(*) AS cases, MIN(lifecycle) AS oldest, MAX(lifecycle) AS newest FROM cases"
    " WHERE state NOT IN ('avslutad', 'aterkallad') AND lifecycle <> :lifecycle"
)
SCHEMA_VERSION = "SELECT version_num FROM alembic_version"
