-- The hub's database on PostgreSQL: what the embedded one has come to over its steps, with the same names.
-- Times are milliseconds since the Unix epoch. What is JSON is TEXT: it is read whole, never searched.

-- One tenant. `head` is the newest position of its log. Whoever writes to a workspace locks this row first and writes
-- it last, so that positions are taken without gaps and never seen out of order.
CREATE TABLE workspace (
    id        UUID PRIMARY KEY,
    short     TEXT COLLATE "C" NOT NULL UNIQUE,
    stream    UUID NOT NULL,
    head      BIGINT NOT NULL DEFAULT 0,
    dialogs   BIGINT NOT NULL DEFAULT 0,        -- numbers given so far
    customers BIGINT NOT NULL DEFAULT 0,
    audits    BIGINT NOT NULL DEFAULT 0         -- lines of the trail so far
) WITH (fillfactor = 10);                       -- one row per page: it is written all the time

-- The log: what workplaces are told, in order. Forgotten after thirty days.
CREATE TABLE entry (
    workspace UUID NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    body      TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (workspace, seq)
);
CREATE INDEX entry_by_age ON entry (at);

-- The present state of each dialog. The columns are what is searched by; the whole is in `body`.
CREATE TABLE dialog (
    id        UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    customer  UUID NOT NULL,
    version   BIGINT NOT NULL,                  -- compared and set by every change
    final     BOOLEAN NOT NULL,                 -- closed for good
    on_site   BOOLEAN NOT NULL,                 -- the customer's page is connected
    waiting   BOOLEAN NOT NULL,                 -- in the queue
    closed_at BIGINT,
    due_at    BIGINT,                           -- when something happens in it by time
    body      TEXT NOT NULL                     -- JSON
) WITH (fillfactor = 80);
-- A customer has one dialog that is not closed for good.
CREATE UNIQUE INDEX dialog_of_customer ON dialog (customer) WHERE NOT final;
CREATE INDEX dialog_open ON dialog (workspace, id) WHERE closed_at IS NULL;
CREATE INDEX dialog_on_site ON dialog (workspace) WHERE closed_at IS NULL AND on_site;
CREATE INDEX dialog_waiting ON dialog (workspace) WHERE waiting;
CREATE INDEX dialog_closed ON dialog (workspace, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX dialog_due ON dialog (workspace, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE message (
    dialog UUID NOT NULL,
    seq    BIGINT NOT NULL,                     -- from 1 without holes
    writer UUID,                                -- operator or customer; nothing if the hub itself
    client UUID,                                -- the writer's own id of it
    body   TEXT NOT NULL,                       -- JSON, which may hold what TEXT may not
    PRIMARY KEY (dialog, seq)
);
-- The same id of the same writer is the same message, for ever.
CREATE UNIQUE INDEX message_by_writer ON message (writer, client) WHERE client IS NOT NULL;

-- First answers to commands, by writer and his id.
CREATE TABLE answer (
    writer  UUID NOT NULL,
    client  UUID NOT NULL,
    at      BIGINT NOT NULL,
    outcome TEXT NOT NULL,                      -- JSON
    PRIMARY KEY (writer, client)
);
CREATE INDEX answer_by_age ON answer (at);

CREATE TABLE channel (
    id        UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    body      TEXT NOT NULL                     -- JSON
);
CREATE INDEX channel_of_workspace ON channel (workspace, id);

CREATE TABLE operator (
    id               UUID PRIMARY KEY,
    workspace        UUID NOT NULL,
    login            TEXT COLLATE "C" NOT NULL,
    name             TEXT NOT NULL,
    password         TEXT,                      -- argon2id, PHC string
    status           TEXT NOT NULL,
    status_code      TEXT NOT NULL,
    status_since     BIGINT NOT NULL,
    set_by           TEXT NOT NULL,             -- JSON
    keep_online      BOOLEAN NOT NULL,
    last_accepted_at BIGINT,
    post             TEXT NOT NULL,             -- JSON
    grants           TEXT NOT NULL,             -- JSON
    disabled         BOOLEAN NOT NULL,
    rights_at        BIGINT NOT NULL,           -- position of the log at which the rights last changed
    version          BIGINT NOT NULL,
    UNIQUE (workspace, login)
);

-- Each operator's statuses, from `at` until the next.
CREATE TABLE status_change (
    operator  UUID NOT NULL,
    seq       BIGINT NOT NULL,                  -- position of the log
    workspace UUID NOT NULL,
    at        BIGINT NOT NULL,
    status    TEXT NOT NULL,
    code      TEXT NOT NULL,
    set_by    TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (operator, seq)
);
CREATE INDEX status_change_by_age ON status_change (at);

-- Where operators' workplaces were last known to be, for whichever process is in charge.
CREATE TABLE attendance (
    workspace UUID NOT NULL,
    operator  UUID NOT NULL,
    seen_at   BIGINT NOT NULL,                  -- a workplace was connected then
    active_at BIGINT NOT NULL,                  -- the operator last did something
    left_at   BIGINT,                           -- the last one was closed or lost; nothing while one is connected
    PRIMARY KEY (workspace, operator)
);

CREATE TABLE session (
    id         UUID PRIMARY KEY,
    workspace  UUID NOT NULL,
    operator   UUID NOT NULL,
    token      BYTEA NOT NULL UNIQUE,           -- SHA-256
    device     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX session_of_operator ON session (operator) WHERE ended_at IS NULL;
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE customer (
    id         UUID PRIMARY KEY,
    workspace  UUID NOT NULL,
    token      BYTEA NOT NULL UNIQUE,           -- SHA-256
    number     BIGINT NOT NULL,
    body       TEXT NOT NULL,                   -- JSON
    created_at BIGINT NOT NULL,
    wrote      BOOLEAN NOT NULL DEFAULT FALSE,  -- has a dialog, and is not forgotten
    version    BIGINT NOT NULL DEFAULT 1        -- compared and set by every change
);
CREATE INDEX customer_silent ON customer (created_at) WHERE NOT wrote;

-- Attempts to sign in that did not succeed, by account or by address.
CREATE TABLE attempt (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject UUID NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX attempt_of_subject ON attempt (subject, at);
CREATE INDEX attempt_by_age ON attempt (at);

-- The configuration, all versions of it.
CREATE TABLE centre (
    workspace UUID NOT NULL,
    version   BIGINT NOT NULL,                  -- from 1 without holes
    at        BIGINT NOT NULL,
    by        UUID,
    note      TEXT NOT NULL,
    body      TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (workspace, version)
);

-- Who decides by time and gives out dialogs.
CREATE TABLE lease (
    workspace UUID PRIMARY KEY,
    node      UUID NOT NULL,
    token     BIGINT NOT NULL,                  -- grows with each change of hands
    until     BIGINT NOT NULL
);

-- What is to be done outside.
CREATE TABLE errand (
    id        UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    due_at    BIGINT,                           -- nothing: given up
    failed_at BIGINT,
    attempts  BIGINT NOT NULL,
    kind      TEXT NOT NULL,                    -- JSON
    why       TEXT                              -- it was given up
);
CREATE INDEX errand_due ON errand (workspace, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX errand_failed ON errand (failed_at) WHERE failed_at IS NOT NULL;

CREATE TABLE audit (
    workspace UUID NOT NULL,
    number    BIGINT NOT NULL,                  -- from 1 without holes
    at        BIGINT NOT NULL,
    by        UUID,
    what      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    detail    TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (workspace, number)
);
CREATE INDEX audit_by_age ON audit (at);

CREATE TABLE file (
    id        UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    dialog    UUID,                             -- nothing while it is only uploaded
    by        UUID NOT NULL,
    name      TEXT NOT NULL,
    media     TEXT NOT NULL,
    size      BIGINT NOT NULL,
    sha256    BYTEA NOT NULL,
    state     TEXT NOT NULL,
    width     BIGINT,
    height    BIGINT,
    at        BIGINT NOT NULL
);

-- Operators' own ready answers.
CREATE TABLE template (
    operator  UUID NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    workspace UUID NOT NULL,
    body      TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (operator, name)
);
