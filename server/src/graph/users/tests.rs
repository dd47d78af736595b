//! Whatever people may be filtered and ordered by, an index leads to them (security R39).
//!
//! Nothing is listed here by hand: every property that a user is shown with and every attribute is tried with every operator
//! and every kind of value, and what is not refused is looked at, alone and two by two, in every order.

use super::{Tongue, list};
use crate::{
    directory::{
        Db,
        activity::{self, Wanted as WantedActivities},
        person::{Order, Wanted, asked},
        plan::Planner,
        sign_in_failure,
    },
    error::Result,
    folder::Folder,
    graph::query::options::Options,
};
use app::contract::{
    attribute::{Attribute, CUSTOM_MAX_LENGTH, DataType, Origin, built_in},
    id::TenantId,
    resource::user::{User, Value},
    time::Timestamp,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};
use url::Url;

const OWN: &str = "extension_points";
/// These grow with the people of a tenant; and as SQLite calls them where a question gives them another name.
const TABLES: [&str; 10] =
    ["accounts", "identities", "addresses", "attribute_values", "search_words", "a", "i", "v", "s", "o"];

fn tongue() -> Tongue {
    let own = Attribute {
        id: OWN.into(),
        label: "Points".into(),
        data_type: DataType::Int,
        description: None,
        origin: Origin::Custom,
        max_length: CUSTOM_MAX_LENGTH,
    };
    Tongue { attributes: built_in().chain([own]).collect(), names: vec!["woodgrove".into()], tenant_id: "t".into() }
}

/// All that a user is shown with.
fn names() -> BTreeSet<String> {
    let user = User {
        user_flow_id: Some(String::new()),
        extensions: BTreeMap::from([(OWN.into(), Value::Number(1))]),
        ..User::default()
    };
    let shown = serde_json::to_value(user).unwrap();
    shown.as_object().unwrap().keys().cloned().chain(built_in().map(|attribute| attribute.id)).collect()
}

/// Every filter of one property that anybody could write.
fn filters() -> Vec<String> {
    let literals = ["'x'", "7", "true", "2026-11-20T12:00:00Z", "null"];
    let mut filters = Vec::new();
    for name in names() {
        for literal in literals {
            for operator in ["eq", "ne", "gt", "ge", "lt", "le"] {
                filters.push(format!("{name} {operator} {literal}"));
            }
            filters.push(format!("{name} in ({literal},{literal})"));
        }
        for function in ["startsWith", "endsWith", "contains"] {
            filters.push(format!("{function}({name},'x')"));
        }
    }
    for of in ["signInType", "issuer", "issuerAssignedId"] {
        filters.push(format!("identities/any(i:i/{of} eq 'x')"));
    }
    let both = "i/issuer eq 'x' and i/issuerAssignedId eq 'y'";
    filters.push(format!("identities/any(i:{both})"));
    filters.push(format!("identities/any(i:{both} and i/signInType eq 'federated')"));
    filters
}

fn read(filter: Option<&str>, order: Option<&str>) -> Result<Options> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("$top", "25");
    for (option, value) in [("$filter", filter), ("$orderby", order)] {
        if let Some(value) = value {
            query.append_pair(option, value);
        }
    }
    Options::read(Some(&query.finish()))
}

/// Those that are not refused, one for each shape of SQL that comes of them.
fn allowed(tongue: &Tongue, tenant: &TenantId) -> Vec<String> {
    let mut shapes = BTreeMap::new();
    for filter in filters() {
        let Ok(options) = read(Some(&filter), None) else { continue };
        if let Ok(wanted) = list::wanted(tongue, &options, None) {
            let shape: String = asked::list(tenant, &wanted).unwrap().iter().map(|clause| clause.sql()).collect();
            shapes.entry(shape).or_insert(filter);
        }
    }
    shapes.into_values().collect()
}

fn orders(tongue: &Tongue) -> Vec<Option<String>> {
    let each = names().into_iter().flat_map(|name| [name.clone(), format!("{name} desc")]);
    let accepted =
        each.filter(|order| read(None, Some(order)).is_ok_and(|options| list::wanted(tongue, &options, None).is_ok()));
    [None].into_iter().chain(accepted.map(Some)).collect()
}

/// On both kinds, each with the tables in it. Without a PostgreSQL to make a database on only SQLite is looked at.
async fn on_both(name: &str, test: impl AsyncFn(&mut Planner)) {
    let folder = Folder::new();
    let mut urls = vec![folder.database_url()];
    if let Ok(cluster) = env::var("PORTICO_TEST_POSTGRES") {
        let name = format!("portico_plans_{name}_{}", std::process::id());
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&cluster).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        let mut url = Url::parse(&cluster).unwrap();
        url.set_path(&name);
        urls.push(url.into());
    }
    for url in urls {
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        test(&mut Planner::of(&db).await).await;
    }
}

/// Reading a table from end to end.
fn reads_all(plan: &[String]) -> bool {
    let is = |line: &str, word: &str, name: &str| {
        line.contains(&format!("{word} {name} ")) || line.ends_with(&format!("{word} {name}"))
    };
    plan.iter().any(|line| TABLES.iter().any(|table| is(line, "Seq Scan on", table) || is(line, "SCAN", table)))
}

/// Sorting all whom a condition leaves.
fn sorts(plan: &[String]) -> bool {
    plan.iter().any(|line| line.contains("TEMP B-TREE FOR ORDER BY") || line.contains("Sort Key"))
}

#[tokio::test]
async fn r39_an_index_leads_to_whomever_is_asked_for() {
    let (tongue, tenant) = (tongue(), TenantId::from("t"));
    let (filters, orders) = (allowed(&tongue, &tenant), orders(&tongue));
    for some in ["mail eq 'x'", "id eq 'x'"] {
        assert!(read(Some(some), None).is_ok_and(|it| list::wanted(&tongue, &it, None).is_ok()), "{some}");
    }
    assert!(filters.len() >= 12 && orders.len() == 4, "{filters:?} {orders:?}");
    let mut asked_for: Vec<Option<String>> = vec![None];
    asked_for.extend(filters.iter().cloned().map(Some));
    for one in &filters {
        asked_for.push(Some(format!("not ({one})")));
        for other in &filters {
            asked_for.extend([Some(format!("{one} and {other}")), Some(format!("{one} or {other}"))]);
        }
    }
    on_both("lists", async |planner: &mut Planner| {
        let mut seen = BTreeSet::new();
        for filter in &asked_for {
            for order in &orders {
                let options = read(filter.as_deref(), order.as_deref()).unwrap();
                for (after, deleted) in [(None, false), (Some("7 7"), false), (None, true), (Some("7 7"), true)] {
                    let wanted = Wanted { deleted, ..list::wanted(&tongue, &options, after).unwrap() };
                    // Of the deleted there is one list, and it is not filtered.
                    if deleted && (filter.is_some() || wanted.order != Some(Order::Name)) {
                        continue;
                    }
                    for (n, clause) in asked::list(&tenant, &wanted).unwrap().iter().enumerate() {
                        if seen.insert(clause.sql().to_owned()) {
                            let plan = planner.plan(clause).await;
                            let told = || format!("{filter:?} by {order:?}\n{}\n{plan:#?}", clause.sql());
                            assert!(!reads_all(&plan), "{}", told());
                            // A page is sorted once more; the walk to it must come in its order.
                            assert!(n == 0 || !sorts(&plan), "{}", told());
                        }
                    }
                }
            }
        }
        assert!(seen.len() > 100, "{}", seen.len());
        for clause in asked::everything_else(&tenant) {
            let plan = planner.plan(&clause).await;
            assert!(!reads_all(&plan), "{plan:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn r39_an_index_leads_to_whomever_is_typed() {
    let tenant = TenantId::from("t");
    on_both("searches", async |planner: &mut Planner| {
        for typed in ["ada", "ada lov", "ada lov exa gra"] {
            for clause in asked::search(&tenant, typed) {
                let plan = planner.plan(&clause).await;
                assert!(!reads_all(&plan), "{typed}\n{}\n{plan:#?}", clause.sql());
            }
        }
        for and in
            ["$orderby=displayName", "$orderby=createdDateTime desc", "$filter=city eq 'x'", "$filter=mail eq 'x'"]
        {
            let options = Options::read(Some(&format!("$search=ada lov&{and}"))).unwrap();
            let wanted = list::wanted(&tongue(), &options, None).unwrap();
            for (n, clause) in asked::list(&tenant, &wanted).unwrap().iter().enumerate() {
                let plan = planner.plan(clause).await;
                assert!(!reads_all(&plan) && (n == 0 || !sorts(&plan)), "{and}\n{}\n{plan:#?}", clause.sql());
            }
        }
    })
    .await;
}

/// However many sign-ins of others came since.
#[tokio::test]
async fn r39_peoples_own_rows_lead_to_their_sign_ins() {
    let tenant = TenantId::from("t");
    on_both("sign_ins", async |planner: &mut Planner| {
        for people in [1, 3] {
            let wanted = WantedActivities {
                since: Some(Timestamp(7)),
                accounts: Some(vec!["x".into(); people]),
                after: Some((9, "x".into())),
                ..WantedActivities::default()
            };
            for clause in [activity::asked(&tenant, &wanted, 51), sign_in_failure::asked(&tenant, &wanted, 51)] {
                let plan = planner.plan(&clause).await;
                assert!(plan.iter().any(|line| line.contains("_of_account")), "{}\n{plan:#?}", clause.sql());
            }
        }
    })
    .await;
}

/// One by one: not by all the names that the tenant has, however little the database knows of how many those are.
#[tokio::test]
async fn r39_whoever_is_brought_is_looked_for_by_their_name() {
    let tenant = TenantId::from("t");
    on_both("imports", async |planner: &mut Planner| {
        let plan = planner.plan(&asked::names_in_use(&tenant)).await;
        let leads = |line: &String| line.contains("SEARCH") && line.contains("folded=?");
        let leads_on_postgres = |line: &String| line.contains("Index Cond") && line.contains("folded = ");
        assert!(plan.iter().any(|line| leads(line) || leads_on_postgres(line)), "{plan:#?}");
    })
    .await;
}
