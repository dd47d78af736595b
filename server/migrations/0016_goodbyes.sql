-- Applications that are to hear that a session ended (OpenID Connect Back-Channel Logout 1.0). Written as 0001 is: TEXT and
-- BIGINT only.

create table goodbyes (
    tenant_id text not null,
    id text not null,
    application_id text not null,
    session_id text not null,
    -- What the application calls the person, and who tells it.
    subject text not null,
    issuer text not null,
    created_at bigint not null,
    next_try_at bigint not null,
    tries bigint not null,
    primary key (tenant_id, id)
);
create index goodbyes_by_time on goodbyes (next_try_at);

-- Who told the application of the session, where that is not the tenant by its usual name.
alter table session_applications add column issuer text;
