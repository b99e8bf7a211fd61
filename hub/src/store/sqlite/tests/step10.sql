-- What a hub of this step added: two customers who are one person.
INSERT INTO identity (customer, workspace, person, own) VALUES
    (X'00000000000000000000000000000015', X'00000000000000000000000000000001', 1, '{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"}'),
    (X'00000000000000000000000000000017', X'00000000000000000000000000000001', 1, '{"id":"00000000-0000-0000-0000-000000000017","name":"Customer 2","number":2,"named":false,"email":null,"phone":null,"language":"ru"}');
