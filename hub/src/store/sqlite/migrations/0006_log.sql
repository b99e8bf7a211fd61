-- Entries lie side by side, two or three to a page. Ordered by a key that is more than a number they were kept in an
-- index, where whatever is longer than a quarter of a page gets a page of its own.
ALTER TABLE entry RENAME TO entry_before;
DROP INDEX entry_by_age;
CREATE TABLE entry (
    workspace BLOB NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    body      TEXT NOT NULL,                -- JSON
    PRIMARY KEY (workspace, seq)
) STRICT;
INSERT INTO entry (workspace, seq, at, body)
    SELECT workspace, seq, at, body FROM entry_before ORDER BY workspace, seq;
DROP TABLE entry_before;
CREATE INDEX entry_by_age ON entry (at);

-- Placements that are durable, and not yet worked off into dialogs, messages and entries.
CREATE TABLE backlog (
    workspace BLOB NOT NULL,
    seq       INTEGER NOT NULL,             -- position of the log of the first; the others follow
    at        INTEGER NOT NULL,
    body      TEXT NOT NULL,                -- JSON: a hundred placements at most
    PRIMARY KEY (workspace, seq)
) STRICT;
