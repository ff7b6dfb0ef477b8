-- Every view and trigger, one section for each database. All that exist are dropped before a migration and
-- these are made after it, in the same transaction. A blank line ends a statement.
--
-- SQLite's REPLACE asks no delete trigger, unless the connection says recursive_triggers: what would be replaced
-- is refused before it is inserted. It replaces by any unique key, and by the rowid that a table with another key
-- has besides.

-- section: sqlite

CREATE TRIGGER journal_is_not_replaced BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id OR (stream = NEW.stream AND seq = NEW.seq)
    OR command_id = NEW.command_id)
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END

CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END

CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END

CREATE TRIGGER log_line_is_not_replaced BEFORE INSERT ON log_line
WHEN EXISTS (SELECT 1 FROM log_line WHERE log_index = NEW.log_index OR journal_id = NEW.journal_id)
BEGIN SELECT RAISE(ABORT, 'log_line is append-only'); END

CREATE TRIGGER log_line_is_not_changed BEFORE UPDATE ON log_line
BEGIN SELECT RAISE(ABORT, 'log_line is append-only'); END

CREATE TRIGGER log_line_is_not_deleted BEFORE DELETE ON log_line
BEGIN SELECT RAISE(ABORT, 'log_line is append-only'); END

CREATE TRIGGER payload_is_not_replaced BEFORE INSERT ON payload
WHEN EXISTS (SELECT 1 FROM payload WHERE id = NEW.id OR rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'payload is append-only'); END

CREATE TRIGGER payload_is_not_changed BEFORE UPDATE ON payload
BEGIN SELECT RAISE(ABORT, 'payload is append-only'); END

CREATE TRIGGER payload_is_purged_by_decision BEFORE DELETE ON payload
WHEN NOT EXISTS (SELECT 1 FROM purge WHERE purged_on IS NOT NULL AND ('case:' || case_id = OLD.stream
    OR OLD.stream IN (SELECT 'reminder:' || reminder.id FROM reminder WHERE reminder.stream = case_id)))
BEGIN SELECT RAISE(ABORT, 'payload goes by decision only'); END

-- section: postgresql

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$

CREATE OR REPLACE FUNCTION refuse_unpurged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decided boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.purge WHERE purged_on IS NOT NULL AND (''case:'' || case_id = $1'
        ' OR $1 IN (SELECT ''reminder:'' || reminder.id FROM %1$I.reminder WHERE reminder.stream = case_id)))',
        TG_TABLE_SCHEMA) INTO decided USING OLD.stream;
    IF NOT decided THEN
        RAISE EXCEPTION 'payload goes by decision only';
    END IF;
    RETURN OLD;
END $$

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

CREATE TRIGGER log_line_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

CREATE TRIGGER payload_is_append_only BEFORE UPDATE OR TRUNCATE ON payload
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

CREATE TRIGGER payload_is_purged_by_decision BEFORE DELETE ON payload
FOR EACH ROW EXECUTE FUNCTION refuse_unpurged()
