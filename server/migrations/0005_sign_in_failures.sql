-- Sign-ins that failed: one row for an hour, a network and an account, however often it was tried. Written as 0001 is: TEXT
-- and BIGINT only.

create table sign_in_failures (
    tenant_id text not null references tenants (id),
    -- Hours since 1970.
    hour bigint not null,
    -- Like 203.0.113.0/24. Empty in the row of everybody else, once an hour has too many rows.
    network text not null,
    -- Empty where nobody has the address that was typed; the address itself is never kept.
    account_id text not null,
    application_id text not null,
    -- As Entra numbers them: 50126 wrong, 50053 held after too many, 50057 switched off, 500121 second factor.
    error_code bigint not null,
    id text not null,
    user_flow_id text not null,
    first_at bigint not null,
    times bigint not null,
    primary key (tenant_id, hour, network, account_id, application_id, error_code)
);
create index sign_in_failures_by_time on sign_in_failures (tenant_id, first_at, id);
create index sign_in_failures_of_account on sign_in_failures (tenant_id, account_id);
