-- How the values of attributes begin, in small letters and sorted byte by byte, for lists of those that begin so. Names have
-- none: their words lead to them. "binary" is what SQLite calls that order; PostgreSQL was told of it before. In that order small
-- letters are those of ASCII, also where the language of the database has others (a Turkish I). Written as 0001 is.
alter table attribute_values add column beginning text collate "binary";
update attribute_values set beginning = lower(substr(value, 1, 48) collate "binary")
 where attribute_id not in ('displayName', 'givenName', 'surname');
create index attribute_values_by_beginning on attribute_values (attribute_id, tenant_id, beginning, account_id) where beginning is not null;

-- Whoever came through no flow is in no list of a flow's.
drop index accounts_of_flow_by_name;
create index accounts_of_flow_by_name on accounts (user_flow_id, tenant_id, sort_name, id) where deleted_at is null and user_flow_id is not null;
