-- The hub's database. Ids are UUIDs as 16 bytes, times milliseconds since the Unix epoch.

-- One tenant. `head` is the newest position of its log, taken at the end of each transaction that adds one.
CREATE TABLE workspace (
    id        BLOB PRIMARY KEY NOT NULL,
    short     TEXT NOT NULL UNIQUE,
    stream    BLOB NOT NULL,
    head      INTEGER NOT NULL DEFAULT 0,
    dialogs   INTEGER NOT NULL DEFAULT 0,   -- numbers given so far
    customers INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The log: what workplaces are told, in order. Forgotten after thirty days.
CREATE TABLE entry (
    workspace BLOB NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    body      TEXT NOT NULL,                -- JSON
    PRIMARY KEY (workspace, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_age ON entry (at);

-- The present state of each dialog. The columns are what is searched by; the whole is in `body`.
CREATE TABLE dialog (
    id        BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    customer  BLOB NOT NULL,
    version   INTEGER NOT NULL,             -- compared and set by every change
    final     INTEGER NOT NULL,             -- 1: closed for good
    on_site   INTEGER NOT NULL,             -- 1: the customer's page is connected
    waiting   INTEGER NOT NULL,             -- 1: in the queue
    closed_at INTEGER,
    body      TEXT NOT NULL                 -- JSON
) STRICT;
-- A customer has one dialog that is not closed for good.
CREATE UNIQUE INDEX dialog_of_customer ON dialog (customer) WHERE final = 0;
CREATE INDEX dialog_open ON dialog (workspace, id) WHERE closed_at IS NULL;
CREATE INDEX dialog_waiting ON dialog (workspace) WHERE waiting = 1;
CREATE INDEX dialog_closed ON dialog (workspace, closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE message (
    dialog      BLOB NOT NULL,
    seq         INTEGER NOT NULL,           -- from 1 without holes
    id          BLOB NOT NULL,
    client      BLOB,                       -- the writer's own id of it
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    writer      BLOB,                       -- operator or customer; nothing if the hub itself
    name        TEXT,                       -- the operator's name at the time
    text        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    rev         INTEGER NOT NULL,
    PRIMARY KEY (dialog, seq)
) STRICT, WITHOUT ROWID;
-- The same id of the same writer is the same message, for ever.
CREATE UNIQUE INDEX message_by_writer ON message (writer, client) WHERE client IS NOT NULL;

-- First answers to commands, by writer and his id.
CREATE TABLE answer (
    writer  BLOB NOT NULL,
    client  BLOB NOT NULL,
    at      INTEGER NOT NULL,
    outcome TEXT NOT NULL,                  -- JSON
    PRIMARY KEY (writer, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_by_age ON answer (at);

CREATE TABLE channel (
    id        BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    body      TEXT NOT NULL                 -- JSON
) STRICT;
CREATE INDEX channel_of_workspace ON channel (workspace, id);

CREATE TABLE operator (
    id        BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    login     TEXT NOT NULL,
    name      TEXT NOT NULL,
    password  TEXT,                         -- argon2id, PHC string
    status    TEXT NOT NULL,
    rights    TEXT NOT NULL,                -- JSON
    disabled  INTEGER NOT NULL,
    rights_at INTEGER NOT NULL,             -- position of the log at which the rights last changed
    version   INTEGER NOT NULL,
    UNIQUE (workspace, login)
) STRICT;

CREATE TABLE session (
    id         BLOB PRIMARY KEY NOT NULL,
    workspace  BLOB NOT NULL,
    operator   BLOB NOT NULL,
    token      BLOB NOT NULL UNIQUE,        -- SHA-256
    device     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;
CREATE INDEX session_of_operator ON session (operator) WHERE ended_at IS NULL;
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE customer (
    id         BLOB PRIMARY KEY NOT NULL,
    workspace  BLOB NOT NULL,
    token      BLOB NOT NULL UNIQUE,        -- SHA-256
    number     INTEGER NOT NULL,
    body       TEXT NOT NULL,               -- JSON
    created_at INTEGER NOT NULL,
    wrote      INTEGER NOT NULL DEFAULT 0   -- 1: has a dialog, and is not forgotten
) STRICT;
CREATE INDEX customer_silent ON customer (created_at) WHERE wrote = 0;

-- Attempts to sign in that did not succeed, by account or by address.
CREATE TABLE attempt (
    subject BLOB NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_of_subject ON attempt (subject, at);
CREATE INDEX attempt_by_age ON attempt (at);
