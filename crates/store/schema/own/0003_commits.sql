CREATE TABLE commits (
    -- One row: how many transactions changed this file. The same number stands beside it in own.db.count, written after
    -- each of them: a file that counts less has lost some.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;
