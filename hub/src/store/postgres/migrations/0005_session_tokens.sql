-- A session has one token after the other: `session.token` is the one in use.
ALTER TABLE session ADD COLUMN token_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN acted_at BIGINT NOT NULL DEFAULT 0;
UPDATE session SET token_since = created_at, acted_at = created_at;

-- The tokens that may take its place, and those whose place was taken: one that comes back was stolen.
CREATE TABLE session_token (
    token    BYTEA PRIMARY KEY,                 -- SHA-256
    session  UUID NOT NULL,
    replaced BOOLEAN NOT NULL                   -- false: offered
);
CREATE INDEX session_token_of ON session_token (session);
