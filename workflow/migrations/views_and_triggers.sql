-- Every view and trigger, one section for each database. All that exist are dropped before a migration and
-- these are made after it, in the same transaction. A blank line ends a statement.

-- section: sqlite

CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END

CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END

CREATE TRIGGER log_line_is_not_changed BEFORE UPDATE ON log_line
BEGIN SELECT RAISE(ABORT, 'log_line is append-only'); END

CREATE TRIGGER log_line_is_not_deleted BEFORE DELETE ON log_line
BEGIN SELECT RAISE(ABORT, 'log_line is append-only'); END

-- section: postgresql

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

CREATE TRIGGER log_line_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
