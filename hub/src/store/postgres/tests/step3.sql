-- What a hub of this step added: a dialog that was erased.
INSERT INTO erased (workspace, seq, dialog, at) VALUES ('00000000-0000-0000-0000-000000000001', 2, '00000000-0000-0000-0000-000000000066', 1100);
