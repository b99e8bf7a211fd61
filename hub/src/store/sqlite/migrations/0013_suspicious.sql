-- How many suspicious dialogs wait is asked all the time: it is counted by an index, and not read from what was said.
ALTER TABLE dialog ADD COLUMN suspicious INTEGER NOT NULL DEFAULT 0;  -- 1: in the queue, and one of a flood
UPDATE dialog SET suspicious = 1 WHERE waiting = 1 AND json_extract(body, '$.row.suspicious') = 1;
CREATE INDEX dialog_suspicious ON dialog (workspace) WHERE suspicious = 1;
