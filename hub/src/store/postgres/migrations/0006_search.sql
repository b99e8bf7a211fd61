-- Messages by their words, normalised and stemmed by the hub.
CREATE TABLE spoken (
    place     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- in the order of storing
    workspace UUID NOT NULL,
    dialog    UUID NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    words     TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX spoken_where ON spoken (dialog, seq);
CREATE INDEX spoken_words ON spoken USING gin (words);
