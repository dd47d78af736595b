-- Password hashes that people brought from elsewhere. Written as 0001 is: TEXT and BIGINT only.

-- Since when some account has one: then wrong passwords take one time for all accounts, and for names that nobody has.
alter table tenants add column foreign_hashes_since bigint;

update tenants set foreign_hashes_since = 0
 where id in (select tenant_id from credentials where kind = 'password' and secret like '$foreign$%');
