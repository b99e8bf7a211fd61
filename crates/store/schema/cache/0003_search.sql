-- What a search result shows of its dialog, by the dialog's id: the result need not read the whole row.
CREATE INDEX dialogs_shown ON dialogs (id, number, customer_number, customer_name);

-- Two parts of the search index of one size are joined when there is time, so that a question has few to look into.
INSERT INTO search (search, rank) VALUES ('usermerge', 2);
