-- What a hub of this step added: two customers who are one person.
INSERT INTO identity (customer, workspace, person, own) VALUES
    ('00000000-0000-0000-0000-000000000015', '00000000-0000-0000-0000-000000000001', 1, '{"id":"00000000-0000-0000-0000-000000000015","name":"Customer 1","number":1,"named":false,"email":null,"phone":null,"language":"ru"}'),
    ('00000000-0000-0000-0000-000000000017', '00000000-0000-0000-0000-000000000001', 1, '{"id":"00000000-0000-0000-0000-000000000017","name":"Customer 2","number":2,"named":false,"email":null,"phone":null,"language":"ru"}');
