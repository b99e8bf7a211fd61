-- The open dialogs of an operator: what he has goes back to everybody when he goes.
ALTER TABLE dialog ADD COLUMN assignee BLOB;          -- whose it is or who is offered it, while it is open
UPDATE dialog SET assignee = unhex(json_extract(body, '$.row.assignee'), '-') WHERE closed_at IS NULL;
CREATE INDEX dialog_of_assignee ON dialog (workspace, assignee, id) WHERE assignee IS NOT NULL;
