-- Customers who are one person: a set is named by the least number of its customers. Who is in none has no row.
CREATE TABLE identity (
    customer  BLOB PRIMARY KEY NOT NULL,
    workspace BLOB NOT NULL,
    person    INTEGER NOT NULL,
    own       TEXT NOT NULL                 -- JSON: what was known of him alone
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_of_person ON identity (workspace, person);

-- Customers by what they are called: parts of names and addresses, ends of phone numbers, each found by its beginning.
CREATE TABLE called (
    workspace BLOB NOT NULL,
    entry     TEXT NOT NULL,
    customer  BLOB NOT NULL,
    PRIMARY KEY (workspace, entry, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX called_of ON called (customer);
