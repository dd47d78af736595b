-- Tokens that are bound to a key of the application's own (RFC 9449). Written as 0001 is: TEXT and BIGINT only.

-- The name (RFC 7638) of the key that refreshes of a public client must be proved with.
alter table token_families add column key_thumbprint text;
