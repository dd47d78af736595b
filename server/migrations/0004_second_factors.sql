-- What people show besides a password. Written as 0001 is: TEXT and BIGINT only.

-- Authenticator apps. `sealed` is the secret; of its codes only those after `last_step` are good.
create table second_factors (
    tenant_id text not null,
    account_id text not null,
    sealed text not null,
    last_step bigint not null,
    since bigint not null,
    primary key (tenant_id, account_id),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);

-- Keyed hashes of the codes for when the app is lost. A used one is deleted.
create table recovery_codes (
    tenant_id text not null,
    account_id text not null,
    hash text not null,
    primary key (tenant_id, account_id, hash),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);

-- A secret that was shown and not confirmed yet; `hash` is of the link under which it is shown.
create table enrolments (
    tenant_id text not null,
    hash text not null,
    account_id text not null,
    sealed text not null,
    expires_at bigint not null,
    primary key (tenant_id, hash),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
create index enrolments_of_account on enrolments (tenant_id, account_id);
create index enrolments_by_end on enrolments (expires_at);
