//! How the server proves itself: by certificate files, or for development by an authority that is made for this machine.

use crate::{
    config::Tls,
    error::{Error, Result},
};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        client::verify_server_name,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, pem::PemObject},
        server::ParsedCertificate,
        version::{TLS12, TLS13},
    },
};

/// The names by which development is reached.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor> {
    let (certificates, key) = proof(tls)?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key));
    let mut config =
        config.map_err(|fault| Error::Internal(format!("The TLS certificate cannot be used: {fault}.")))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

type Proof = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn proof(tls: &Tls) -> Result<Proof> {
    match tls {
        Tls::Files { certificate, key } => read(certificate, key),
        Tls::Development { folder } => made_here(folder),
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Proof> {
    let unreadable = |path: &Path, why: &dyn std::fmt::Display| {
        Error::Internal(format!("{} holds nothing in PEM that TLS could use: {why}.", path.display()))
    };
    let certificates = CertificateDer::pem_file_iter(certificate)
        .and_then(|found| found.collect::<Result<Vec<_>, _>>())
        .map_err(|fault| unreadable(certificate, &fault))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|fault| unreadable(key, &fault))?;
    Ok((certificates, key))
}

/// Those of these host names that the certificate is not for. Nothing is made to find that out.
pub fn uncovered(tls: &Tls, hosts: Vec<String>) -> Result<Vec<String>> {
    let (certificates, _) = match tls {
        Tls::Files { certificate, key } => read(certificate, key)?,
        Tls::Development { .. } => {
            return Ok(hosts.into_iter().filter(|host| !HERE.contains(&host.as_str())).collect());
        }
    };
    let unusable = |fault| Error::Internal(format!("The TLS certificate cannot be used: {fault}."));
    let first = certificates.first().ok_or_else(|| Error::Internal("There is no TLS certificate.".into()))?;
    let certificate = ParsedCertificate::try_from(first).map_err(unusable)?;
    let is_covered = |host: &String| {
        ServerName::try_from(host.as_str()).is_ok_and(|name| verify_server_name(&certificate, &name).is_ok())
    };
    Ok(hosts.into_iter().filter(|host| !is_covered(host)).collect())
}

/// A certificate for this start, signed by the authority that stays.
fn made_here(folder: &Path) -> Result<Proof> {
    let authority = Issuer::new(authority(), authority_key(folder)?);
    let key = KeyPair::generate().map_err(unmade)?;
    let mut wanted = CertificateParams::new(HERE.map(String::from)).map_err(unmade)?;
    wanted.distinguished_name.push(DnType::CommonName, "Portico in development");
    wanted.use_authority_key_identifier_extension = true;
    let certificate = wanted.signed_by(&key, &authority).map_err(unmade)?;
    Ok((vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}

/// Whoever steals its key can speak for this machine to itself, and for nobody else (RFC 5280 §4.2.1.10).
fn authority() -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Portico's authority for development on this machine");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".into()),
            GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 1], [255; 4])),
            GeneralSubtree::IpAddress(CidrSubnet::V6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [255; 16])),
        ],
        excluded_subtrees: Vec::new(),
    });
    authority
}

/// Made once; what trusts the authority today trusts it tomorrow.
fn authority_key(folder: &Path) -> Result<KeyPair> {
    let (certificate, key) = (certificate_in(folder), folder.join("authority.key"));
    if let (true, Ok(pem)) = (certificate.exists(), fs::read_to_string(&key)) {
        return KeyPair::from_pem(&pem).map_err(unmade);
    }
    let made = KeyPair::generate().map_err(unmade)?;
    let signed = authority().self_signed(&made).map_err(unmade)?;
    let written = fs::create_dir_all(folder)
        .and_then(|()| OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&key))
        .and_then(|mut file| file.write_all(made.serialize_pem().as_bytes()))
        // Whoever waits for the file finds it whole.
        .and_then(|()| fs::write(folder.join("authority.new"), signed.pem()))
        .and_then(|()| fs::rename(folder.join("authority.new"), &certificate));
    written.map_err(|fault| Error::Internal(format!("{} cannot be written: {fault}.", folder.display())))?;
    Ok(made)
}

fn certificate_in(folder: &Path) -> PathBuf {
    folder.join("authority.pem")
}

fn unmade(fault: rcgen::Error) -> Error {
    Error::Internal(format!("A certificate for development could not be made: {fault}."))
}

/// For our own calls to ourselves.
pub fn authority_of(folder: &Path) -> Result<reqwest::Certificate> {
    let path = certificate_in(folder);
    let pem =
        fs::read(&path).map_err(|fault| Error::Internal(format!("{} cannot be read: {fault}.", path.display())))?;
    reqwest::Certificate::from_pem(&pem).map_err(|fault| Error::Internal(format!("{}: {fault}.", path.display())))
}

/// What is printed at the start.
pub fn how_to_trust(folder: &Path) -> String {
    let path = certificate_in(folder);
    let path = fs::canonicalize(&path).unwrap_or(path);
    let path = path.display();
    format!(
        "Browsers and clients trust this server once they trust {path}. Node.js: NODE_EXTRA_CA_CERTS={path}. Chromium on \
         Linux: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n portico-dev -i {path}. macOS: security add-trusted-cert -k \
         ~/Library/Keychains/login.keychain-db {path}. Windows: certutil -user -addstore Root {path}. It can vouch for this \
         machine and nothing else."
    )
}
