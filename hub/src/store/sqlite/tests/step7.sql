-- What a hub of this step added: a token whose place was taken.
INSERT INTO session_token (token, session, replaced) VALUES
    (X'5555555555555555555555555555555555555555555555555555555555555555', X'00000000000000000000000000000033', 1);
