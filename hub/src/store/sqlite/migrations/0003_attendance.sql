-- Where operators' workplaces were last known to be, for whichever process is in charge.
CREATE TABLE attendance (
    workspace BLOB NOT NULL,
    operator  BLOB NOT NULL,
    seen_at   INTEGER NOT NULL,             -- a workplace was connected then
    active_at INTEGER NOT NULL,             -- the operator last did something
    left_at   INTEGER,                      -- the last one was closed or lost; nothing while one is connected
    PRIMARY KEY (workspace, operator)
) STRICT, WITHOUT ROWID;

-- Until now everybody chose his own status.
UPDATE operator SET grants = json_set(grants, '$.rights.set_own_status', 'all');
