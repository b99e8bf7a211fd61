-- Which customers' pages are connected to which of the processes that share a database.
CREATE TABLE node (
    id        UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    seen_at   BIGINT NOT NULL                   -- it said last that it lives; 0: it has stopped
);
CREATE INDEX node_by_age ON node (seen_at);
CREATE TABLE door (
    node      UUID NOT NULL,
    number    BIGINT NOT NULL,                  -- of the connection, among those of its process
    workspace UUID NOT NULL,
    customer  UUID NOT NULL,
    PRIMARY KEY (node, number)
);
CREATE INDEX door_of ON door (customer);
