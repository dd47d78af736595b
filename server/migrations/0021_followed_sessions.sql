-- The session that stands in the place of one that ended because its person proved anew who they are. Written as 0001 is: TEXT
-- and BIGINT only.

alter table sessions add column followed_by text;
