//! `portico export`, `portico plan` and `portico apply`: a tenant's design as a file, directly on the directory.

use crate::{
    administration,
    config::Config,
    directory::tenant::{self, Tenant},
    error::{Error, Result},
    graph::design::{self, Dialect, Document, Plan},
    state::AppState,
};
use std::{fs, path::Path, sync::Arc};

/// The whole design, as TOML or as JSON.
pub async fn export(config: Config, tenant: Option<&str>, dialect: Dialect) -> Result<String> {
    let state = AppState::open(config).await?;
    let tenant = chosen(&state, tenant).await?;
    design::export(&state, &tenant, dialect).await
}

/// What the file would change.
pub async fn plan(config: Config, tenant: Option<&str>, file: &Path) -> Result<String> {
    let state = AppState::open(config).await?;
    let tenant = chosen(&state, tenant).await?;
    Ok(told(&design::plan(&state, &tenant, read(file)?).await.map_err(in_words)?))
}

/// Changes it, and says what was changed.
pub async fn apply(config: Config, tenant: Option<&str>, file: &Path) -> Result<String> {
    let state = AppState::open(config).await?;
    let tenant = chosen(&state, tenant).await?;
    let plan = design::plan(&state, &tenant, read(file)?).await.map_err(in_words)?;
    let told = told(&plan);
    design::apply_here(&state, &tenant, plan).await.map_err(in_words)?;
    Ok(told)
}

/// By name or id; the only one where there is one besides the administrators'.
async fn chosen(state: &AppState, word: Option<&str>) -> Result<Arc<Tenant>> {
    if let Some(word) = word {
        let nobody = |error| match error {
            Error::NotFound => Error::Internal(format!("There is no tenant '{word}'.")),
            error => error,
        };
        return tenant::get(&state.db, word).await.map_err(nobody);
    }
    let mut all = tenant::list(&state.db).await?;
    all.retain(|tenant| !administration::is_home(&tenant.id));
    match all.as_slice() {
        [one] => tenant::get(&state.db, one.id.as_str()).await,
        [] => Err(Error::Internal("There is no tenant yet.".into())),
        several => {
            let names: Vec<&str> = several.iter().map(|tenant| tenant.name.as_str()).collect();
            Err(Error::Internal(format!("Say which tenant with --tenant: {}.", names.join(", "))))
        }
    }
}

/// The name of the file says which dialect it is in.
fn read(file: &Path) -> Result<Document> {
    let text = fs::read(file).map_err(|fault| Error::Internal(format!("{}: {fault}", file.display())))?;
    let is_json = file.extension().is_some_and(|ending| ending == "json");
    Document::read(&text, if is_json { Dialect::Json } else { Dialect::Toml }).map_err(in_words)
}

fn told(plan: &Plan) -> String {
    match plan.steps.as_slice() {
        [] => "Nothing to change.\n".into(),
        steps => steps.iter().map(design::Step::told).collect(),
    }
}

/// Everything that is wrong, a line each.
fn in_words(error: Error) -> Error {
    match error {
        Error::Invalid(flaws) => {
            let lines = flaws.iter().map(|flaw| format!("{}: {}", flaw.target, flaw.message));
            Error::Internal(lines.collect::<Vec<_>>().join("\n"))
        }
        Error::Stale => Error::Internal("Somebody changed something meanwhile. Make a new plan.".into()),
        error => error,
    }
}
