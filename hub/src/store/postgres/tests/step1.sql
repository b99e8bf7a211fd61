-- What a hub of the first step left here: two operators, a session, a customer, his dialog, an answer, a log of two
-- entries, and what the centre's rules keep.
INSERT INTO workspace (id, short, stream, head, dialogs, customers) VALUES ('00000000-0000-0000-0000-000000000001', 'main', '00000000-0000-0000-0000-000000000002', 2, 1, 1);
INSERT INTO operator (id, workspace, login, name, password, status, status_code, status_since, set_by, keep_online, last_accepted_at, post, grants, disabled, rights_at, version) VALUES
    ('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-000000000001', 'ira', 'Ира', NULL, 'online', 'online', 900, '{"by":"hub"}', FALSE, NULL, '{"role":"colleague"}',
     '{"rights":{"accept":"all","see_others":"all","see_queue":"all","set_own_status":"all"},"departments":null,"supervises":[],"led":[]}', FALSE, 1, 1),
    ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000001', 'oleg', 'Олег', '$argon2id$', 'offline_requests', 'offline-requests', 900, '{"by":"hub"}', FALSE, NULL, '{"role":"operator"}',
     '{"rights":{"note":"all","set_own_status":"all"},"departments":null,"supervises":[],"led":[]}', FALSE, 2, 3);
INSERT INTO session (id, workspace, operator, token, device, created_at, expires_at, ended_at) VALUES
    ('00000000-0000-0000-0000-000000000033', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000b', '\x5353535353535353535353535353535353535353535353535353535353535353', 'home', 500, 9000000000000, NULL);
INSERT INTO customer (id, workspace, token, number, body, created_at, wrote) VALUES
    ('00000000-0000-0000-0000-000000000015', '00000000-0000-0000-0000-000000000001', '\x1616161616161616161616161616161616161616161616161616161616161616', 1,
     '{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"}', 900, TRUE);
INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, due_at, body) VALUES
    ('00000000-0000-0000-0000-000000000064', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000015', 1, FALSE, TRUE, TRUE, NULL, NULL,
     '{"row":{"id":"00000000-0000-0000-0000-000000000064","number":1,"channel":"00000000-0000-0000-0000-000000000007","customer":{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"},"state":"queue","start_state":"online","current_state":"online","presence":"on_site","assignee":null,"assignee_name":null,"epoch":0,"rev":2,"last_seq":1,"last":{"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000},"awaiting":"operator","awaiting_since":1000,"unread":1,"read_by_operator":0,"delivered_to_customer":0,"read_by_customer":0,"page":null,"created_at":1000,"accepted_at":null,"closed_at":null,"close_reason":null,"can":{"accept":null,"write":null,"note":null,"close":null,"transfer":null}},"version":1,"unread_runs":[[1,1]],"led_by":[]}');
INSERT INTO message (dialog, seq, writer, client, body) VALUES
    ('00000000-0000-0000-0000-000000000064', 1, '00000000-0000-0000-0000-000000000015', '00000000-0000-0000-0000-00000000012c',
     '{"id":"00000000-0000-0000-0000-0000000000c8","client_id":"00000000-0000-0000-0000-00000000012c","dialog":"00000000-0000-0000-0000-000000000064","seq":1,"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000,"rev":2}');
INSERT INTO answer (writer, client, at, outcome) VALUES
    ('00000000-0000-0000-0000-000000000015', '00000000-0000-0000-0000-00000000012c', 1000,
     '{"outcome":"done","at_seq":2,"message":{"id":"00000000-0000-0000-0000-0000000000c8","seq":1,"at":1000}}');
INSERT INTO channel (id, workspace, body) VALUES
    ('00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000001', '{"id":"00000000-0000-0000-0000-000000000007","name":"Site","transport":"widget","text_chars":4000,"page":null}');
INSERT INTO attempt (subject, at) VALUES ('00000000-0000-0000-0000-00000000000b', 1000);
INSERT INTO entry (workspace, seq, at, body) VALUES
    ('00000000-0000-0000-0000-000000000001', 1, 900, '{"entry":"operator","id":"00000000-0000-0000-0000-00000000000b","name":"Ира","status":"online","rights":["accept","see_others"],"rights_changed":true,"disabled":false}'),
    ('00000000-0000-0000-0000-000000000001', 2, 1000, '{"entry":"dialog","before":null,"row":{"id":"00000000-0000-0000-0000-000000000064","number":1,"channel":"00000000-0000-0000-0000-000000000007","customer":{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"},"state":"queue","start_state":"online","current_state":"online","presence":"on_site","assignee":null,"assignee_name":null,"epoch":0,"rev":2,"last_seq":1,"last":{"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000},"awaiting":"operator","awaiting_since":1000,"unread":1,"read_by_operator":0,"delivered_to_customer":0,"read_by_customer":0,"page":null,"created_at":1000,"accepted_at":null,"closed_at":null,"close_reason":null,"can":{"accept":null,"write":null,"note":null,"close":null,"transfer":null}},"events":[{"event":"message_added","id":"00000000-0000-0000-0000-0000000000c8","client_id":"00000000-0000-0000-0000-00000000012c","dialog":"00000000-0000-0000-0000-000000000064","seq":1,"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000,"rev":2}]}');
UPDATE workspace SET customers = 2, audits = 1;
INSERT INTO customer (id, workspace, token, number, body, created_at, wrote) VALUES
    ('00000000-0000-0000-0000-000000000017', '00000000-0000-0000-0000-000000000001', '\x1818181818181818181818181818181818181818181818181818181818181818', 2,
     '{"id":"00000000-0000-0000-0000-000000000017","name":"Customer 2","number":2,"named":false,"email":null,"phone":null,"language":"ru","particulars":{"tags":[],"comment":"","variables":{},"restricted":false,"block":{"by":"00000000-0000-0000-0000-00000000000b","since":900,"until":null,"reason":"spam"}}}',
     900, TRUE);
INSERT INTO centre (workspace, version, at, by, note, body) VALUES ('00000000-0000-0000-0000-000000000001', 1, 950, NULL, 'first', '{"name":"Чай и глина"}');
INSERT INTO audit (workspace, number, at, by, what, subject, detail) VALUES
    ('00000000-0000-0000-0000-000000000001', 1, 950, '00000000-0000-0000-0000-00000000000b', 'centre.changed', 'centre', '{"version":1}');
INSERT INTO lease (workspace, node, token, until) VALUES ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000061', 4, 1200);
INSERT INTO errand (id, workspace, due_at, failed_at, attempts, kind, why) VALUES
    ('00000000-0000-0000-0000-000000000041', '00000000-0000-0000-0000-000000000001', 1500, NULL, 2, '{"errand":"scan_file","file":"00000000-0000-0000-0000-000000000051"}', NULL);
INSERT INTO file (id, workspace, dialog, by, name, media, size, sha256, state, width, height, at) VALUES
    ('00000000-0000-0000-0000-000000000051', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000064', '00000000-0000-0000-0000-000000000015', 'фото.png', 'image/png', 5, '\x0707070707070707070707070707070707070707070707070707070707070707', 'ready', NULL, NULL, 980);
INSERT INTO template (operator, name, workspace, body) VALUES
    ('00000000-0000-0000-0000-00000000000b', 'hello', '00000000-0000-0000-0000-000000000001', '{"texts":{"ru":"Добрый день"}}');
INSERT INTO status_change (operator, seq, workspace, at, status, code, set_by) VALUES
    ('00000000-0000-0000-0000-00000000000b', 1, '00000000-0000-0000-0000-000000000001', 900, 'online', 'online', '{"by":"hub"}');
INSERT INTO attendance (workspace, operator, seen_at, active_at, left_at) VALUES
    ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000b', 1010, 1005, 1020);
-- And a restricted customer, whose dialog was over when he became so.
UPDATE workspace SET customers = 3, dialogs = 2;
INSERT INTO customer (id, workspace, token, number, body, created_at, wrote) VALUES
    ('00000000-0000-0000-0000-000000000019', '00000000-0000-0000-0000-000000000001', '\x2020202020202020202020202020202020202020202020202020202020202020', 3,
     '{"id":"00000000-0000-0000-0000-000000000019","name":"Customer 3","number":3,"named":false,"email":null,"phone":null,"language":"ru","particulars":{"tags":[],"comment":"","variables":{},"restricted":true,"block":null}}',
     900, TRUE);
INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, body) VALUES
    ('00000000-0000-0000-0000-000000000067', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000019', 1, TRUE, FALSE, FALSE, 1000,
     '{"row":{"id":"00000000-0000-0000-0000-000000000067","number":2,"channel":"00000000-0000-0000-0000-000000000007","customer":{"id":"00000000-0000-0000-0000-000000000019","name":"Customer 3","number":3,"named":false,"email":null,"phone":null,"language":"ru","particulars":{"tags":[],"comment":"","variables":{},"restricted":false,"block":null}},"state":"closed","start_state":"online","current_state":"online","presence":"on_site","assignee":null,"assignee_name":null,"epoch":0,"rev":2,"last_seq":0,"last":null,"awaiting":"nobody","awaiting_since":null,"unread":0,"read_by_operator":0,"delivered_to_customer":0,"read_by_customer":0,"page":null,"created_at":1000,"accepted_at":null,"closed_at":1000,"close_reason":"operator","can":{"accept":null,"write":null,"note":null,"close":null,"transfer":null}},"version":1,"unread_runs":[],"led_by":[]}');
