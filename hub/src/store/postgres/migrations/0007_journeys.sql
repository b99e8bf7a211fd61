-- Where customers are and which pages they went to: what a page tells beside words, and no log.
CREATE TABLE journey (
    customer  UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    at        BIGINT NOT NULL,                  -- of the last step
    body      TEXT NOT NULL                     -- JSON
);
CREATE INDEX journey_by_age ON journey (at);

-- What counts in an operator's work, as it came about.
CREATE TABLE tally (
    operator  UUID NOT NULL,
    seq       BIGINT NOT NULL,                  -- position of the log
    workspace UUID NOT NULL,
    at        BIGINT NOT NULL,
    closed    BIGINT NOT NULL,                  -- 1: a dialog he led ended; -1: it was opened again
    missed    BIGINT NOT NULL,                  -- 1: he let a dialog pass
    PRIMARY KEY (operator, at, seq)
);
CREATE INDEX tally_by_age ON tally (at);
