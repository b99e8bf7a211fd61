-- Which customers' pages are connected to which of the processes that share a database.
CREATE TABLE node (
    id        BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    seen_at   INTEGER NOT NULL              -- it said last that it lives; 0: it has stopped
) STRICT, WITHOUT ROWID;
CREATE INDEX node_by_age ON node (seen_at);
CREATE TABLE door (
    node      BLOB NOT NULL,
    number    INTEGER NOT NULL,             -- of the connection, among those of its process
    workspace BLOB NOT NULL,
    customer  BLOB NOT NULL,
    PRIMARY KEY (node, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX door_of ON door (customer);
