-- What the front door of the portal remembers.

-- The one-time set-up link: one row, and it stays. Once the first administrator was made no link opens anything any more,
-- even if every administrator is deleted (security R37).
create table set_up (
    id bigint not null primary key,
    hash text not null,
    expires_at bigint not null,
    done_at bigint
);

-- What lists of people are sorted and narrowed by.
alter table accounts add column sort_name text not null default '';
alter table accounts add column user_type text not null default 'Member';
-- Deleted people can be restored for thirty days. Their names are free meanwhile; these are what they were.
alter table accounts add column deleted_at bigint;
alter table accounts add column deleted_identities text;
-- The password is an administrator's: its owner makes another at the next sign-in.
alter table accounts add column must_change_password_at bigint;
-- Sessions older than this are over.
alter table accounts add column sessions_valid_from bigint;
create index accounts_by_name on accounts (tenant_id, sort_name, id) where deleted_at is null;
create index accounts_by_age on accounts (tenant_id, created_at, id) where deleted_at is null;
create index accounts_deleted on accounts (deleted_at) where deleted_at is not null;
-- The tenant comes late in these two, or SQLite would walk them where it knows only tenant and account, or only the tenant.
create index attribute_values_by_value on attribute_values (attribute_id, value, tenant_id, account_id);
create index accounts_switched_off on accounts (tenant_id, sort_name, id) where deleted_at is null and disabled_at is not null;
create index accounts_of_flow_by_name on accounts (user_flow_id, tenant_id, sort_name, id) where deleted_at is null;

-- The words by which people are found while somebody types: of their names, and their sign-in names whole. Each is
-- folded and written as hexadecimal digits, which every database sorts alike.
create table search_words (
    tenant_id text not null,
    word text not null,
    account_id text not null,
    primary key (tenant_id, word, account_id)
);
create index search_words_of_account on search_words (tenant_id, account_id, word);

create index activities_of_account on activities (tenant_id, account_id);

-- How many people there are, by the flow that made them: in sixteen parts, so that people who sign up at the same moment
-- do not wait for each other.
create table people_counts (
    tenant_id text not null,
    user_flow_id text not null,
    part bigint not null,
    people bigint not null,
    primary key (tenant_id, user_flow_id, part)
);

-- What is said of an application and nobody signs in by: JSON.
alter table applications add column notes text not null default '{}';
alter table application_secrets add column name text not null default '';

-- How far people come in a flow: numbers of each day, in sixteen parts like people_counts, and nobody's name.
create table funnel_counts (
    tenant_id text not null,
    user_flow_id text not null,
    -- Days since 1970.
    day bigint not null,
    step text not null,
    field text not null,
    -- reached, answered, signedIn, signedUp, recovered; for a field, why it was refused.
    what text not null,
    times bigint not null,
    primary key (tenant_id, user_flow_id, day, step, field, what)
);

-- What a tenant's pages say and show besides its brand: for everybody ('0'), and for those who read one language.
create table brandings (
    tenant_id text not null references tenants (id),
    locale text not null,
    body text not null,
    changed_at bigint not null,
    primary key (tenant_id, locale)
);

-- Logos and backgrounds, as we wrote them anew, in base64; known by their content.
create table pictures (
    tenant_id text not null references tenants (id),
    hash text not null,
    media_type text not null,
    body text not null,
    made_at bigint not null,
    primary key (hash, tenant_id)
);

-- Sentences that a tenant says in its own words.
create table sentences (
    tenant_id text not null references tenants (id),
    language text not null,
    name text not null,
    sentence text not null,
    primary key (tenant_id, language, name)
);
