-- The two files of the operator's local store, as a fresh one is made. Generated: change crates/store/schema, then
-- run the tests of otklik-store with UPDATE_SCHEMA=1.

-- ---- own.db ---- application_id 0x4f746b4f, user_version 4

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
, quote TEXT) STRICT;

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

CREATE TABLE tray (
    -- Files that were chosen and not sent. The bytes are in the staging folder before a row is here, and until after.
    file BLOB NOT NULL PRIMARY KEY, -- 16 bytes, names the bytes
    dialog BLOB NOT NULL,           -- 16 bytes, for whom
    position INTEGER NOT NULL,      -- order of choosing, growing
    json TEXT NOT NULL              -- name, media type, size, pixels
) STRICT;

CREATE TABLE commits (
    -- One row: how many transactions changed this file. The same number stands beside it in own.db.count, written after
    -- each of them: a file that counts less has lost some.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;

-- ---- cache.db ---- application_id 0x4f746b43, user_version 3

CREATE TABLE dialogs (
    -- Dialogs as this operator may see them.
    id BLOB NOT NULL UNIQUE,          -- 16 bytes, UUID version 7
    number INTEGER NOT NULL,          -- the number people say aloud; here for search results
    customer_number INTEGER NOT NULL, -- the hub's number of the customer; here for search results
    customer_name TEXT,               -- NULL: made up by the hub; here for search results
    held_from INTEGER NOT NULL,       -- first message of the newest unbroken block in the cache
    held_upto INTEGER NOT NULL,       -- its last message; 0: none
    json TEXT NOT NULL                -- the whole row
) STRICT;

CREATE TABLE messages (
    -- Messages as the hub keeps them. Holes in (dialog, seq) are history that was not fetched yet.
    slot INTEGER NOT NULL PRIMARY KEY, -- millisecond of storing on the hub * 2^20 + place within it: the search index
                                       -- walks its rows by this number, so descending it is newest first even
                                       -- though older history arrives later
    id BLOB NOT NULL UNIQUE,           -- 16 bytes, UUID version 7, the hub's
    dialog BLOB NOT NULL,              -- 16 bytes
    seq INTEGER NOT NULL,              -- number in the dialog, from 1 without holes
    rev INTEGER NOT NULL,              -- the event that last changed it; the higher one is kept
    at INTEGER NOT NULL,               -- milliseconds since 1970, when the hub stored it
    kind INTEGER NOT NULL,             -- 0 unknown, 1 text, 2 note, 3 system
    author INTEGER NOT NULL,           -- 0 unknown, 1 customer, 2 operator, 3 system
    author_id BLOB,                    -- 16 bytes, of an operator
    author_name TEXT,                  -- of an operator
    client_id BLOB,                    -- 16 bytes, the writer's own id
    text TEXT NOT NULL, details TEXT,                -- the words; those of kinds 1 and 2 stand in the table search too, normalised and
                                       -- stemmed, by slot. That table is contentless: a row is taken out by naming
                                       -- its words again, and secure-delete leaves no trace of them. How words are
                                       -- made (src/words.rs) is part of this schema: changing it is a new version. Three
                                       -- letters, the first that are searched while typing, have entries of their own
    UNIQUE (dialog, seq)
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (words, content = '', tokenize = 'ascii', prefix = '3');

CREATE TABLE operators (
    -- Colleagues.
    id BLOB NOT NULL PRIMARY KEY, -- 16 bytes
    json TEXT NOT NULL            -- the whole row
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    -- Where customers come from.
    id BLOB NOT NULL PRIMARY KEY, -- 16 bytes
    json TEXT NOT NULL            -- the whole row
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
    -- One row: who one is, as the hub last said.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    json TEXT NOT NULL
) STRICT;

CREATE TABLE cursor (
    -- One row: how far this cache has come; none: a snapshot is wanted. Written together with the rows it stands for.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    stream BLOB NOT NULL,   -- 16 bytes, which history
    after INTEGER NOT NULL  -- the last event applied
) STRICT;

CREATE TABLE handbook (
    -- One row: what the centre keeps ready for its operator.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    json TEXT NOT NULL -- the whole of it
) STRICT;

CREATE INDEX dialogs_shown ON dialogs (id, number, customer_number, customer_name);
