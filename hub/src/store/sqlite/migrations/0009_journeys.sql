-- Where customers are and which pages they went to: what a page tells beside words, and no log.
CREATE TABLE journey (
    customer  BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    at        INTEGER NOT NULL,             -- of the last step
    body      TEXT NOT NULL                 -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX journey_by_age ON journey (at);

-- What counts in an operator's work, as it came about.
CREATE TABLE tally (
    operator  BLOB NOT NULL,
    seq       INTEGER NOT NULL,             -- position of the log
    workspace BLOB NOT NULL,
    at        INTEGER NOT NULL,
    closed    INTEGER NOT NULL,             -- 1: a dialog he led ended; -1: it was opened again
    missed    INTEGER NOT NULL,             -- 1: he let a dialog pass
    PRIMARY KEY (operator, at, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_by_age ON tally (at);
