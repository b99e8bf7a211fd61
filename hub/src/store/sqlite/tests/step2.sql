-- What a hub of the second step added: a configuration, a trail, a lease, an errand, a file, a ready answer, a block.
UPDATE workspace SET customers = 2, audits = 1;
INSERT INTO customer (id, workspace, token, number, body, created_at, wrote) VALUES
    (X'00000000000000000000000000000017', X'00000000000000000000000000000001', X'1818181818181818181818181818181818181818181818181818181818181818', 2,
     '{"id":"00000000-0000-0000-0000-000000000017","name":"Customer 2","number":2,"named":false,"email":null,"phone":null,"language":"ru","particulars":{"tags":[],"comment":"","variables":{},"restricted":false,"block":{"by":"00000000-0000-0000-0000-00000000000b","since":900,"until":null,"reason":"spam"}}}',
     900, 1);
INSERT INTO centre (workspace, version, at, by, note, body) VALUES (X'00000000000000000000000000000001', 1, 950, NULL, 'first', '{"name":"Чай и глина"}');
INSERT INTO audit (workspace, number, at, by, what, subject, detail) VALUES
    (X'00000000000000000000000000000001', 1, 950, X'0000000000000000000000000000000b', 'centre.changed', 'centre', '{"version":1}');
INSERT INTO lease (workspace, node, token, until) VALUES (X'00000000000000000000000000000001', X'00000000000000000000000000000061', 4, 1200);
INSERT INTO errand (id, workspace, due_at, failed_at, attempts, kind, why) VALUES
    (X'00000000000000000000000000000041', X'00000000000000000000000000000001', 1500, NULL, 2, '{"errand":"scan_file","file":"00000000-0000-0000-0000-000000000051"}', NULL);
INSERT INTO file (id, workspace, dialog, by, name, media, size, sha256, state, width, height, at) VALUES
    (X'00000000000000000000000000000051', X'00000000000000000000000000000001', X'00000000000000000000000000000064', X'00000000000000000000000000000015', 'фото.png', 'image/png', 5, X'0707070707070707070707070707070707070707070707070707070707070707', 'ready', NULL, NULL, 980);
INSERT INTO template (operator, name, workspace, body) VALUES
    (X'0000000000000000000000000000000b', 'hello', X'00000000000000000000000000000001', '{"texts":{"ru":"Добрый день"}}');
INSERT INTO status_change (operator, seq, workspace, at, status, code, set_by) VALUES
    (X'0000000000000000000000000000000b', 1, X'00000000000000000000000000000001', 900, 'online', 'online', '{"by":"hub"}');
-- And a restricted customer, whose dialog was over when he became so.
UPDATE workspace SET customers = 3, dialogs = 2;
INSERT INTO customer (id, workspace, token, number, body, created_at, wrote) VALUES
    (X'00000000000000000000000000000019', X'00000000000000000000000000000001', X'2020202020202020202020202020202020202020202020202020202020202020', 3,
     '{"id":"00000000-0000-0000-0000-000000000019","name":"Customer 3","number":3,"named":false,"email":null,"phone":null,"language":"ru","particulars":{"tags":[],"comment":"","variables":{},"restricted":true,"block":null}}',
     900, 1);
INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, body) VALUES
    (X'00000000000000000000000000000067', X'00000000000000000000000000000001', X'00000000000000000000000000000019', 1, 1, 0, 0, 1000,
     '{"row":{"id":"00000000-0000-0000-0000-000000000067","number":2,"channel":"00000000-0000-0000-0000-000000000007","customer":{"id":"00000000-0000-0000-0000-000000000019","name":"Customer 3","number":3,"named":false,"email":null,"phone":null,"language":"ru","particulars":{"tags":[],"comment":"","variables":{},"restricted":false,"block":null}},"state":"closed","start_state":"online","current_state":"online","presence":"on_site","assignee":null,"assignee_name":null,"epoch":0,"rev":2,"last_seq":0,"last":null,"awaiting":"nobody","awaiting_since":null,"unread":0,"read_by_operator":0,"delivered_to_customer":0,"read_by_customer":0,"page":null,"created_at":1000,"accepted_at":null,"closed_at":1000,"close_reason":"operator","can":{"accept":null,"write":null,"note":null,"close":null,"transfer":null}},"version":1,"unread_runs":[],"led_by":[]}');
