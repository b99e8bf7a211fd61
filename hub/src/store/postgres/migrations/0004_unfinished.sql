-- All dialogs that are not closed for good, which follow each change of the configuration.
CREATE INDEX dialog_unfinished ON dialog (workspace, id) WHERE NOT final;
