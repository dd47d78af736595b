//! How a tenant's pages look and speak, as part of its design: the brand with the pictures it shows, the languages with
//! settings of their own, and the sentences in the tenant's own words.

use super::{
    apply::{LONGEST_NAME, is_name},
    document::{Document, Picture, Present},
    plan::{Kind, Step},
};
use crate::{
    directory::{
        Connection,
        audit::Operation,
        branding::{self, FOR_ALL, Picture as Stored},
        tenant::Tenant,
    },
    error::{Flaw, Result},
    graph::organization::{is_locale, judged_sentence, names_of_locale},
    pictures,
    secret::token,
    state::AppState,
};
use app::{
    contract::{
        brand::{Brand, Link},
        id::TenantId,
        resource::organization::Branding,
        time::Timestamp,
    },
    text,
};
use std::collections::BTreeMap;

/// Sentences of one language, by name.
pub type Sentences = BTreeMap<String, String>;

/// Where the pages find a picture.
const PLACE: &str = "/pictures/";

pub struct Look {
    pub languages: Vec<String>,
    pub sentences: BTreeMap<String, Sentences>,
    pub pictures: BTreeMap<String, Picture>,
}

/// As it stands. Of the pictures, those that the brand shows.
pub async fn present(state: &AppState, tenant: &Tenant) -> Result<Look> {
    let locales = branding::list(&state.db, &tenant.id).await?;
    let languages = locales.into_iter().map(|(locale, _)| locale).filter(|locale| is_locale(locale)).collect();
    let mut sentences = BTreeMap::new();
    for language in text::languages().iter().chain([&FOR_ALL]) {
        let own = branding::sentences(&state.db, &tenant.id, language).await?;
        if !own.is_empty() {
            sentences.insert((*language).to_owned(), Sentences::clone(&own));
        }
    }
    let mut pictures = BTreeMap::new();
    for hash in shown(&tenant.brand) {
        if let Some(Stored { media_type, body }) = branding::picture(&state.db, hash).await? {
            pictures.insert(hash.to_owned(), Picture { media_type, body });
        }
    }
    Ok(Look { languages, sentences, pictures })
}

/// The pictures that a brand shows, by the names of their content.
fn shown(brand: &Brand) -> impl Iterator<Item = &str> {
    [&brand.logo, &brand.background].into_iter().flatten().filter_map(|path| path.strip_prefix(PLACE))
}

/// Everything that is wrong with it.
pub async fn judge(present: &Present, wanted: &Document) -> Vec<Flaw> {
    let mut flaws = brand(&wanted.brand);
    flaws.extend(pictures(present, wanted).await);
    for language in wanted.languages.iter().filter(|language| !is_locale(language)) {
        flaws.push(Flaw::new("languages", format!("'{language}' is no language: one is written like fr-FR.")));
    }
    for (language, own) in &wanted.sentences {
        let place = format!("sentences/{language}");
        let for_all = language == FOR_ALL;
        if !for_all && !text::languages().contains(&language.as_str()) {
            flaws.push(Flaw::new(place, format!("The pages are in {}.", text::languages().join(", "))));
            continue;
        }
        let defaults = text::sentences(if for_all { text::DEFAULT } else { language.as_str() });
        let mut defaults: BTreeMap<String, String> = defaults.into_iter().collect();
        if for_all {
            let sayable = names_of_locale(FOR_ALL);
            defaults.retain(|name, _| sayable.contains(&name.as_str()));
        }
        for (name, sentence) in own {
            if let Err(why) = judged_sentence(name, defaults.get(name), &sentence.as_str().into()) {
                flaws.push(Flaw::new(format!("{place}/{name}"), why));
            }
        }
    }
    flaws
}

fn brand(brand: &Brand) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if !is_name(&brand.name) {
        flaws.push(Flaw::new("brand/name", format!("A brand needs a name of 1 to {LONGEST_NAME} characters.")));
    }
    // A picture of ours, by its path (security R22).
    for (place, path) in [("logo", &brand.logo), ("background", &brand.background)] {
        let is_ours = |path: &str| path.strip_prefix(PLACE).is_some_and(|hash| hash.bytes().all(is_of_hash));
        if path.as_deref().is_some_and(|path| !is_ours(path)) {
            let why = format!("The {place} is a picture of this document: {PLACE} and its name under pictures.");
            flaws.push(Flaw::new(format!("brand/{place}"), why));
        }
    }
    if let Some(link) = brand.links.iter().find(|link| !Link::is_safe(link)) {
        flaws.push(Flaw::new("brand/links", format!("'{}' is no https address.", link.url)));
    }
    flaws
}

fn is_of_hash(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// A picture is taken as it is, so that it keeps its name: only one that holds nothing but pixels is (security R22).
async fn pictures(present: &Present, wanted: &Document) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let known = |hash: &String, picture: &Picture| present.document.pictures.get(hash) == Some(picture);
    for (hash, picture) in wanted.pictures.iter().filter(|(hash, picture)| !known(hash, picture)) {
        let place = format!("pictures/{hash}");
        if !shown(&wanted.brand).any(|shown| shown == hash) {
            flaws.push(Flaw::new(&place, "The brand does not show this picture."));
        } else if token::hash(&picture.body)[..32] != *hash {
            flaws.push(Flaw::new(&place, "This is not the picture of that name. Send pictures to …/branding."));
        } else if let Err(why) = looked_at(picture.clone()).await {
            flaws.push(Flaw::new(&place, why));
        }
    }
    for hash in shown(&wanted.brand) {
        if !wanted.pictures.contains_key(hash) && !present.document.pictures.contains_key(hash) {
            flaws.push(Flaw::new("brand", format!("The picture '{hash}' is neither in the document nor here.")));
        }
    }
    flaws
}

/// Unpacking takes a while, so nobody else waits for it.
async fn looked_at(Picture { media_type, body }: Picture) -> Result<(), &'static str> {
    let looked = tokio::task::spawn_blocking(move || pictures::nothing_but_pixels(&media_type, &body)).await;
    // A decoder that panics has met a picture that is none.
    looked.unwrap_or(Err("The picture cannot be read."))
}

/// One write.
pub enum Deed {
    Brand(Brand, Vec<(String, Stored)>),
    Language(String),
    ForgetLanguage(String),
    Say { language: String, own: Sentences, before: Sentences },
}

/// What a step about the look does; None for a step about anything else.
pub fn deed(present: &Present, wanted: &Document, step: &Step) -> Option<Deed> {
    let id = step.id.clone();
    let own = |document: &Document| document.sentences.get(&step.id).cloned().unwrap_or_default();
    Some(match (step.kind, step.operation) {
        (Kind::Brand, _) => {
            let new = wanted.pictures.iter().filter(|(hash, _)| !present.document.pictures.contains_key(*hash));
            let stored =
                |picture: &Picture| Stored { media_type: picture.media_type.clone(), body: picture.body.clone() };
            Deed::Brand(wanted.brand.clone(), new.map(|(hash, picture)| (hash.clone(), stored(picture))).collect())
        }
        (Kind::Language, Operation::Delete) => Deed::ForgetLanguage(id),
        (Kind::Language, _) => Deed::Language(id),
        (Kind::Sentences, _) => Deed::Say { own: own(wanted), before: own(&present.document), language: id },
        _ => return None,
    })
}

impl Deed {
    pub async fn run(self, c: &mut Connection, tenant: &TenantId, now: Timestamp) -> Result<()> {
        match self {
            Deed::Brand(brand, pictures) => {
                for (hash, picture) in &pictures {
                    branding::keep_picture(c, tenant, hash, picture, now).await?;
                }
                branding::set_brand(c, tenant, &brand).await
            }
            Deed::Language(id) => {
                let body = serde_json::to_string(&Branding { id: id.clone(), ..Branding::default() })?;
                branding::save(c, tenant, &id, &body, now).await
            }
            Deed::ForgetLanguage(id) => branding::delete(c, tenant, &id).await,
            Deed::Say { language, own, before } => {
                for name in before.keys().filter(|name| !own.contains_key(*name)) {
                    branding::set_sentence(c, tenant, &language, name, None).await?;
                }
                for (name, sentence) in own.iter().filter(|(name, sentence)| before.get(*name) != Some(sentence)) {
                    branding::set_sentence(c, tenant, &language, name, Some(sentence)).await?;
                }
                Ok(())
            }
        }
    }
}
