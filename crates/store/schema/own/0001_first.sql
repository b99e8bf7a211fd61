CREATE TABLE outbox (
    -- What was written and is not yet known to be on the hub. A row enters before the network hears of it and leaves
    -- only after the hub's answer is in cache.db.
    client_id BLOB NOT NULL PRIMARY KEY, -- 16 bytes, UUID version 7, made once per Enter
    dialog BLOB NOT NULL,                -- 16 bytes, where it goes
    position INTEGER NOT NULL,           -- order of pressing Enter over all dialogs of this machine, growing
    created_at INTEGER NOT NULL,         -- milliseconds since 1970, when Enter was pressed
    attempts INTEGER NOT NULL,           -- how often it was handed to the network, counted before the try
    op TEXT NOT NULL,                    -- JSON: what it is, with the words
    state TEXT NOT NULL                  -- JSON: where it stands
) STRICT;

CREATE TABLE outbox_mark (
    -- One row: the largest position ever given out, so that an emptied outbox does not start again.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last_position INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
    -- Unfinished texts, one per dialog.
    dialog BLOB NOT NULL PRIMARY KEY, -- 16 bytes
    text TEXT NOT NULL,               -- as it stands in the composer
    note INTEGER NOT NULL,            -- 1: the composer is in note mode
    at INTEGER NOT NULL               -- milliseconds since 1970, last touched
) STRICT;

CREATE TABLE settings (
    -- One row: what the operator chose.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    json TEXT NOT NULL -- unknown fields are ignored, missing ones take their default
) STRICT;

CREATE TABLE alerted (
    -- Messages that were alerted about lately, so that a restart does not ring again.
    message BLOB NOT NULL PRIMARY KEY, -- 16 bytes, the hub's id
    at INTEGER NOT NULL                -- milliseconds since 1970
) STRICT, WITHOUT ROWID;

CREATE INDEX alerted_by_time ON alerted (at);
