//! The second wall between tenants: what the database itself withholds from the management API (security R38).

use crate::harness::{TestServer, on_both, tables};
use app::contract::{
    attribute::{Attribute, CUSTOM_MAX_LENGTH, DataType, Origin},
    id::TenantId,
};
use server::directory::{
    attribute,
    person::{self, Wanted},
    walls::{OPEN, within},
};
use std::collections::BTreeSet;

const CONTOSO: &str = "11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11";

fn points() -> Attribute {
    Attribute {
        id: "extension_points".into(),
        label: "Points".into(),
        data_type: DataType::Int,
        description: None,
        origin: Origin::Custom,
        max_length: CUSTOM_MAX_LENGTH,
    }
}

#[tokio::test]
async fn r38_the_database_itself_keeps_tenants_apart() {
    on_both(async |server: TestServer| {
        let db = &server.state.db;
        let Some(stands) = db.keeps_tenants_apart().await.unwrap() else { return };
        assert!(stands);
        let walled: BTreeSet<String> = server
            .texts(
                "SELECT CAST(c.relname AS TEXT) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid \
                 WHERE p.polname = 'tenant' AND c.relrowsecurity"
                    .into(),
            )
            .await
            .into_iter()
            .collect();
        let of_tenants = tables().into_iter().filter(|(_, columns)| columns.iter().any(|column| column == "tenant_id"));
        let of_tenants = of_tenants.map(|(table, _)| table).filter(|table| !OPEN.contains(&table.as_str()));
        assert_eq!(walled, of_tenants.collect());

        server.make_tenant(CONTOSO.into(), "Contoso").await;
        let shop = server.application().await;
        let ada = server.account(&shop, "ada@example.org").await;
        let (woodgrove, behind) = (server.tenant.clone(), db.walled());
        // A statement of ours that asks for whatever tenant it likes: for one, for the other, and for nobody.
        let seen = async || {
            let wanted = Wanted { limit: 10, ..Wanted::default() };
            let one = person::find(&behind, &woodgrove, &ada).await.unwrap().map_or(0, |_| 1);
            one + person::list(&behind, &woodgrove, &wanted).await.unwrap().people.len()
        };
        let made = async || attribute::insert(&behind, &woodgrove, points(), server.now()).await;
        let only = |tenant: &TenantId| [tenant.to_string(), String::new(), String::new()];
        assert_eq!(within(only(&CONTOSO.into()), seen()).await, 0);
        assert!(within(only(&CONTOSO.into()), made()).await.is_err());
        assert_eq!(seen().await, 0);
        assert!(made().await.is_err());
        assert_eq!(within(only(&woodgrove), seen()).await, 2);
        within(only(&woodgrove), made()).await.unwrap();
        // Who is not behind the wall is not held up by it.
        assert!(person::find(db, &woodgrove, &ada).await.unwrap().is_some());
    })
    .await;
}
