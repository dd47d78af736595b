-- Those who can still be brought back, by name and page by page. Written as 0001 is.
create index accounts_deleted_by_name on accounts (tenant_id, sort_name, id) where deleted_at is not null;
