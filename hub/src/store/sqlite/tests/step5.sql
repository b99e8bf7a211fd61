-- What a hub of this step added: a dialog that was erased.
INSERT INTO erased (workspace, seq, dialog, at) VALUES (X'00000000000000000000000000000001', 2, X'00000000000000000000000000000066', 1100);
