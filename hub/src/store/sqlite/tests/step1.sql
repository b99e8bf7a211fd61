-- What a hub of the first step left: two operators, a session, a customer, his dialog, an answer, a log of two entries.
INSERT INTO workspace (id, short, stream, head, dialogs, customers) VALUES (X'00000000000000000000000000000001', 'main', X'00000000000000000000000000000002', 2, 1, 1);
INSERT INTO operator (id, workspace, login, name, password, status, rights, disabled, rights_at, version) VALUES
    (X'0000000000000000000000000000000b', X'00000000000000000000000000000001', 'ira', 'Ира', NULL, 'online', '["accept","see_others"]', 0, 1, 1),
    (X'0000000000000000000000000000000c', X'00000000000000000000000000000001', 'oleg', 'Олег', '$argon2id$', 'offline_requests', '["note"]', 0, 2, 3);
INSERT INTO customer (id, workspace, token, number, body, created_at, wrote) VALUES
    (X'00000000000000000000000000000015', X'00000000000000000000000000000001', X'00000000000000000000000000000016', 1,
     '{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"}',
     900, 1);
INSERT INTO dialog (id, workspace, customer, version, final, on_site, waiting, closed_at, body) VALUES
    (X'00000000000000000000000000000064', X'00000000000000000000000000000001', X'00000000000000000000000000000015', 1, 0, 1, 1, NULL,
     '{"row":{"id":"00000000-0000-0000-0000-000000000064","number":1,"channel":"00000000-0000-0000-0000-000000000007","customer":{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"},"state":"queue","start_state":"online","current_state":"online","presence":"on_site","assignee":null,"assignee_name":null,"epoch":0,"rev":2,"last_seq":1,"last":{"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000},"awaiting":"operator","awaiting_since":1000,"unread":1,"read_by_operator":0,"delivered_to_customer":0,"read_by_customer":0,"page":null,"created_at":1000,"accepted_at":null,"closed_at":null,"close_reason":null,"can":{"accept":null,"write":null,"note":null,"close":null,"transfer":null}},"version":1,"unread_runs":[[1,1]],"led_by":[]}');
INSERT INTO message (dialog, seq, id, client, kind, author, writer, name, text, at, rev) VALUES
    (X'00000000000000000000000000000064', 1, X'000000000000000000000000000000c8', X'0000000000000000000000000000012c', 'text', 'customer', X'00000000000000000000000000000015', NULL, 'Здравствуйте', 1000, 2);
INSERT INTO entry (workspace, seq, at, body) VALUES
    (X'00000000000000000000000000000001', 1, 900, '{"entry":"operator","id":"00000000-0000-0000-0000-00000000000b","name":"Ира","status":"online","rights":["accept","see_others"],"rights_changed":true,"disabled":false}'),
    (X'00000000000000000000000000000001', 2, 1000, '{"entry":"dialog","before":null,"row":{"id":"00000000-0000-0000-0000-000000000064","number":1,"channel":"00000000-0000-0000-0000-000000000007","customer":{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"},"state":"queue","start_state":"online","current_state":"online","presence":"on_site","assignee":null,"assignee_name":null,"epoch":0,"rev":2,"last_seq":1,"last":{"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000},"awaiting":"operator","awaiting_since":1000,"unread":1,"read_by_operator":0,"delivered_to_customer":0,"read_by_customer":0,"page":null,"created_at":1000,"accepted_at":null,"closed_at":null,"close_reason":null,"can":{"accept":null,"write":null,"note":null,"close":null,"transfer":null}},"events":[{"event":"message_added","id":"00000000-0000-0000-0000-0000000000c8","client_id":"00000000-0000-0000-0000-00000000012c","dialog":"00000000-0000-0000-0000-000000000064","seq":1,"kind":"text","author":{"by":"customer"},"text":"Здравствуйте","at":1000,"rev":2}]}');
INSERT INTO session (id, workspace, operator, token, device, created_at, expires_at, ended_at) VALUES
    (X'00000000000000000000000000000033', X'00000000000000000000000000000001', X'0000000000000000000000000000000b',
     X'5353535353535353535353535353535353535353535353535353535353535353', 'home', 500, 9000000000000, NULL);
INSERT INTO answer (writer, client, at, outcome) VALUES
    (X'00000000000000000000000000000015', X'0000000000000000000000000000012c', 1000,
     '{"outcome":"done","at_seq":2,"message":{"id":"00000000-0000-0000-0000-0000000000c8","seq":1,"at":1000}}');
INSERT INTO channel (id, workspace, body) VALUES
    (X'00000000000000000000000000000007', X'00000000000000000000000000000001', '{"id":"00000000-0000-0000-0000-000000000007","name":"Site","transport":"widget","text_chars":4000,"page":null}');
INSERT INTO attempt (subject, at) VALUES (X'0000000000000000000000000000000b', 1000);
