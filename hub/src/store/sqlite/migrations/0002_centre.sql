-- The centre's rules: what is due by time, who is who, what is to be done outside, who did what.

ALTER TABLE workspace ADD COLUMN audits INTEGER NOT NULL DEFAULT 0;     -- lines of the trail so far

ALTER TABLE dialog ADD COLUMN due_at INTEGER;                           -- when something happens in it by time
CREATE INDEX dialog_due ON dialog (workspace, due_at) WHERE due_at IS NOT NULL;

ALTER TABLE message ADD COLUMN details TEXT;                            -- JSON; nothing, if it is like most

ALTER TABLE customer ADD COLUMN version INTEGER NOT NULL DEFAULT 1;     -- compared and set by every change

ALTER TABLE operator ADD COLUMN post TEXT NOT NULL DEFAULT '{}';        -- JSON
ALTER TABLE operator ADD COLUMN grants TEXT NOT NULL DEFAULT '{"rights":{},"supervises":[],"led":[]}';
ALTER TABLE operator ADD COLUMN status_code TEXT NOT NULL DEFAULT 'offline';
ALTER TABLE operator ADD COLUMN status_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN set_by TEXT NOT NULL DEFAULT '{"by":"hub"}';
ALTER TABLE operator ADD COLUMN keep_online INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN last_accepted_at INTEGER;
-- Until now a right reached everywhere, and whoever might accept saw the queue. Whoever saw the dialogs of others stays what he was.
UPDATE operator SET
    post = json_object('role', CASE WHEN EXISTS (SELECT 1 FROM json_each(rights) WHERE value = 'see_others')
                                    THEN 'colleague' ELSE 'operator' END),
    grants = json_object('rights', json((SELECT json_group_object(value, 'all') FROM (
                             SELECT value FROM json_each(rights)
                             UNION SELECT 'see_queue' FROM json_each(rights) WHERE value = 'accept'))),
                         'supervises', json('[]'), 'led', json('[]')),
    status_code = replace(status, '_', '-'),
    status_since = unixepoch() * 1000;
ALTER TABLE operator DROP COLUMN rights;

-- Each operator's statuses, from `at` until the next.
CREATE TABLE status_change (
    operator  BLOB NOT NULL,
    seq       INTEGER NOT NULL,             -- position of the log
    workspace BLOB NOT NULL,
    at        INTEGER NOT NULL,
    status    TEXT NOT NULL,
    code      TEXT NOT NULL,
    set_by    TEXT NOT NULL,                -- JSON
    PRIMARY KEY (operator, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX status_change_by_age ON status_change (at);

-- The configuration, all versions of it.
CREATE TABLE centre (
    workspace BLOB NOT NULL,
    version   INTEGER NOT NULL,             -- from 1 without holes
    at        INTEGER NOT NULL,
    by        BLOB,
    note      TEXT NOT NULL,
    body      TEXT NOT NULL,                -- JSON
    PRIMARY KEY (workspace, version)
) STRICT, WITHOUT ROWID;

-- Who decides by time and gives out dialogs.
CREATE TABLE lease (
    workspace BLOB PRIMARY KEY NOT NULL,
    node      BLOB NOT NULL,
    token     INTEGER NOT NULL,             -- grows with each change of hands
    until     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is to be done outside.
CREATE TABLE errand (
    id        BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    due_at    INTEGER,                      -- nothing: given up
    failed_at INTEGER,
    attempts  INTEGER NOT NULL,
    kind      TEXT NOT NULL,                -- JSON
    why       TEXT                          -- it was given up
) STRICT, WITHOUT ROWID;
CREATE INDEX errand_due ON errand (workspace, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX errand_failed ON errand (failed_at) WHERE failed_at IS NOT NULL;

CREATE TABLE audit (
    workspace BLOB NOT NULL,
    number    INTEGER NOT NULL,             -- from 1 without holes
    at        INTEGER NOT NULL,
    by        BLOB,
    what      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    detail    TEXT NOT NULL,                -- JSON
    PRIMARY KEY (workspace, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_age ON audit (at);

CREATE TABLE file (
    id        BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    dialog    BLOB,                         -- nothing while it is only uploaded
    by        BLOB NOT NULL,
    name      TEXT NOT NULL,
    media     TEXT NOT NULL,
    size      INTEGER NOT NULL,
    sha256    BLOB NOT NULL,
    state     TEXT NOT NULL,
    width     INTEGER,
    height    INTEGER,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Operators' own ready answers.
CREATE TABLE template (
    operator  BLOB NOT NULL,
    name      TEXT NOT NULL,
    workspace BLOB NOT NULL,
    body      TEXT NOT NULL,                -- JSON
    PRIMARY KEY (operator, name)
) STRICT, WITHOUT ROWID;
