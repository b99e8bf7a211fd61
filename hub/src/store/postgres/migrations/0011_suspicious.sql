-- How many suspicious dialogs wait is asked all the time: it is counted by an index, and not read from what was said.
ALTER TABLE dialog ADD COLUMN suspicious BOOLEAN NOT NULL DEFAULT FALSE;  -- in the queue, and one of a flood
-- A mark of the row: within anybody's words the quotes would be escaped.
UPDATE dialog SET suspicious = TRUE WHERE waiting AND position('"suspicious":true' IN body) > 0;
CREATE INDEX dialog_suspicious ON dialog (workspace) WHERE suspicious;
