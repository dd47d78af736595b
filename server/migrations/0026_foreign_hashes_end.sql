-- Whether anybody of a tenant still has a password hash from elsewhere is asked every minute, by this alone. Written as 0001 is.

create index credentials_from_elsewhere on credentials (tenant_id)
 where kind = 'password' and substr(secret, 1, 9) = '$foreign$';
