CREATE TABLE tray (
    -- Files that were chosen and not sent. The bytes are in the staging folder before a row is here, and until after.
    file BLOB NOT NULL PRIMARY KEY, -- 16 bytes, names the bytes
    dialog BLOB NOT NULL,           -- 16 bytes, for whom
    position INTEGER NOT NULL,      -- order of choosing, growing
    json TEXT NOT NULL              -- name, media type, size, pixels
) STRICT;
