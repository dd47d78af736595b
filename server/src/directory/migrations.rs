//! The steps by which the tables became what they are, read by SQLite and PostgreSQL alike.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// What the tables became, one step after the other. A step that was ever released is never edited.
pub(super) const MIGRATIONS: [(i64, &str, &str); 19] = [
    (1, "directory", include_str!("../../migrations/0001_directory.sql")),
    (2, "administration", include_str!("../../migrations/0002_administration.sql")),
    (3, "people", include_str!("../../migrations/0003_people.sql")),
    (4, "second factors", include_str!("../../migrations/0004_second_factors.sql")),
    (5, "sign-in failures", include_str!("../../migrations/0005_sign_in_failures.sql")),
    (6, "protocol", include_str!("../../migrations/0006_protocol.sql")),
    (8, "policies", include_str!("../../migrations/0008_policies.sql")),
    (9, "bound tokens", include_str!("../../migrations/0009_bound_tokens.sql")),
    (15, "tenant hosts", include_str!("../../migrations/0015_tenant_hosts.sql")),
    (16, "goodbyes", include_str!("../../migrations/0016_goodbyes.sql")),
    (17, "refresh hosts", include_str!("../../migrations/0017_refresh_hosts.sql")),
    (19, "session scopes", include_str!("../../migrations/0019_session_scopes.sql")),
    (20, "deleted people", include_str!("../../migrations/0020_deleted_people.sql")),
    (21, "followed sessions", include_str!("../../migrations/0021_followed_sessions.sql")),
    (22, "asked claims", include_str!("../../migrations/0022_asked_claims.sql")),
    (23, "foreign hashes", include_str!("../../migrations/0023_foreign_hashes.sql")),
    (24, "api grants", include_str!("../../migrations/0024_api_grants.sql")),
    (25, "beginnings", include_str!("../../migrations/0025_beginnings.sql")),
    (26, "foreign hashes end", include_str!("../../migrations/0026_foreign_hashes_end.sql")),
];

/// By what SQLite calls it, PostgreSQL sorts byte by byte as well: one word for both in migrations. Servers that start together
/// may both say it at once.
pub(super) const NAME_BINARY: &str = "DO $name$
         BEGIN
           IF NOT EXISTS (SELECT 1 FROM pg_collation
                          WHERE collname = 'binary' AND collnamespace = to_regnamespace(current_schema())) THEN
             CREATE COLLATION \"binary\" FROM pg_catalog.\"C\";
           END IF;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
         END $name$";

pub(super) fn migrator() -> Migrator {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.into());
    // An older server must start on a newer schema, or a rolling upgrade could not be rolled back (fault F17).
    migrator.set_ignore_missing(true);
    migrator
}
