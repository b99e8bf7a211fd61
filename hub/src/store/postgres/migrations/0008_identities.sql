-- Customers who are one person: a set is named by the least number of its customers. Who is in none has no row.
CREATE TABLE identity (
    customer  UUID PRIMARY KEY,
    workspace UUID NOT NULL,
    person    BIGINT NOT NULL,
    own       TEXT NOT NULL                     -- JSON: what was known of him alone
);
CREATE INDEX identity_of_person ON identity (workspace, person);

-- Customers by what they are called: parts of names and addresses, ends of phone numbers, each found by its beginning.
CREATE TABLE called (
    workspace UUID NOT NULL,
    entry     TEXT COLLATE "C" NOT NULL,
    customer  UUID NOT NULL,
    PRIMARY KEY (workspace, entry, customer)
);
CREATE INDEX called_of ON called (customer);
