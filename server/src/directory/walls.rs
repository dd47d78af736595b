//! The second wall between tenants, by PostgreSQL's row-level security (security R38): while the management API answers, the
//! database itself shows and takes rows of no other tenant, whatever a statement says.
//!
//! The tables' owner, as whom the server signs people in, is not held up by it. The management API has connections of its own
//! that act as another role, and say before each use whose rows they may see. SQLite knows nothing like it.

use super::db::{LIMITS, postgres_pool, tell};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, any::AnyConnectOptions};
use std::future::Future;

const CONNECTIONS: u32 = 8;

/// Where no such role could be made, the connections stay the owner's.
const BE_SOMEBODY_ELSE: &str = "SELECT set_config('role', 'portico_tenant', false) FROM pg_roles
     WHERE rolname = 'portico_tenant' AND pg_has_role(oid, 'MEMBER')";

tokio::task_local! {
    /// Ids, with spaces between.
    static TENANTS: String;
}

/// What the management API does for one call. Outside of this its connections see nothing.
pub fn within<T>(tenants: [String; 3], done: impl Future<Output = T>) -> impl Future<Output = T> {
    TENANTS.scope(tenants.join(" "), done)
}

/// Connections that stand behind the wall.
pub(super) fn pool(options: AnyConnectOptions) -> AnyPool {
    postgres_pool(CONNECTIONS, &[])
        .after_connect(|connection, _| {
            Box::pin(async move {
                tell(connection, &[LIMITS, BE_SOMEBODY_ELSE]).await?;
                say_whose(connection).await
            })
        })
        .before_acquire(|connection, _| Box::pin(async move { say_whose(connection).await.map(|()| true) }))
        .connect_lazy_with(options)
}

async fn say_whose(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let tenants = TENANTS.try_with(String::clone).unwrap_or_default();
    sqlx::query("SELECT set_config('portico.tenants', $1, false)").bind(tenants).execute(connection).await?;
    Ok(())
}

/// Tables that carry a tenant and are looked through all the same: for which tenant an address means, and for where somebody is
/// an administrator.
pub const OPEN: [&str; 3] = ["tenant_names", "tenant_hosts", "administrators"];

/// Builds what is missing of the wall, after every migration: a policy for each table that carries a tenant. Whoever may make
/// no role, or does not own the tables, goes without; `portico doctor` says so.
pub(super) async fn raise(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let open = OPEN.map(|table| format!("'{table}'")).join(", ");
    // Safe: made of nothing but this file's own words.
    sqlx::raw_sql(AssertSqlSafe(RAISE.replace("{open}", &open))).execute(connection).await?;
    Ok(())
}

const RAISE: &str = "DO $raise$
         DECLARE it record;
         BEGIN
           PERFORM pg_advisory_xact_lock(5040001);
           -- A role is of all databases of the cluster: somebody else's server may make it at this moment.
           BEGIN
             IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'portico_tenant') THEN
               CREATE ROLE portico_tenant NOLOGIN;
             END IF;
           EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
           END;
           IF NOT pg_has_role('portico_tenant', 'MEMBER') THEN
             GRANT portico_tenant TO CURRENT_USER;
           END IF;
           IF NOT has_schema_privilege('portico_tenant', current_schema(), 'USAGE') THEN
             EXECUTE format('GRANT USAGE ON SCHEMA %I TO portico_tenant', current_schema());
           END IF;
           FOR it IN
             SELECT c.oid, c.relname,
                    EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS of_tenant,
                    EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant') AS walled
             FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(current_schema())
           LOOP
             IF NOT has_table_privilege('portico_tenant', it.oid, 'UPDATE') THEN
               EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO portico_tenant', it.relname);
             END IF;
             IF it.of_tenant AND NOT it.walled AND it.relname NOT IN ({open}) THEN
               EXECUTE format('CREATE POLICY tenant ON %I USING (current_user <> ''portico_tenant'' OR
                 tenant_id = ANY (string_to_array(current_setting(''portico.tenants'', true), '' '')))', it.relname);
               EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', it.relname);
             END IF;
           END LOOP;
         EXCEPTION WHEN insufficient_privilege THEN
           RAISE NOTICE 'no second wall between tenants: %', SQLERRM;
         END $raise$";

/// Whether the wall stands for the server that asks.
pub(super) const STANDS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_roles
     WHERE rolname = 'portico_tenant' AND pg_has_role(oid, 'MEMBER')
       AND EXISTS (SELECT 1 FROM pg_policy WHERE polname = 'tenant')";
