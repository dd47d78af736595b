-- The directory: tenants, what they set up, people, and what is under way. Read by SQLite and PostgreSQL alike:
-- TEXT and BIGINT only, moments in milliseconds since 1970, a flag is the moment it was set. Every table carries the tenant.

create table tenants (
    id text not null primary key,
    kind text not null,
    name text not null,
    brand text not null,
    created_at bigint not null,
    -- The tenant-wide switch for sign-in by e-mailed passcode.
    passcode_enabled_at bigint,
    -- Since when some account signs in so: facts about all people together, never about one.
    password_accounts_since bigint,
    passcode_accounts_since bigint
);

-- The words by which a tenant is known in URLs, besides its id.
create table tenant_names (
    name text not null primary key,
    tenant_id text not null references tenants (id)
);

create table user_flows (
    tenant_id text not null references tenants (id),
    id text not null,
    name text not null,
    settings text not null,
    revision bigint not null,
    created_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);

create table user_flow_revisions (
    tenant_id text not null,
    user_flow_id text not null,
    revision bigint not null,
    settings text not null,
    layout text not null,
    made_at bigint not null,
    -- Who saved it; nobody where the server did.
    made_by text,
    primary key (tenant_id, user_flow_id, revision),
    foreign key (tenant_id, user_flow_id) references user_flows (tenant_id, id)
);

-- The tenant's own attributes; the built-in ones are in the program.
create table attributes (
    tenant_id text not null references tenants (id),
    id text not null,
    label text not null,
    data_type text not null,
    description text,
    created_at bigint not null,
    primary key (tenant_id, id)
);

create table applications (
    tenant_id text not null references tenants (id),
    id text not null,
    name text not null,
    user_flow_id text,
    algorithm text not null,
    home_url text,
    created_at bigint not null,
    disabled_at bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_flow_id) references user_flows (tenant_id, id)
);

create table redirect_uris (
    tenant_id text not null,
    application_id text not null,
    platform text not null,
    uri text not null,
    primary key (tenant_id, application_id, uri),
    foreign key (tenant_id, application_id) references applications (tenant_id, id)
);

create table application_secrets (
    tenant_id text not null,
    application_id text not null,
    id text not null,
    hint text not null,
    hash text not null,
    created_at bigint not null,
    expires_at bigint not null,
    primary key (tenant_id, application_id, id),
    foreign key (tenant_id, application_id) references applications (tenant_id, id)
);

create table accounts (
    tenant_id text not null references tenants (id),
    id text not null,
    method text not null,
    user_flow_id text,
    created_at bigint not null,
    disabled_at bigint,
    primary key (tenant_id, id)
);

-- The ways by which an account is known. `folded` is the name without case and look-alikes: nobody else can have it.
create table identities (
    tenant_id text not null,
    sign_in_type text not null,
    issuer text not null,
    folded text not null,
    issuer_assigned_id text not null,
    account_id text not null,
    primary key (tenant_id, sign_in_type, issuer, folded),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
create index identities_of_account on identities (tenant_id, account_id);

create table credentials (
    tenant_id text not null,
    account_id text not null,
    kind text not null,
    secret text not null,
    changed_at bigint not null,
    primary key (tenant_id, account_id, kind),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);

create table attribute_values (
    tenant_id text not null,
    account_id text not null,
    attribute_id text not null,
    value text not null,
    primary key (tenant_id, account_id, attribute_id),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);

-- Where each e-mail address lives: signIn (it is the sign-in name), other (told by another provider), contact (only for
-- the recovery of a user-name account, never shown).
create table addresses (
    tenant_id text not null,
    account_id text not null,
    kind text not null,
    address text not null,
    verified_at bigint,
    primary key (tenant_id, account_id, kind, address),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);

-- Browsers from which an account was signed in to: their owner is not locked out by strangers' guesses.
create table devices (
    tenant_id text not null,
    account_id text not null,
    hash text not null,
    seen_at bigint not null,
    primary key (tenant_id, account_id, hash),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
create index devices_by_age on devices (seen_at);

-- An authorize request on its way to tokens.
create table grants (
    tenant_id text not null references tenants (id),
    id text not null,
    application_id text not null,
    user_flow_id text not null,
    browser_hash text not null,
    request text not null,
    created_at bigint not null,
    expires_at bigint not null,
    -- Set once, when the person has proved who they are or has called it off.
    outcome text,
    code_hash text,
    code_expires_at bigint,
    redeemed_at bigint,
    primary key (tenant_id, id),
    unique (tenant_id, code_hash),
    foreign key (tenant_id, application_id) references applications (tenant_id, id)
);
create index grants_by_age on grants (expires_at);

create table journeys (
    tenant_id text not null references tenants (id),
    id text not null,
    user_flow_id text not null,
    grant_id text not null,
    browser_hash text not null,
    version bigint not null,
    body text not null,
    created_at bigint not null,
    expires_at bigint not null,
    finished_at bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, grant_id) references grants (tenant_id, id)
);
create index journeys_by_age on journeys (expires_at);
create index journeys_of_grant on journeys (tenant_id, grant_id);

create table sessions (
    tenant_id text not null,
    id text not null,
    hash text not null,
    account_id text not null,
    amr text not null,
    signed_in_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    kept_at bigint,
    ended_at bigint,
    -- Of the pages on which the person signed in: mail about the session is written in it.
    language text not null,
    primary key (tenant_id, id),
    unique (tenant_id, hash),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
create index sessions_of_account on sessions (tenant_id, account_id);
create index sessions_by_age on sessions (expires_at);

-- The applications that a session signed in to.
create table session_applications (
    tenant_id text not null,
    session_id text not null,
    application_id text not null,
    primary key (tenant_id, session_id, application_id),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);

-- All refresh tokens that descend from one grant live and die together.
create table token_families (
    tenant_id text not null,
    id text not null,
    grant_id text not null,
    application_id text not null,
    account_id text not null,
    session_id text not null,
    user_flow_id text not null,
    -- Of the redirect URI that the code went to: it decides how the application must show itself.
    platform text not null,
    scope text not null,
    amr text not null,
    signed_in_at bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    -- How often it was used: the number of the one token that works. The tokens themselves are nowhere.
    uses bigint not null,
    used_at bigint not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id),
    foreign key (tenant_id, application_id) references applications (tenant_id, id)
);
create index token_families_of_account on token_families (tenant_id, account_id);
create index token_families_of_grant on token_families (tenant_id, grant_id);
create index token_families_by_age on token_families (expires_at);

create table signing_keys (
    tenant_id text not null references tenants (id),
    id text not null,
    algorithm text not null,
    sealed text not null,
    created_at bigint not null,
    -- Published from its creation, signs from here on, verifies until it retires.
    signs_from bigint not null,
    retires_at bigint,
    primary key (tenant_id, id)
);

create table outbox (
    tenant_id text not null references tenants (id),
    id text not null,
    address text not null,
    sealed text not null,
    created_at bigint not null,
    expires_at bigint not null,
    next_try_at bigint not null,
    tries bigint not null,
    sent_at bigint,
    failed_at bigint,
    primary key (tenant_id, id)
);
create index outbox_due on outbox (next_try_at);
create index outbox_by_address on outbox (address, created_at);

-- When something happened lately: codes sent to an address, failures from a network.
create table counters (
    tenant_id text not null,
    name text not null,
    subject text not null,
    moments text not null,
    changed_at bigint not null,
    primary key (tenant_id, name, subject)
);
create index counters_by_age on counters (changed_at);

-- Guesses at one credential, whoever makes them.
create table guesses (
    tenant_id text not null,
    subject text not null,
    failures bigint not null,
    held_until bigint not null,
    -- Keyed hashes of the last wrong passwords: the same mistake twice counts once.
    recent text not null,
    changed_at bigint not null,
    primary key (tenant_id, subject)
);
create index guesses_by_age on guesses (changed_at);

create table activities (
    tenant_id text not null references tenants (id),
    id text not null,
    at bigint not null,
    kind text not null,
    account_id text,
    application_id text,
    user_flow_id text,
    detail text not null,
    primary key (tenant_id, id)
);
create index activities_by_time on activities (tenant_id, at);
