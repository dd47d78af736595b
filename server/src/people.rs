//! `portico people`: people brought from elsewhere, and everything that is held about one of them.

use crate::{
    administration::server_entry,
    clock::Chance,
    directory::{
        Db, Durability, attribute,
        audit::{self, Entry, Target},
        person::{self, Identity, NewPerson},
        tenant::{self, Tenant},
    },
    error::{Error, Result},
    secret::{foreign::Foreign, seal::Seal},
};
use app::contract::{
    attribute::{Attribute, DataType, EMAIL},
    id::AccountId,
    time::Timestamp,
    validate,
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Write},
    mem,
    path::Path,
    sync::Arc,
    time::Duration,
};

/// People whose ids stand beside each other.
const NEIGHBOURS: u64 = 5000;
/// How often somebody may take one of their names at that very moment.
const TRIES: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Csv,
    JsonLines,
}

impl Format {
    /// By the file's name: `.csv`, or else a JSON object on each line.
    pub fn of(path: &Path) -> Format {
        let is_csv = path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"));
        if is_csv { Format::Csv } else { Format::JsonLines }
    }
}

/// What became of a file.
#[derive(Debug, Default)]
pub struct Report {
    pub added: u64,
    /// Line by line, why somebody was left out.
    pub refused: Vec<(u64, String)>,
}

/// What an import needs.
pub struct Import<'a> {
    pub db: &'a Db,
    pub seal: &'a Seal,
    pub chance: &'a Chance,
    pub now: Timestamp,
}

/// A line, and how many bytes of the file are read with it.
struct Line {
    number: u64,
    fields: Result<Map<String, Value>, String>,
    bytes: u64,
}

impl Import<'_> {
    pub async fn run(&self, word: &str, path: &Path, progress: &mut impl Write) -> Result<Report> {
        let tenant = tenant::get(self.db, word).await?;
        let attributes = attribute::list(self.db, &tenant.id).await?;
        let unreadable = |fault| Error::BadRequest(format!("{} cannot be read: {fault}", path.display()));
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len().max(1);
        let (mut report, mut waiting, mut percent) = (Report::default(), Vec::new(), u64::MAX);
        let mut entry = Some(self.entry(&tenant, path));
        let unit = self.db.write(Durability::Lasting, |c| Box::pin(person::make_room(c))).await?;
        for line in lines(file, Format::of(path)) {
            let Line { number, fields, bytes } = line.map_err(unreadable)?;
            match fields.and_then(|fields| self.person(&tenant, &attributes, number, &fields)) {
                Ok(person) => waiting.push((number, person)),
                Err(why) => report.refused.push((number, why)),
            }
            if waiting.len() == unit {
                self.write(&tenant, mem::take(&mut waiting), &mut entry, &mut report).await?;
            }
            if bytes * 100 / length != percent {
                percent = bytes * 100 / length;
                bar(progress, percent, report.added);
            }
        }
        self.write(&tenant, waiting, &mut entry, &mut report).await?;
        self.db.write(Durability::Lasting, |c| Box::pin(person::take_stock(c))).await?;
        bar(progress, 100, report.added);
        let _ = writeln!(progress);
        report.refused.sort();
        Ok(report)
    }

    /// Told once, with the first of them.
    fn entry(&self, tenant: &Tenant, path: &Path) -> Entry {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let target = Target { kind: "Tenant".into(), id: tenant.id.to_string(), name: tenant.name.clone() };
        Entry { after: Some(json!({ "file": file })), ..server_entry(self.chance, self.now, "Import people", target) }
    }

    /// Together. Whoever has a name that is somebody's already is left out.
    async fn write(
        &self,
        tenant: &Tenant,
        people: Vec<(u64, NewPerson)>,
        entry: &mut Option<Entry>,
        report: &mut Report,
    ) -> Result<()> {
        let (numbers, people): (Vec<u64>, Vec<NewPerson>) = people.into_iter().unzip();
        let people = Arc::new(people);
        let mut tries = 1;
        let left_out = loop {
            match self.write_once(tenant, people.clone(), entry.clone()).await {
                Err(Error::Taken) if tries < TRIES => tries += 1,
                done => break done?,
            }
        };
        let added = numbers.len() - left_out.len();
        if added > 0 {
            *entry = None;
        }
        report.added += added as u64;
        let why = "somebody has one of its names already";
        report.refused.extend(left_out.into_iter().map(|at| (numbers[at], why.to_owned())));
        Ok(())
    }

    async fn write_once(
        &self,
        tenant: &Tenant,
        people: Arc<Vec<NewPerson>>,
        entry: Option<Entry>,
    ) -> Result<Vec<usize>> {
        let (id, now) = (tenant.id.clone(), self.now);
        self.db
            .write(Durability::Lasting, move |c| {
                Box::pin(async move {
                    let left_out = person::insert_many(c, &id, &people, now).await?;
                    if people.iter().any(|person| person.password.is_some()) {
                        tenant::note_foreign_hashes(c, &id, now).await?;
                    }
                    if let Some(entry) = entry.filter(|_| left_out.len() < people.len()) {
                        audit::insert(c, &id, &entry).await?;
                    }
                    Ok(left_out)
                })
            })
            .await
    }

    fn person(
        &self,
        tenant: &Tenant,
        attributes: &[Attribute],
        number: u64,
        fields: &Map<String, Value>,
    ) -> Result<NewPerson, String> {
        // Some thousands behind the others: where indexes are sorted by these, people are added at the end and not everywhere.
        let order = self.now + Duration::from_millis(number / NEIGHBOURS);
        let mut new = NewPerson {
            id: AccountId::from(self.chance.id_in_order(order)),
            user_type: "Member".into(),
            disabled: false,
            identities: Vec::new(),
            vouched: true,
            contact: None,
            other_addresses: Vec::new(),
            password: None,
            must_change_password: false,
            attributes: BTreeMap::new(),
        };
        let named = |kind: &str, name: String| Identity {
            sign_in_type: kind.into(),
            issuer: tenant.id.to_string(),
            issuer_assigned_id: name,
        };
        for (name, value) in fields {
            let Some(text) = written(name, value)? else { continue };
            match name.as_str() {
                "mail" | EMAIL => {
                    let address = validate::address(&text).map_err(|_| format!("'{text}' is no e-mail address"))?;
                    new.identities.push(named("emailAddress", address));
                }
                "userName" => {
                    let name = validate::user_name(&text).map_err(|_| format!("'{text}' is no user name"))?;
                    new.identities.push(named("userName", name));
                }
                "contactMail" => {
                    let address = validate::address(&text).map_err(|_| format!("'{text}' is no e-mail address"))?;
                    new.contact = Some(address);
                }
                "mailVerified" => new.vouched = truth(&text).ok_or("'mailVerified' is true or false")?,
                "passwordHash" => {
                    let foreign =
                        Foreign::read(&text).map_err(|why| format!("the password hash cannot be used: {why}"))?;
                    new.password = Some(foreign.kept(self.seal));
                }
                "accountEnabled" => new.disabled = !truth(&text).ok_or("'accountEnabled' is true or false")?,
                "userType" if ["Member", "Guest"].contains(&text.as_str()) => new.user_type = text,
                name => {
                    let attribute = attributes.iter().find(|attribute| attribute.id == name);
                    let attribute = attribute.ok_or_else(|| format!("there is no attribute '{name}'"))?;
                    new.attributes.insert(name.into(), value_of(attribute, &text)?);
                }
            }
        }
        whole(new)
    }
}

/// What a field says; nothing where it is empty.
fn written(name: &str, value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Value::Bool(_) | Value::Number(_) => Ok(Some(value.to_string())),
        Value::Array(_) | Value::Object(_) => Err(format!("'{name}' is no single value")),
    }
}

/// Whoever can sign in.
fn whole(new: NewPerson) -> Result<NewPerson, String> {
    let has = |kind: &str| new.identities.iter().any(|identity| identity.sign_in_type == kind);
    match () {
        () if new.identities.is_empty() => Err("it has neither mail nor userName".into()),
        () if new.contact.is_some() && !has("userName") => Err("'contactMail' goes with a userName".into()),
        // Whoever reads mail there has the account (security R12).
        () if new.contact.is_some() && !new.vouched && !has("emailAddress") => {
            Err("resets go to the 'contactMail': it cannot be one that nobody proved".into())
        }
        // Without one the account would be opened by a code, which comes to no user name.
        () if new.password.is_none() && !has("emailAddress") => Err("a userName goes with a passwordHash".into()),
        () => Ok(new),
    }
}

fn value_of(attribute: &Attribute, text: &str) -> Result<String, String> {
    let name = &attribute.id;
    match attribute.data_type {
        DataType::String if text.chars().count() > usize::from(attribute.max_length) => {
            Err(format!("'{name}' is too long"))
        }
        DataType::String if text.chars().any(char::is_control) => {
            Err(format!("'{name}' has a character that cannot be shown"))
        }
        DataType::String => Ok(text.into()),
        DataType::Boolean => truth(text).map(|is| is.to_string()).ok_or_else(|| format!("'{name}' is true or false")),
        DataType::Int => {
            text.parse::<i64>().map(|it| it.to_string()).map_err(|_| format!("'{name}' is a whole number"))
        }
    }
}

fn truth(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

/// Lines that cannot be read are told by their numbers; only a file that ends in the middle of a read stops.
fn lines(file: File, format: Format) -> Box<dyn Iterator<Item = std::io::Result<Line>> + Send> {
    match format {
        Format::JsonLines => {
            let mut read = 0;
            let lines = BufReader::new(file).lines().enumerate().map(move |(n, line)| {
                let line = line?;
                read += line.len() as u64 + 1;
                let fields = serde_json::from_str(&line).map_err(|fault| format!("it is no JSON object: {fault}"));
                Ok((line.trim().is_empty(), Line { number: n as u64 + 1, fields, bytes: read }))
            });
            Box::new(lines.filter_map(|line| match line {
                Ok((true, _)) => None,
                Ok((false, line)) => Some(Ok(line)),
                Err(fault) => Some(Err(fault)),
            }))
        }
        Format::Csv => {
            let mut reader = csv::Reader::from_reader(BufReader::new(file));
            let names = reader.headers().cloned().unwrap_or_default();
            Box::new(reader.into_records().map(move |record| match record {
                Ok(record) => {
                    let (number, bytes) = record.position().map_or((0, 0), |at| (at.line(), at.byte()));
                    let fields =
                        names.iter().zip(&record).map(|(name, value)| (name.trim().to_owned(), Value::from(value)));
                    Ok(Line { number, fields: Ok(fields.collect()), bytes })
                }
                Err(fault) => {
                    let (number, bytes) = fault.position().map_or((0, 0), |at| (at.line(), at.byte()));
                    match fault.into_kind() {
                        csv::ErrorKind::Io(fault) => Err(fault),
                        fault => {
                            Ok(Line { number, fields: Err(format!("it is no row of the table: {fault:?}")), bytes })
                        }
                    }
                }
            }))
        }
    }
}

/// Drawn over itself. Nobody may be looking.
fn bar(progress: &mut impl Write, percent: u64, added: u64) {
    let percent = percent.min(100);
    let full = "#".repeat((percent / 4) as usize);
    let _ = write!(progress, "\r[{full:<25}] {percent:>3} %  {added} people");
    let _ = progress.flush();
}

/// Everything that is held about a person, by table (security R42); secrets only as being there.
pub async fn export(db: &Db, word: &str, who: &str) -> Result<Value> {
    let tenant = tenant::get(db, word).await?;
    let found = match person::find(db, &tenant.id, &AccountId::from(who)).await? {
        Some(person) => person,
        None => person::find_by_name(db, &tenant.id, who).await?.ok_or(Error::NotFound)?,
    };
    person::everything(db, &tenant.id, &found.id).await
}
