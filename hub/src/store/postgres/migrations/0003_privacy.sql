-- What is kept about one customer, found without reading everything.

CREATE INDEX dialog_by_customer ON dialog (customer, id);
CREATE INDEX file_of_dialog ON file (dialog, id) WHERE dialog IS NOT NULL;
CREATE INDEX file_by ON file (by, id);
CREATE INDEX file_by_age ON file (workspace, at, id);
CREATE INDEX errand_of_workspace ON errand (workspace, id);

-- What has ended longest comes first, each in its place.
DROP INDEX dialog_closed;
CREATE INDEX dialog_closed ON dialog (workspace, closed_at, id) WHERE closed_at IS NOT NULL;

-- Dialogs that were erased, for workplaces that were away for longer than the log reaches back. Ids only.
CREATE TABLE erased (
    workspace UUID NOT NULL,
    seq       BIGINT NOT NULL,                  -- position of the log at which it was told
    dialog    UUID NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (workspace, seq)
);
CREATE INDEX erased_by_age ON erased (at);
