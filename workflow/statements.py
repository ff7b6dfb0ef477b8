"""Every static SQL statement, in the subset SQLite and PostgreSQL share.

A test prepares each on both databases and holds it against the tables. Inserts and updates are made
from the records' own columns in `audit_journal`.
"""

# --- secrecy --------------------------------------------------------------------------------------

# The statements for people leave out what is about a secret case, unless the connection is cleared for a body that
# the case passes. It says itself for which (`Connection.cleared`): whoever forgets to ask sees too little.


def _cleared_for(case_id: str) -> str:
    """True where the connection is cleared for a case, secret or not. Codes may hold what LIKE takes for its own."""
    return (
        f"(:cleared = '*' OR EXISTS (SELECT 1 FROM stage AS passed WHERE passed.case_id = {case_id}"
        " AND REPLACE(:cleared, '\n' || passed.body || '\n', '') <> :cleared))"
    )


def _seen_case(case_id: str) -> str:
    """True unless there is a secret case with that id that the connection is not cleared for."""
    return (
        f"NOT EXISTS (SELECT 1 FROM cases AS hidden WHERE hidden.id = {case_id} AND hidden.secrecy"
        f" AND NOT {_cleared_for('hidden.id')})"
    )


def _seen_part(part_id: str) -> str:
    """True unless every § that was adjusted together is a hidden case's."""
    own = "FROM agenda_item AS own WHERE own.meeting_id = shared.meeting_id AND own.part_id = shared.id"
    return (
        f"NOT EXISTS (SELECT 1 FROM protocol_part AS shared WHERE shared.id = {part_id} AND EXISTS (SELECT 1 {own})"
        f" AND NOT EXISTS (SELECT 1 {own} AND {_seen_case('own.case_id')}))"
    )


_seen_deadline = f"{_seen_case('deadline.stream')} AND {_seen_part('deadline.subject')}"
CASE_SEEN = f"SELECT id FROM cases WHERE id = :id AND {_seen_case('cases.id')}"
CASE_CLEARED = f"SELECT id FROM cases WHERE id = :id AND {_cleared_for('cases.id')}"
CASE_SECRECY = "SELECT secrecy FROM cases WHERE id = :id"
SECRECIES = "SELECT id, secrecy FROM cases"
HIDDEN_CASES = f"SELECT id FROM cases WHERE NOT {_seen_case('cases.id')}"

# --- the register of bodies -----------------------------------------------------------------------

BODIES = (
    "SELECT id, code, name, kind, diary, call_days, valid_from, valid_to, succeeds, parent FROM body"
    " ORDER BY code, valid_from"
)
MEMBERS = "SELECT id, body, seat, payload, valid_from, valid_to, place FROM member ORDER BY id"

# --- finding ---------------------------------------------------------------------------------------

CASES_BY_NUMBER = (
    "SELECT DISTINCT case_id AS id FROM case_number"
    " WHERE year = :year AND number = :number AND (diary = :diary OR :diary = '')"
    " AND (suffix = :suffix OR :suffix = '') AND voided_on IS NULL"
)
VOIDED_NUMBERS = (
    "SELECT id, case_id, voided_on FROM case_number"
    " WHERE year = :year AND number = :number AND (diary = :diary OR :diary = '')"
    " AND (suffix = :suffix OR :suffix = '') AND voided_on IS NOT NULL"
)
CASES_BY_NUMBER_SEEN = f"{CASES_BY_NUMBER} AND {_seen_case('case_number.case_id')}"
CASES_BY_ID_TAIL = "SELECT id FROM cases WHERE id LIKE :pattern"
CASES_BY_ID_TAIL_SEEN = f"{CASES_BY_ID_TAIL} AND {_seen_case('cases.id')}"
CASE_VERSION = "SELECT version FROM cases WHERE id = :id"
MEETINGS_BY_DAY = "SELECT id, body, day, version FROM meeting WHERE body = :body AND day = :day"
SKRIVELSE_BY_HASH = "SELECT case_id FROM document WHERE sha256 = :sha256 AND (kind IS NULL OR kind = 'skrivelse')"
DOCUMENT_IN_USE = (
    "SELECT 1 AS found FROM document JOIN payload ON payload.id = document.payload WHERE document.sha256 = :sha256"
)
DOCUMENTS_IN_USE = (
    "SELECT document.sha256, MAX(document.size) AS size FROM document"
    " JOIN payload ON payload.id = document.payload GROUP BY document.sha256 ORDER BY document.sha256"
)
DOCUMENTS_OF_OTHERS = (
    "SELECT DISTINCT document.sha256 FROM document JOIN payload ON payload.id = document.payload"
    " WHERE document.case_id <> :id"
)
RECORDS_OF_DOCUMENTS = """SELECT body FROM journal WHERE body LIKE '%["insert","document",%' ORDER BY id"""
RECORDS_OF_PURGES = """SELECT body FROM journal WHERE body LIKE '%"type":"case.purged"%' ORDER BY id"""

# --- locking ---------------------------------------------------------------------------------------

ALL_CASES = "SELECT id FROM cases ORDER BY id"
ALL_MEETINGS = "SELECT id FROM meeting ORDER BY id"
LOCK_CASE = "SELECT version FROM cases WHERE id = :id"
LOCK_MEETING = "SELECT version FROM meeting WHERE id = :id"

# --- the facts of a case ---------------------------------------------------------------------------

CASE = "SELECT * FROM cases WHERE id = :id"
NUMBERS = (
    "SELECT id, diary, year, number, suffix FROM case_number WHERE case_id = :id AND voided_on IS NULL ORDER BY ordinal"
)
STAGES = (
    "SELECT id, ordinal, body, kind, role, required, closed, round, opportunity_until, utskott FROM stage"
    " WHERE case_id = :id ORDER BY ordinal, body, id"
)
PROPOSALS = (
    "SELECT id, version, body, att_satser, hash, payload FROM proposal_version AS p WHERE case_id = :id"
    " AND version = (SELECT MAX(q.version) FROM proposal_version AS q WHERE q.case_id = p.case_id)"
    " ORDER BY ordinal"
)
EVERY_PROPOSAL = (
    "SELECT id, version, body, att_satser, hash, noted_on, payload FROM proposal_version WHERE case_id = :id"
    " ORDER BY version, ordinal"
)
MBL = (
    "SELECT id, kind, paragraph, day, held, unfinished, central, payload FROM mbl_event"
    " WHERE case_id = :id ORDER BY day, id"
)
AGENDA = (
    "SELECT item.id, item.stage_id, item.meeting_id, item.ordinal, item.paragraph, item.announced_on, item.urgent,"
    " item.decided, item.outcome, item.deviation, item.part_id, item.kind AS purpose, item.minority, item.final_on,"
    " item.appealable, meeting.body, meeting.kind, meeting.day,"
    " meeting.state, meeting.version, meeting.announced_on AS meeting_announced_on, meeting.called_on,"
    " meeting.call_days, meeting.closed_at, meeting.manus_on, meeting.call_on, meeting.announce_on, stage.utskott,"
    " part.whole, part.adjusted_on, part.posted_on,"
    " part.taken_down_on, part.restarted_on"
    " FROM agenda_item AS item JOIN meeting ON meeting.id = item.meeting_id JOIN stage ON stage.id = item.stage_id"
    " LEFT JOIN protocol_part AS part ON part.id = item.part_id"
    " WHERE item.case_id = :id ORDER BY meeting.day, stage.ordinal, stage.body, item.id"
)
DECISIONS = (
    "SELECT decision.id, decision.item_id, decision.ordinal, decision.target, decision.outcome, decision.matter,"
    " decision.payload"
    " FROM decision JOIN agenda_item AS item ON item.id = decision.item_id"
    " WHERE item.case_id = :id ORDER BY decision.item_id, decision.ordinal"
)
RECIPIENTS = (
    "SELECT id, ordinal, body, removed, purpose, payload FROM recipient WHERE case_id = :id ORDER BY ordinal, id"
)
APPEALS = (
    "SELECT appeal.id, appeal.item_id, appeal.received_on, appeal.received_by, appeal.in_time, appeal.forwarded_on,"
    " appeal.settled_on, appeal.outcome, appeal.payload FROM appeal"
    " JOIN agenda_item AS item ON item.id = appeal.item_id WHERE item.case_id = :id ORDER BY appeal.id"
)
APPEALS_AT = (
    "SELECT appeal.id, appeal.received_on, appeal.in_time, item.part_id FROM appeal"
    " JOIN agenda_item AS item ON item.id = appeal.item_id WHERE item.meeting_id = :id ORDER BY appeal.id"
)
DISPATCHES = (
    "SELECT dispatch.id, dispatch.recipient_id, dispatch.item_id, dispatch.sent_on, dispatch.before_justering,"
    " dispatch.channel, dispatch.receipt_on FROM dispatch"
    " JOIN recipient ON recipient.id = dispatch.recipient_id WHERE recipient.case_id = :id ORDER BY dispatch.id"
)
DOCUMENTS = (
    "SELECT id, version, COALESCE(number, version) AS number, COALESCE(kind, 'skrivelse') AS kind, sha256, size,"
    " received_on, payload FROM document WHERE case_id = :id ORDER BY COALESCE(number, version)"
)
WATCHES = (
    "SELECT id, number, kind, body, noted_on, due, months, inferred, snoozed_until, closed_on, payload FROM watch"
    " WHERE case_id = :id ORDER BY number"
)
REFERRALS = (
    "SELECT id, number, sent_on, due, mandatory, answered_on, withdrawn_on, payload FROM referral"
    " WHERE case_id = :id ORDER BY number"
)
LINKS = "SELECT id, case_id, other_id, kind, removed FROM case_link WHERE case_id = :id OR other_id = :id ORDER BY id"
LINKS_SEEN = (
    "SELECT id, case_id, other_id, kind FROM case_link WHERE (case_id = :id OR other_id = :id) AND NOT removed"
    f" AND {_seen_case('case_link.case_id')} AND {_seen_case('case_link.other_id')} ORDER BY id"
)
MEETINGS_OF_CASE = "SELECT DISTINCT meeting_id AS id FROM agenda_item WHERE case_id = :id ORDER BY meeting_id"

# --- the facts of a meeting ------------------------------------------------------------------------

MEETING = "SELECT * FROM meeting WHERE id = :id"
PARTS = (
    "SELECT id, whole, adjusted_on, posted_on, taken_down_on, restarted_on FROM protocol_part WHERE meeting_id = :id"
    " ORDER BY adjusted_on, id"
)
ITEMS = (
    "SELECT item.id, item.case_id, item.stage_id, item.ordinal, item.paragraph, item.part_id, item.announced_on,"
    " item.urgent, item.decided, item.outcome, item.deviation, item.kind, item.standing, item.payload, item.final_on,"
    " item.appealable, stage.role"
    " FROM agenda_item AS item LEFT JOIN stage ON stage.id = item.stage_id WHERE item.meeting_id = :id"
    " ORDER BY item.ordinal, item.id"
)
PARTS_SEEN = PARTS.replace(" ORDER BY", f" AND {_seen_part('protocol_part.id')} ORDER BY")
ITEMS_SEEN = ITEMS.replace(" ORDER BY", f" AND {_seen_case('item.case_id')} ORDER BY")
LEFT_WITHOUT_MEETING = (
    "SELECT DISTINCT cases.id FROM cases JOIN stage ON stage.case_id = cases.id AND NOT stage.closed"
    " JOIN agenda_item AS item ON item.stage_id = stage.id"
    " WHERE stage.body = :body AND cases.state IN ('namnd', 'ks', 'kf') AND item.outcome IN ('bordlagd', 'utgatt')"
    " ORDER BY cases.id"
)
JAV_OF_CASE = (
    "SELECT jav.item_id, jav.member FROM jav JOIN agenda_item AS item ON item.id = jav.item_id"
    " WHERE item.case_id = :id ORDER BY jav.item_id, jav.member"
)
VOTES_OF_CASE = (
    "SELECT vote.id, vote.item_id, vote.ordinal, vote.yes, vote.no, vote.abstained, vote.casting, vote.secret,"
    " payload.body AS words FROM vote JOIN agenda_item AS item ON item.id = vote.item_id"
    " LEFT JOIN payload ON payload.id = vote.payload WHERE item.case_id = :id ORDER BY vote.item_id, vote.ordinal"
)
BALLOTS_OF_CASE = (
    "SELECT ballot.vote_id, ballot.member, ballot.choice FROM ballot JOIN vote ON vote.id = ballot.vote_id"
    " JOIN agenda_item AS item ON item.id = vote.item_id WHERE item.case_id = :id"
    " ORDER BY ballot.vote_id, ballot.member"
)
RULINGS_OF_MEETING = (
    "SELECT decision.item_id, decision.outcome FROM decision JOIN agenda_item AS item ON item.id = decision.item_id"
    " WHERE item.meeting_id = :id ORDER BY decision.item_id, decision.ordinal"
)
ATTENDANCE = (
    "SELECT attendance.id, attendance.member, attendance.seat, attendance.serves_for, attendance.from_paragraph,"
    " attendance.to_paragraph, attendance.remote, attendance.payload, member.place, payload.body AS words"
    " FROM attendance LEFT JOIN member ON member.id = attendance.member"
    " LEFT JOIN payload ON payload.id = attendance.payload WHERE attendance.meeting_id = :id ORDER BY attendance.id"
)
MEMBERS_OF_BODY = (
    "SELECT member.id, member.seat, member.place, payload.body AS words FROM member"
    " LEFT JOIN payload ON payload.id = member.payload WHERE member.body = :body AND member.valid_from <= :day"
    " AND (member.valid_to IS NULL OR member.valid_to >= :day) ORDER BY member.place, member.id"
)
JAV_OF_MEETING = (
    "SELECT jav.item_id, jav.member, item.paragraph, payload.body AS words FROM jav"
    " JOIN agenda_item AS item ON item.id = jav.item_id LEFT JOIN payload ON payload.id = jav.payload"
    " WHERE item.meeting_id = :id ORDER BY item.paragraph, jav.member"
)
MINUTES_OF_MEETING = (
    "SELECT minute.item_id, minute.ordinal, minute.kind, minute.member, minute.noted_at, payload.body AS words"
    " FROM minute JOIN agenda_item AS item ON item.id = minute.item_id"
    " LEFT JOIN payload ON payload.id = minute.payload WHERE item.meeting_id = :id"
    " ORDER BY minute.item_id, minute.ordinal"
)
VOTES_OF_MEETING = (
    "SELECT vote.id, vote.item_id, vote.ordinal, vote.yes, vote.no, vote.abstained, vote.casting, vote.secret,"
    " payload.body AS words FROM vote JOIN agenda_item AS item ON item.id = vote.item_id"
    " LEFT JOIN payload ON payload.id = vote.payload WHERE item.meeting_id = :id"
    " ORDER BY vote.item_id, vote.ordinal"
)
BALLOTS_OF_MEETING = (
    "SELECT ballot.vote_id, ballot.member, ballot.choice FROM ballot JOIN vote ON vote.id = ballot.vote_id"
    " JOIN agenda_item AS item ON item.id = vote.item_id WHERE item.meeting_id = :id"
    " ORDER BY ballot.vote_id, ballot.member"
)
LAST_MINUTE = "SELECT MAX(ordinal) AS ordinal FROM minute WHERE item_id = :id"
LAST_VOTE = "SELECT MAX(ordinal) AS ordinal FROM vote WHERE item_id = :id"
SEATS = (
    "SELECT COUNT(*) AS seats FROM member WHERE body = :body AND seat <> 'ersattare' AND valid_from <= :day"
    " AND (valid_to IS NULL OR valid_to >= :day)"
)
UNREPORTED = (
    "SELECT COUNT(*) AS unreported, COUNT(CASE WHEN kind = 'bradskande' THEN 1 END) AS urgent FROM delegated_decision"
    " WHERE meeting_id = :id AND item_id IS NULL"
)
ALL_DELEGATED = (
    "SELECT one.id, one.case_id, one.item_id, one.kind, one.point, one.decided_on, words.body AS words, item.paragraph,"
    " meeting.body, meeting.day, (SELECT cases.secrecy FROM cases WHERE cases.id = one.case_id) AS secrecy"
    " FROM delegated_decision AS one JOIN meeting ON meeting.id = one.meeting_id"
    " LEFT JOIN agenda_item AS item ON item.id = one.item_id LEFT JOIN payload AS words ON words.id = one.payload"
)
DELEGATED = f"{ALL_DELEGATED} WHERE one.meeting_id = :id ORDER BY one.decided_on, one.id"
DELEGATED_SEEN = DELEGATED.replace(" ORDER BY", f" AND {_seen_case('one.case_id')} ORDER BY")
DELEGATED_OF_BODY_SEEN = (
    f"{ALL_DELEGATED} WHERE meeting.body = :body AND {_seen_case('one.case_id')} ORDER BY one.decided_on, one.id"
)
DELEGATED_TEXTS = "SELECT payload FROM delegated_decision WHERE case_id = :id AND payload IS NOT NULL"
DELEGATED_OF_CASE = f"{ALL_DELEGATED} WHERE one.case_id = :id ORDER BY one.decided_on, one.id"
BODY_PARENT = (
    "SELECT parent FROM body WHERE code = :body AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)"
)
LAST_PARAGRAPH = "SELECT MAX(paragraph) AS paragraph FROM agenda_item WHERE body = :body AND year = :year"
LAST_ORDINAL = "SELECT MAX(ordinal) AS ordinal FROM agenda_item WHERE meeting_id = :id AND ordinal < :below"

# --- deadlines, payloads, the log ------------------------------------------------------------------

DEADLINES = (
    "SELECT id, kind, subject, due, act_by, basis, is_open, body, watch_id, snoozed_until FROM deadline"
    " WHERE stream = :stream ORDER BY due, id"
)
DEADLINES_SEEN = DEADLINES.replace(" ORDER BY", f" AND {_seen_deadline} ORDER BY")
PAYLOADS = "SELECT id, body FROM payload WHERE stream = :stream"
ADD_PAYLOAD = "INSERT INTO payload (id, stream, body) VALUES (:id, :stream, :body)"
HEAD = "SELECT seq, sha256 FROM journal WHERE stream = :stream ORDER BY seq DESC LIMIT 1"
ADD_RECORD = (
    "INSERT INTO journal (stream, seq, command_id, sha256, body) VALUES (:stream, :seq, :command_id, :sha256, :body)"
)
DONE_BEFORE = "SELECT stream, seq FROM journal WHERE command_id = :id"
HISTORY = "SELECT body FROM journal WHERE stream = :stream ORDER BY seq"
EVERY_DEVIATION = (
    "SELECT id, stream, seq, sha256, body FROM journal"
    " WHERE (body LIKE :deviating OR body LIKE :correcting) ORDER BY id"
)
DEVIATIONS = EVERY_DEVIATION.replace("WHERE", "WHERE stream = :stream AND")
LOG_HEAD = "SELECT log_index, sha256, segment, ends_at FROM log_line ORDER BY log_index DESC LIMIT 1"
UNPLACED = (
    "SELECT journal.id, journal.sha256, journal.body FROM journal"
    " LEFT JOIN log_line ON log_line.journal_id = journal.id WHERE log_line.log_index IS NULL ORDER BY journal.id"
)
LINE_AT = "SELECT sha256 FROM log_line WHERE log_index = :log_index"
ADD_PLACE = (
    "INSERT INTO log_line (log_index, journal_id, sha256, segment, ends_at)"
    " VALUES (:log_index, :journal_id, :sha256, :segment, :ends_at)"
)
LINES_AFTER = (
    "SELECT log_line.log_index, log_line.segment, log_line.sha256 AS line_sha256, journal.sha256, journal.body"
    " FROM log_line JOIN journal ON journal.id = log_line.journal_id"
    " WHERE log_line.log_index > :after ORDER BY log_line.log_index LIMIT :batch"
)
RECORDS_AFTER = (
    "SELECT journal.stream, journal.seq, journal.command_id, journal.sha256, journal.body, log_line.log_index,"
    " log_line.sha256 AS line_sha256, log_line.segment, log_line.ends_at FROM journal"
    " LEFT JOIN log_line ON log_line.journal_id = journal.id"
    " WHERE log_line.log_index IS NULL OR log_line.log_index > :after ORDER BY journal.id"
)
RECORDS = "SELECT id, body FROM journal ORDER BY id"
TITLES = "SELECT DISTINCT payload FROM cases"
SEGMENTS = (
    "SELECT segment, MIN(log_index) AS first, MAX(log_index) AS last, MAX(ends_at) AS size FROM log_line"
    " GROUP BY segment ORDER BY MIN(log_index)"
)
ANY_RECORD = "SELECT id FROM journal LIMIT 1"
ADD_OLD_RECORD = f"{ADD_RECORD} RETURNING id"
REMOVE_PAYLOAD = "DELETE FROM payload WHERE id = :id"
PAYLOAD = "SELECT stream, body FROM payload WHERE id = :id"
PAYLOAD_IDS = "SELECT id FROM payload ORDER BY id"

# --- reminders -------------------------------------------------------------------------------------

_spoken_of = "SELECT id, stream, kind, due, act_by, body, snoozed_until FROM deadline"
DUE_DEADLINES = (
    f"{_spoken_of} WHERE is_open AND kind = :kind AND act_by <= :until AND (act_by, id) > (:after, :after_id)"
    " ORDER BY act_by, id LIMIT :size"
)
AWAKE_DEADLINES = f"{_spoken_of} WHERE is_open AND snoozed_until <= :until ORDER BY snoozed_until, id"
EVERY_OPEN_DEADLINE = (
    "SELECT id, stream, kind, due, act_by, body, snoozed_until FROM deadline WHERE is_open ORDER BY stream, due, id"
)
SEEN_DEADLINES = f"SELECT id, stream FROM deadline WHERE {_seen_deadline} ORDER BY id"
MEETING_REFS = "SELECT id, body, day FROM meeting"
COUNCIL_DAYS = (
    "SELECT day FROM meeting WHERE kind = 'kf' AND state <> 'installd' AND NOT EXISTS"
    " (SELECT 1 FROM body WHERE body.code = meeting.body AND body.parent IS NOT NULL) ORDER BY day"
)
REMINDED_OF = "SELECT deadline_id FROM reminder WHERE id = :id"
ADD_LEASE = (
    "INSERT INTO lease (id, next_try, token, attempts, outlet, digest) VALUES (:id, :next_try, 0, 0, :outlet, :digest)"
    " ON CONFLICT (id) DO NOTHING"
)
SET_LEASE = (
    "INSERT INTO lease (id, next_try, token, attempts, outlet, digest) VALUES (:id, :next_try, 0, 0, :outlet, :digest)"
    " ON CONFLICT (id) DO UPDATE"
    " SET next_try = excluded.next_try, attempts = 0, fault = NULL, outlet = excluded.outlet, digest = excluded.digest"
)
LOST_LEASES = (
    "SELECT reminder.id, reminder.channel, reminder.recipient FROM reminder LEFT JOIN lease ON lease.id = reminder.id"
    " WHERE reminder.status = 'planned' AND lease.id IS NULL ORDER BY reminder.planned_for, reminder.id"
)
LET_GO = (
    "UPDATE lease SET next_try = NULL, owner = NULL, fault = :fault"
    " WHERE id = :id AND token = :token AND next_try IS NOT NULL"
)
PUT_OFF = (
    "UPDATE lease SET next_try = :next_try, owner = NULL, fault = :fault, attempts = :attempts"
    " WHERE id = :id AND token = :token AND next_try IS NOT NULL"
)
REMINDERS_ON_THEIR_WAY = (
    "SELECT reminder.deadline_id, reminder.rule, reminder.step, reminder.recipient, reminder.channel,"
    " reminder.planned_for, deadline.snoozed_until, lease.digest FROM reminder"
    " JOIN deadline ON deadline.id = reminder.deadline_id AND deadline.due = reminder.due"
    " LEFT JOIN lease ON lease.id = reminder.id"
    " WHERE reminder.status = 'planned' AND deadline.is_open ORDER BY reminder.planned_for, reminder.id"
)
PLANNED_BY = "SELECT id FROM reminder WHERE status = 'planned' AND planned_for <= :until ORDER BY id"
RESTORES = (
    "SELECT body FROM journal WHERE stream = 'system' AND body LIKE '%\"type\":\"system.restored\"%' ORDER BY seq"
)
LAST_ACTIVATION = (
    "SELECT body FROM journal WHERE stream = 'system' AND body LIKE '%\"type\":\"system.config_activated\"%'"
    " ORDER BY seq DESC LIMIT 1"
)
REMINDERS_WAITING = "SELECT channel, COUNT(*) AS waiting FROM reminder WHERE status = 'planned' GROUP BY channel"
FIRST_DIGEST = (
    "SELECT digest FROM lease WHERE outlet = :outlet AND next_try <= :until AND digest IS NOT NULL"
    " ORDER BY next_try, digest LIMIT 1"
)
FIRST_OF_DIGEST = (
    "SELECT MIN(id) AS id FROM lease WHERE outlet = :outlet AND next_try <= :until AND digest = :recipient"
)
BEGIN_DIGEST = (
    "INSERT INTO digest (id, recipient, day) VALUES (:id, :recipient, :day) ON CONFLICT (recipient, day) DO NOTHING"
)
DIGESTS_BEGUN = "SELECT recipient FROM digest WHERE day = :day ORDER BY recipient"
WAIT_FOR_NEXT_DIGEST = (
    "UPDATE lease SET next_try = :next_try WHERE outlet = :outlet AND digest = :recipient AND next_try <= :until"
)
OUTLET_FAILED = (
    "INSERT INTO outlet (id, failures, closed_until) VALUES (:id, 1, :closed_until)"
    " ON CONFLICT (id) DO UPDATE SET failures = outlet.failures + 1, closed_until = :closed_until"
)
OUTLET_ANSWERED = "DELETE FROM outlet WHERE id = :id"
OUTLETS = "SELECT id, failures, closed_until FROM outlet ORDER BY id"
OUTLET_FAILURES = "SELECT failures FROM outlet WHERE id = :id"
# Nobody is cleared for anything here: a mail or a calendar is read by whoever has its address.
_own_item = "FROM agenda_item AS own WHERE own.part_id = part.id AND own.meeting_id = part.meeting_id"
_own_open_item = (
    f"{_own_item} AND NOT EXISTS (SELECT 1 FROM cases AS hidden WHERE hidden.id = own.case_id AND hidden.secrecy)"
)
_secret_part = f"(EXISTS (SELECT 1 {_own_item}) AND NOT EXISTS (SELECT 1 {_own_open_item}))"
DEADLINE_TOLD = (
    "SELECT deadline.kind, deadline.subject, deadline.due, deadline.act_by, deadline.basis, deadline.body,"
    " meeting.body AS meeting_body, meeting.day AS meeting_day, deadline.stream, cases.secrecy,"
    " title.body AS title, words.body AS words, watch.number AS watch_number, part.whole,"
    " (SELECT COUNT(*) FROM protocol_part AS every WHERE every.meeting_id = deadline.stream) AS parts,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS case_number,"
    f" (SELECT MIN(own.paragraph) {_own_open_item}) AS paragraph, {_secret_part} AS secret_part"
    " FROM deadline LEFT JOIN cases ON cases.id = deadline.stream LEFT JOIN meeting ON meeting.id = deadline.stream"
    " LEFT JOIN watch ON watch.id = deadline.watch_id LEFT JOIN payload AS words ON words.id = watch.payload"
    " LEFT JOIN payload AS title ON title.id = cases.payload"
    " LEFT JOIN protocol_part AS part ON part.id = deadline.subject AND part.meeting_id = deadline.stream"
    " WHERE deadline.id = :id"
)
DEADLINE_TOLD_SEEN = DEADLINE_TOLD.replace(
    "= deadline.stream) AS parts", f"= deadline.stream AND {_seen_part('every.id')}) AS parts"
).replace(" WHERE deadline.id = :id", f" WHERE deadline.id = :id AND {_seen_deadline}")

# --- daemons ---------------------------------------------------------------------------------------

BEAT = (
    "INSERT INTO heartbeat (id, started_at, ticked_at, tick_seconds, outcome, config)"
    " VALUES (:id, :started_at, :ticked_at, :tick_seconds, :outcome, :config)"
    " ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, ticked_at = excluded.ticked_at,"
    " tick_seconds = excluded.tick_seconds, outcome = excluded.outcome, config = excluded.config"
)
REMOVE_BEAT = "DELETE FROM heartbeat WHERE id = :id"
REMOVE_BEATS_OUTSIDE = "DELETE FROM heartbeat WHERE ticked_at < :first OR ticked_at > :last"
BEATS = (
    "SELECT heartbeat.id, heartbeat.started_at, heartbeat.ticked_at, heartbeat.tick_seconds, heartbeat.outcome,"
    " heartbeat.config, (SELECT COUNT(*) FROM lease WHERE lease.next_try > :now AND lease.owner = heartbeat.id)"
    " AS holding FROM heartbeat ORDER BY heartbeat.id"
)
WAITING_BY_OUTLET = (
    "SELECT outlet, COUNT(*) AS waiting, SUM(CASE WHEN next_try <= :now THEN 1 ELSE 0 END) AS due"
    " FROM lease WHERE next_try IS NOT NULL GROUP BY outlet ORDER BY outlet"
)
LATE_REMINDERS = "SELECT COUNT(*) AS late FROM reminder WHERE status = 'planned' AND planned_for < :day"
DEAD_REMINDERS = (
    "SELECT COUNT(*) AS dead, MIN(reminder.planned_for) AS first FROM reminder"
    " JOIN deadline ON deadline.id = reminder.deadline_id AND deadline.due = reminder.due"
    " WHERE reminder.status = 'failed' AND deadline.is_open"
)
LAST_CLOCK_JUMP = (
    "SELECT body FROM journal WHERE stream = 'system' AND body LIKE '%\"type\":\"system.clock_jumped\"%'"
    " ORDER BY seq DESC LIMIT 1"
)
TRY_AT_ONCE = "UPDATE lease SET next_try = :now WHERE next_try > :now AND owner IS NULL"
END_LEASES_BY = "UPDATE lease SET next_try = :latest WHERE next_try > :latest AND owner IS NOT NULL"
OPEN_OUTLETS = "UPDATE outlet SET closed_until = :now WHERE closed_until > :now"

# --- the outbox ------------------------------------------------------------------------------------

_outbox = (
    "SELECT reminder.id, reminder.rule, reminder.step, reminder.due, reminder.planned_for, reminder.recipient,"
    " reminder.channel, reminder.status, reminder.stream, deadline.kind, deadline.body,"
    " (deadline.is_open AND deadline.due = reminder.due) AS wanted, lease.next_try, lease.owner, lease.attempts,"
    " lease.fault, lease.outlet, lease.token, outlet.closed_until, meeting.body AS meeting_body,"
    " meeting.day AS meeting_day, (SELECT n.id FROM case_number AS n WHERE n.case_id = reminder.stream"
    f" AND n.voided_on IS NULL ORDER BY n.ordinal LIMIT 1) AS case_number, ({_seen_deadline}) AS seen"
    " FROM reminder JOIN deadline ON deadline.id = reminder.deadline_id LEFT JOIN lease ON lease.id = reminder.id"
    " LEFT JOIN outlet ON outlet.id = lease.outlet LEFT JOIN meeting ON meeting.id = reminder.stream"
)
# One index for each: SQLite sees no index of one status in a list of them.
_unsent = " UNION ALL ".join(
    f"SELECT id FROM reminder WHERE status = '{status}'" for status in ("planned", "failed", "cancelled")
)
OUTBOX = f"{_outbox} WHERE reminder.id IN ({_unsent}) ORDER BY reminder.planned_for, reminder.id"
OUTBOX_NAMED = f"{_outbox} WHERE reminder.id >= :first AND reminder.id < :last ORDER BY reminder.id"
# Locks the lease, and changes nothing.
TAKE_FROM_OUTBOX = (
    "UPDATE lease SET token = token WHERE id = :id AND (owner IS NULL OR next_try IS NULL OR next_try <= :now)"
)
# By itself: a part of a digest under the digest's id could be taken for the mail a reader already has.
RETRY_LEASE = (
    "UPDATE lease SET next_try = :next_try, owner = NULL, attempts = 0, fault = NULL, digest = NULL WHERE id = :id"
)
CANCEL_LEASE = "UPDATE lease SET next_try = NULL, owner = NULL WHERE id = :id"

# --- calendars to subscribe to ---------------------------------------------------------------------

FEED_DEADLINES = (
    "SELECT deadline.id, deadline.stream, deadline.kind, deadline.subject, deadline.due, deadline.act_by,"
    " deadline.basis, deadline.body, meeting.body AS meeting_body, meeting.day AS meeting_day, cases.secrecy,"
    f" watch.number AS watch_number, part.whole, {_secret_part} AS secret_part,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS case_number,"
    f" (SELECT MIN(own.paragraph) {_own_open_item}) AS paragraph, feed_event.fingerprint, feed_event.sequence"
    " FROM deadline LEFT JOIN cases ON cases.id = deadline.stream LEFT JOIN meeting ON meeting.id = deadline.stream"
    " LEFT JOIN watch ON watch.id = deadline.watch_id"
    " LEFT JOIN protocol_part AS part ON part.id = deadline.subject AND part.meeting_id = deadline.stream"
    " LEFT JOIN feed_event ON feed_event.id = deadline.id"
    " WHERE deadline.is_open ORDER BY deadline.act_by, deadline.id"
)
FEED_MEETINGS = (
    "SELECT meeting.id, meeting.body, meeting.day, meeting.state, meeting.starts_at, feed_event.fingerprint,"
    " feed_event.sequence FROM meeting LEFT JOIN feed_event ON feed_event.id = meeting.id"
    " WHERE meeting.state IN ('planerad', 'kallad') OR (meeting.state = 'installd' AND meeting.day >= :day)"
    " ORDER BY meeting.day, meeting.id"
)
KEEP_EDITION = (
    "INSERT INTO feed_event (id, fingerprint, sequence) VALUES (:id, :fingerprint, :sequence) ON CONFLICT (id)"
    " DO UPDATE SET fingerprint = excluded.fingerprint, sequence = excluded.sequence"
    " WHERE feed_event.fingerprint = :seen"
)

# --- lists for people ------------------------------------------------------------------------------

CASE_LIST = (
    "SELECT cases.id, cases.kind, cases.state, cases.registered_on, cases.last_event, cases.secrecy,"
    " payload.body AS payload,"
    " stage.body, (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS number"
    " FROM cases LEFT JOIN payload ON payload.id = cases.payload LEFT JOIN stage ON stage.id = cases.stage"
    " WHERE (:state = '' OR cases.state = :state) AND (:body = '' OR stage.body = :body OR EXISTS"
    " (SELECT 1 FROM stage AS beside WHERE beside.case_id = cases.id AND beside.ordinal = stage.ordinal"
    " AND NOT beside.closed AND beside.body = :body))"
    f" AND {_seen_case('cases.id')}"
    " ORDER BY cases.registered_on, cases.id"
)
MEETING_LIST = (
    "SELECT meeting.id, meeting.body, meeting.day, meeting.state, meeting.announced_on, meeting.called_on,"
    " COUNT(item.id) AS items FROM meeting LEFT JOIN agenda_item AS item ON item.meeting_id = meeting.id"
    f" AND {_seen_case('item.case_id')}"
    " WHERE (:body = '' OR meeting.body = :body)"
    " GROUP BY meeting.id, meeting.body, meeting.day, meeting.state, meeting.announced_on, meeting.called_on"
    " ORDER BY meeting.day, meeting.body"
)
MEETINGS_AHEAD = (
    "SELECT meeting.body, meeting.kind, meeting.day, meeting.state, meeting.announced_on, meeting.called_on,"
    " meeting.call_days, meeting.manus_on, meeting.call_on, meeting.announce_on,"
    " EXISTS (SELECT 1 FROM body WHERE body.code = meeting.body AND body.parent IS NOT NULL"
    " AND body.valid_from <= meeting.day AND (body.valid_to IS NULL OR body.valid_to >= meeting.day)) AS utskott"
    " FROM meeting WHERE meeting.day >= :day AND meeting.state IN ('planerad', 'kallad')"
    " ORDER BY meeting.day, meeting.body"
)
NEXT_MEETINGS = (
    "SELECT body, MIN(day) AS day FROM meeting WHERE day >= :day AND state NOT IN ('hallen', 'installd')"
    " GROUP BY body ORDER BY body"
)
HANDLED_CASES = (
    "SELECT cases.id, payload.body AS words FROM cases JOIN payload ON payload.id = cases.payload"
    " WHERE cases.state NOT IN ('avslutad', 'aterkallad') AND (:body = '' OR EXISTS"
    " (SELECT 1 FROM stage AS own WHERE own.case_id = cases.id AND own.body = :body))"
    f" AND {_seen_case('cases.id')} ORDER BY cases.registered_on, cases.id"
)
STANDING = (
    "SELECT cases.id, cases.state, stage.body, stage.kind, stage.utskott, stage.closed,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS number"
    " FROM cases JOIN stage ON stage.case_id = cases.id WHERE cases.state NOT IN ('avslutad', 'aterkallad')"
    " ORDER BY cases.registered_on, cases.id, stage.ordinal, stage.body"
)
SEEN_STANDING = (
    f"SELECT id FROM cases WHERE state NOT IN ('avslutad', 'aterkallad') AND {_seen_case('cases.id')} ORDER BY id"
)
MEETINGS_TO_HOLD = "SELECT id FROM meeting WHERE state IN ('planerad', 'kallad') ORDER BY day, body"
AT_ENDED_BODIES = (
    "SELECT DISTINCT cases.id FROM cases JOIN stage ON stage.case_id = cases.id AND NOT stage.closed"
    " WHERE cases.state NOT IN ('skickas_till', 'avslutad', 'aterkallad')"
    " AND NOT EXISTS (SELECT 1 FROM body WHERE body.code = stage.body AND body.valid_from <= :day"
    " AND (body.valid_to IS NULL OR body.valid_to >= :day)) ORDER BY cases.id"
)
OLDER_LIFECYCLE = (
    "SELECT id FROM cases WHERE state NOT IN ('avslutad', 'aterkallad') AND lifecycle < :lifecycle"
    " ORDER BY id LIMIT 500"
)
# Two ranges of the index of live cases, where "another than" would read all of it at every start.
_of_another_lifecycle = " UNION ALL ".join(
    f"SELECT lifecycle FROM cases WHERE state NOT IN ('avslutad', 'aterkallad') AND lifecycle {than} :lifecycle"
    for than in ("<", ">")
)
STRANDED_CASES = (
    "SELECT COUNT(*) AS cases, MIN(lifecycle) AS oldest, MAX(lifecycle) AS newest"
    f" FROM ({_of_another_lifecycle}) AS stranded"
)
TODO = (
    "SELECT deadline.id, deadline.stream, deadline.kind, deadline.subject, deadline.due, deadline.act_by,"
    " deadline.basis, deadline.body, deadline.snoozed_until, words.body AS words, title.body AS title,"
    " meeting.body AS meeting_body, meeting.day, cases.secrecy,"
    " (SELECT COUNT(*) FROM protocol_part AS part WHERE part.meeting_id = deadline.stream"
    f" AND {_seen_part('part.id')}) AS parts,"
    " (SELECT MIN(item.paragraph) FROM agenda_item AS item WHERE item.part_id = deadline.subject"
    f" AND {_seen_case('item.case_id')}) AS paragraph,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS case_number"
    " FROM deadline LEFT JOIN cases ON cases.id = deadline.stream LEFT JOIN meeting ON meeting.id = deadline.stream"
    " LEFT JOIN watch ON watch.id = deadline.watch_id LEFT JOIN payload AS words ON words.id = watch.payload"
    " LEFT JOIN payload AS title ON title.id = cases.payload"
    f" WHERE deadline.is_open AND deadline.act_by <= :until AND {_seen_deadline}"
    " ORDER BY deadline.act_by, deadline.id"
)
ESCALATED = (
    "SELECT reminder.deadline_id, reminder.recipient, MIN(reminder.planned_for) AS since"
    # In this order: what is late is little beside all that has ever been said.
    " FROM deadline CROSS JOIN reminder"
    " WHERE reminder.deadline_id = deadline.id AND reminder.due = deadline.due"
    " AND deadline.is_open AND deadline.act_by < :today AND reminder.planned_for <= :today"
    f" AND reminder.channel = 'todo' AND reminder.status = 'sent' AND {_seen_deadline}"
    " GROUP BY reminder.deadline_id, reminder.recipient ORDER BY since, reminder.recipient"
)
WATCH_LIST = (
    "SELECT watch.case_id, watch.number, watch.kind, watch.body, watch.due, watch.months, watch.inferred,"
    " watch.snoozed_until, watch.closed_on, payload.body AS words, cases.secrecy,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = watch.case_id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS case_number"
    " FROM watch JOIN cases ON cases.id = watch.case_id LEFT JOIN payload ON payload.id = watch.payload"
    " WHERE (:case_id = '' OR watch.case_id = :case_id) AND (:kind = '' OR watch.kind = :kind)"
    f" AND {_seen_case('watch.case_id')}"
    " ORDER BY watch.due IS NULL, watch.due, watch.case_id, watch.number"
)
OPEN_CASES = (
    "SELECT cases.id, cases.kind, cases.state, cases.registered_on, cases.last_event, cases.noted_on, cases.secrecy,"
    " payload.body AS payload, COALESCE(stage.body, (SELECT passed.body FROM stage AS passed"
    " WHERE passed.case_id = cases.id ORDER BY passed.ordinal DESC, passed.id DESC LIMIT 1)) AS body,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = cases.id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS number"
    " FROM cases LEFT JOIN payload ON payload.id = cases.payload LEFT JOIN stage ON stage.id = cases.stage"
    f" WHERE cases.state NOT IN ('avslutad', 'aterkallad') AND {_seen_case('cases.id')}"
    " ORDER BY cases.registered_on, cases.id"
)
ON_THE_WAY_TO = (
    "SELECT DISTINCT cases.id FROM cases JOIN stage ON stage.case_id = cases.id AND NOT stage.closed"
    " WHERE (:body = '' OR stage.body = :body)"
    " AND cases.state NOT IN ('skickas_till', 'avslutad', 'aterkallad')"
    f" AND {_seen_case('cases.id')} ORDER BY cases.id"
)
BESIDE = (
    "SELECT beside.case_id, beside.body FROM cases JOIN stage ON stage.id = cases.stage"
    " JOIN stage AS beside ON beside.case_id = cases.id AND beside.ordinal = stage.ordinal AND beside.id <> stage.id"
    " WHERE beside.required AND NOT beside.closed AND cases.state NOT IN ('avslutad', 'aterkallad')"
    f" AND {_seen_case('cases.id')}"
    " ORDER BY beside.case_id, beside.body"
)
UNBOOKED_CASES = OPEN_CASES.replace(
    " ORDER BY cases.registered_on",
    " AND NOT EXISTS (SELECT 1 FROM agenda_item AS item JOIN meeting ON meeting.id = item.meeting_id"
    " WHERE item.case_id = cases.id AND NOT item.decided AND item.outcome IS NULL"
    " AND meeting.state IN ('planerad', 'kallad') AND meeting.day >= :day)"
    " ORDER BY cases.registered_on",
)
DEADLINES_OF_OPEN_CASES = (
    "SELECT deadline.stream, deadline.kind, deadline.subject, deadline.due, deadline.act_by, deadline.basis"
    " FROM deadline JOIN cases ON cases.id = deadline.stream"
    f" WHERE deadline.is_open AND cases.state NOT IN ('avslutad', 'aterkallad') AND {_seen_deadline}"
    " ORDER BY deadline.due, deadline.id"
)
REMINDERS = (
    "SELECT deadline.kind, reminder.rule, reminder.due, reminder.step, reminder.recipient, reminder.channel,"
    " reminder.planned_for, reminder.status FROM reminder JOIN deadline ON deadline.id = reminder.deadline_id"
    f" WHERE reminder.stream = :stream AND {_seen_deadline} ORDER BY reminder.planned_for, reminder.id"
)
SCHEMA_VERSION = "SELECT version_num FROM alembic_version"

# --- corrections and gallring ----------------------------------------------------------------------

STREAM_RECORDS = "SELECT id, body FROM journal WHERE stream = :stream ORDER BY id"
PURGES = (
    "SELECT id, decision, proposed_by, proposed_on, approved_by, purged_on FROM purge WHERE case_id = :id ORDER BY id"
)
PURGES_WAITING = (
    "SELECT purge.case_id, purge.decision, purge.proposed_by, purge.proposed_on, cases.state,"
    " (SELECT n.id FROM case_number AS n WHERE n.case_id = purge.case_id AND n.voided_on IS NULL"
    " ORDER BY n.ordinal LIMIT 1) AS case_number"
    " FROM purge JOIN cases ON cases.id = purge.case_id WHERE purge.purged_on IS NULL"
    f" AND {_seen_case('cases.id')}"
    " ORDER BY purge.proposed_on, purge.id"
)
_of_case_and_its_reminders = (
    "FROM payload WHERE stream = :stream OR stream IN (SELECT 'reminder:' || reminder.id FROM reminder"
    " WHERE reminder.stream = SUBSTR(CAST(:stream AS TEXT), 6))"
)
PAYLOAD_IDS_OF = f"SELECT id {_of_case_and_its_reminders} ORDER BY id"
PURGE_PAYLOADS = f"DELETE {_of_case_and_its_reminders}"
