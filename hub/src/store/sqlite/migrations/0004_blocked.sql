-- Customers are found by the number people say aloud, and those who are blocked among them.
CREATE INDEX customer_by_number ON customer (workspace, number);
CREATE INDEX customer_blocked ON customer (workspace, number) WHERE instr(body, '"block":{') > 0;
