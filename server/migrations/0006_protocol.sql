-- What OpenID Connect asks to be remembered beyond grants and families. Written as 0001 is: TEXT and BIGINT only.

-- What an application may do over the protocol that not all may: response types, keys, addresses. JSON; no query looks into it.
alter table applications add column protocol text not null default '{}';

-- What a request to sign out gets that brings no ID token of the session: ask, at_once or stay.
alter table tenants add column sign_out text not null default 'ask';

-- Access tokens that are worth nothing any more although their time is not over (RFC 7009).
create table revoked_tokens (
    tenant_id text not null references tenants (id),
    id text not null,
    expires_at bigint not null,
    primary key (tenant_id, id)
);
create index revoked_tokens_by_age on revoked_tokens (expires_at);

-- Authorization requests that an application pushed before the browser came (RFC 9126).
create table pushed_requests (
    tenant_id text not null references tenants (id),
    hash text not null,
    application_id text not null,
    -- As a query.
    request text not null,
    expires_at bigint not null,
    used_at bigint,
    primary key (tenant_id, hash)
);
create index pushed_requests_by_age on pushed_requests (expires_at);

-- Sign-ins that devices without a browser asked for (RFC 8628).
create table device_codes (
    tenant_id text not null references tenants (id),
    hash text not null,
    user_code text not null,
    application_id text not null,
    scope text not null,
    expires_at bigint not null,
    outcome text,
    redeemed_at bigint,
    primary key (tenant_id, hash),
    unique (tenant_id, user_code)
);
create index device_codes_by_age on device_codes (expires_at);

-- Names of what works once: client assertions (RFC 7523 §3).
create table seen_names (
    tenant_id text not null references tenants (id),
    -- Whose it is, and its name.
    name text not null,
    expires_at bigint not null,
    primary key (tenant_id, name)
);
create index seen_names_by_age on seen_names (expires_at);
