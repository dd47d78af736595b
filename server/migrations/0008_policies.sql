-- What a user flow decides of what it opened: how long it stays open, for whom, and under which name. Written as 0001 is:
-- TEXT and BIGINT only.

-- How long a session may rest, in milliseconds; for whom it is a sign-in (tenant, application, flow, suppressed), and where
-- it began. What began before this was written is everybody's for a day.
alter table sessions add column idle bigint not null default 86400000;
alter table sessions add column scope text not null default 'tenant';
alter table sessions add column application_id text;
alter table sessions add column user_flow_id text;

-- How long one refresh token is good for, in milliseconds, and when the last of its family ends; never, where there is nothing.
alter table token_families add column lasts bigint not null default 1209600000;
alter table token_families add column ends_at bigint;
update token_families set ends_at = expires_at;
-- What the request called its flow, where it named one.
alter table token_families add column flow_name text;
