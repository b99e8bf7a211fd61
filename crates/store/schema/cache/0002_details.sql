-- What only some messages have, as JSON: a file, a quote, marks of an edit or a deletion. NULL: nothing of it, as with most.
ALTER TABLE messages ADD COLUMN details TEXT;

CREATE TABLE handbook (
    -- One row: what the centre keeps ready for its operator.
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    json TEXT NOT NULL -- the whole of it
) STRICT;
