-- What a hub of this step added: the way of a customer, and what came of an operator's work.
INSERT INTO journey (customer, workspace, at, body) VALUES
    ('00000000-0000-0000-0000-000000000015', '00000000-0000-0000-0000-000000000001', 1000,
     '{"pages":[{"url":"https://shop.example.org/","title":"Shop","at":1000}],"zone":"Europe/Moscow"}');
INSERT INTO tally (operator, seq, workspace, at, closed, missed) VALUES ('00000000-0000-0000-0000-00000000000b', 2, '00000000-0000-0000-0000-000000000001', 1000, 1, 0);
INSERT INTO tally (operator, seq, workspace, at, closed, missed) VALUES ('00000000-0000-0000-0000-00000000000b', 3, '00000000-0000-0000-0000-000000000001', 1001, 0, 1);
