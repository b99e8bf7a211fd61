-- Messages by their words. What a message is found by stands in `word`, normalised and stemmed, by its place; that table is
-- contentless: a row is taken out by naming its words again, and secure-delete leaves no trace of them.
CREATE TABLE spoken (
    place     INTEGER PRIMARY KEY,          -- in the order of storing
    workspace BLOB NOT NULL,
    dialog    BLOB NOT NULL,
    seq       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX spoken_where ON spoken (dialog, seq);
CREATE VIRTUAL TABLE word USING fts5 (entries, content = '', tokenize = 'ascii', prefix = '3');
INSERT INTO word (word, rank) VALUES ('secure-delete', 1);
