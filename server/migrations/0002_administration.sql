-- Who may administer which tenant, and what they did. Written as 0001 is: TEXT and BIGINT only.

-- People of the tenant `admin`. `tenant_id` is the one they administer, or '*' for all.
create table administrators (
    tenant_id text not null,
    account_id text not null,
    role text not null,
    since bigint not null,
    primary key (tenant_id, account_id, role)
);
create index administrators_by_account on administrators (account_id);

-- What an application may do by itself (client credentials). `administered` is its own tenant; '*' or another one only for
-- applications of the tenant `admin`.
create table application_roles (
    tenant_id text not null,
    application_id text not null,
    administered text not null,
    permission text not null,
    since bigint not null,
    primary key (tenant_id, application_id, administered, permission),
    foreign key (tenant_id, application_id) references applications (tenant_id, id)
);

-- What administrators may do through an application of their tenant (delegated): words of scopes, with spaces between.
create table application_scopes (
    tenant_id text not null,
    application_id text not null,
    scopes text not null,
    primary key (tenant_id, application_id),
    foreign key (tenant_id, application_id) references applications (tenant_id, id)
);

-- Who was asked to administer and has not come yet. The account is made when its link is used, which works once.
create table invitations (
    id text not null primary key,
    -- The tenant to administer, or '*'.
    tenant_id text not null,
    hash text not null unique,
    account_id text not null,
    address text not null,
    name text not null,
    role text not null,
    made_by text not null,
    expires_at bigint not null
);
create index invitations_by_tenant on invitations (tenant_id);

-- Every change by the management API, in the unit that made it. Each row's hash covers the row before it.
create table audits (
    tenant_id text not null references tenants (id),
    sequence bigint not null,
    id text not null,
    at bigint not null,
    actor_kind text not null,
    actor_id text not null,
    actor_name text not null,
    address text not null,
    correlation_id text not null,
    activity text not null,
    category text not null,
    operation text not null,
    target_kind text not null,
    target_id text not null,
    target_name text not null,
    before text,
    after text,
    hash text not null,
    primary key (tenant_id, sequence)
);
create index audits_by_time on audits (tenant_id, at);

-- The end of each tenant's chain: its row is what writers wait for.
create table audit_heads (
    tenant_id text not null primary key references tenants (id),
    sequence bigint not null,
    hash text not null
);

-- Providers other than e-mail. `settings` is the resource without its secret, which is sealed beside it.
create table identity_providers (
    tenant_id text not null references tenants (id),
    id text not null,
    name text not null,
    settings text not null,
    sealed text not null,
    created_at bigint not null,
    primary key (tenant_id, id)
);

create index accounts_of_flow on accounts (tenant_id, user_flow_id);
create index applications_of_flow on applications (tenant_id, user_flow_id);
