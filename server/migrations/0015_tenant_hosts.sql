-- Host names that a tenant has of its own. Written as 0001 is: TEXT and BIGINT only.

create table tenant_hosts (
    -- In lower case, without a port.
    host text not null primary key,
    tenant_id text not null references tenants (id),
    created_at bigint not null
);
