-- What a hub of this step added: a token whose place was taken.
INSERT INTO session_token (token, session, replaced) VALUES
    ('\x5555555555555555555555555555555555555555555555555555555555555555', '00000000-0000-0000-0000-000000000033', TRUE);
