-- What a hub of this step added: where an operator's workplace was last.
INSERT INTO attendance (workspace, operator, seen_at, active_at, left_at) VALUES
    (X'00000000000000000000000000000001', X'0000000000000000000000000000000b', 1010, 1005, 1020);
