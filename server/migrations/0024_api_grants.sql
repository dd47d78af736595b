-- Which scopes of an application's API another application may have tokens for, for everybody who signs in: words with spaces
-- between. What an API offers stands with the application itself. A server of before, which knows nothing of grants, deletes
-- applications all the same. Written as 0001 is: TEXT and BIGINT only.
create table api_grants (
    tenant_id text not null,
    client_id text not null,
    api_id text not null,
    scopes text not null,
    primary key (tenant_id, client_id, api_id),
    foreign key (tenant_id, client_id) references applications (tenant_id, id) on delete cascade,
    foreign key (tenant_id, api_id) references applications (tenant_id, id) on delete cascade
);
create index api_grants_by_api on api_grants (tenant_id, api_id);
