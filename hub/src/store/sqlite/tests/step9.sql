-- What a hub of this step added: the way of a customer, and what came of an operator's work.
INSERT INTO journey (customer, workspace, at, body) VALUES
    (X'00000000000000000000000000000015', X'00000000000000000000000000000001', 1000,
     '{"pages":[{"url":"https://shop.example.org/","title":"Shop","at":1000}],"zone":"Europe/Moscow"}');
INSERT INTO tally (operator, seq, workspace, at, closed, missed) VALUES (X'0000000000000000000000000000000b', 2, X'00000000000000000000000000000001', 1000, 1, 0);
INSERT INTO tally (operator, seq, workspace, at, closed, missed) VALUES (X'0000000000000000000000000000000b', 3, X'00000000000000000000000000000001', 1001, 0, 1);
