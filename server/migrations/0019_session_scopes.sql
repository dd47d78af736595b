-- Where a session began and was proved anew, as JSON, the newest first: whom each of these signs in to, and until when.
-- Nothing in sessions of before, which began once: their own columns say it. Written as 0001 is: TEXT and BIGINT only.

alter table sessions add column begun text;

-- The session by which an application knows it, where that is one in whose place it stands.
alter table session_applications add column told_as text;
