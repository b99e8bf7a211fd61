-- JSON: the message of the same dialog that an unfinished text answers; null: none.
ALTER TABLE drafts ADD COLUMN quote TEXT;
