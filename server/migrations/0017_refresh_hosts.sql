-- Refresh tokens belong to the name that their tenant was called by. Written as 0001 is: TEXT and BIGINT only.

-- The tenant's own address where the first tokens were asked under one; nothing at the house's. Families from before this was
-- written are of the house: whoever has one under another name signs in once more.
alter table token_families add column asked_at text;
