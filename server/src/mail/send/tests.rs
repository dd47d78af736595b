//! Letters against a mail server that plays a written part (security F9, R10).

use super::*;
use std::io;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// What the server does in one connection. It speaks the friendly part until it says otherwise.
#[derive(Clone, Copy)]
enum Part {
    TakeEverything,
    /// Answers the command that begins so with this line.
    Answer(&'static str, &'static str),
    /// Reads the whole letter and hangs up instead of answering.
    HangUpAfterData,
    /// Never says a word.
    Silent,
}

/// Everything the client wrote, line by line, over all connections. `-- connected` stands where one began.
type Heard = UnboundedReceiver<String>;

async fn server(parts: &'static [Part]) -> (Mailer, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (tell, heard) = unbounded_channel();
    tokio::spawn(async move {
        for part in parts {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(play(*part, stream, tell.clone()));
        }
    });
    (Mailer::from_url(&url, "hello@woodgrove.example", None).unwrap(), heard)
}

async fn play(part: Part, stream: TcpStream, tell: UnboundedSender<String>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let _ = tell.send("-- connected".into());
    if let Part::Silent = part {
        // Nothing comes: this ends when the client hangs up.
        stream.read_line(&mut String::new()).await?;
        return Ok(());
    }
    stream.write_all(b"220 ready\r\n").await?;
    let mut in_letter = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_string();
        let _ = tell.send(line.clone());
        let answer = match (in_letter, line.as_str(), part) {
            (true, ".", Part::HangUpAfterData) => return Ok(()),
            (true, ".", Part::Answer(".", answer)) => answer,
            (true, ".", _) => "250 taken",
            (true, _, _) => continue,
            (false, line, Part::Answer(command, answer)) if line.starts_with(command) => answer,
            (false, "DATA", _) => "354 go on",
            _ => "250 fine",
        };
        in_letter = answer.starts_with("354");
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn letter() -> Letter {
    Letter {
        to: "ada@example.org".into(),
        sender: "Woodgrove".into(),
        subject: "Your code".into(),
        text: "48210937".into(),
        html: "<p>48210937</p>".into(),
        code: Some("48210937".into()),
    }
}

/// What was heard so far.
fn lines(heard: &mut Heard) -> Vec<String> {
    std::iter::from_fn(|| heard.try_recv().ok()).collect()
}

fn count(lines: &[String], line: &str) -> usize {
    lines.iter().filter(|heard| *heard == line).count()
}

#[tokio::test]
async fn a_letter_is_taken_with_both_bodies_and_the_tenants_name() {
    let (mailer, mut heard) = server(&[Part::TakeEverything]).await;
    assert_eq!(mailer.send(&letter(), "<a-b-c@woodgrove.example>").await, Ok(()));
    let heard = lines(&mut heard);
    for line in [
        "MAIL FROM:<hello@woodgrove.example>",
        "RCPT TO:<ada@example.org>",
        "From: Woodgrove <hello@woodgrove.example>",
        "To: ada@example.org",
        "Message-ID: <a-b-c@woodgrove.example>",
        "Auto-Submitted: auto-generated",
        "48210937",
        "<p>48210937</p>",
    ] {
        assert_eq!(count(&heard, line), 1, "{line} in {heard:#?}");
    }
}

#[tokio::test]
async fn the_next_letter_goes_over_the_same_connection() {
    let (mailer, mut heard) = server(&[Part::TakeEverything]).await;
    assert_eq!(mailer.send(&letter(), "1").await, Ok(()));
    assert_eq!(mailer.send(&letter(), "2").await, Ok(()));
    let heard = lines(&mut heard);
    assert_eq!((count(&heard, "-- connected"), count(&heard, "DATA")), (1, 2));
}

#[tokio::test]
async fn f9_4xx_means_later_and_5xx_means_never() {
    let tried = [
        (Part::Answer("RCPT", "451 greylisted"), true),
        (Part::Answer("MAIL", "421 closing"), true),
        (Part::Answer(".", "452 disk full"), true),
        (Part::Answer("RCPT", "550 nobody here"), false),
        (Part::Answer(".", "554 looks like spam"), false),
    ];
    for (part, later) in tried {
        let (mailer, _heard) = server(Box::leak(Box::new([part]))).await;
        let failure = mailer.send(&letter(), "1").await.unwrap_err();
        assert_eq!(matches!(failure, Failure::Later(_)), later, "{failure:?}");
    }
}

#[tokio::test]
async fn f9_a_refused_letter_does_not_block_the_next() {
    let (mailer, _heard) = server(&[Part::Answer("RCPT", "550 nobody here"), Part::TakeEverything]).await;
    assert!(matches!(mailer.send(&letter(), "1").await, Err(Failure::Never(_))));
    assert_eq!(mailer.send(&letter(), "2").await, Ok(()));
}

#[tokio::test]
async fn f9_dropped_after_data_goes_again_with_the_same_message_id() {
    let (mailer, mut heard) = server(&[Part::HangUpAfterData, Part::TakeEverything]).await;
    assert!(matches!(mailer.send(&letter(), "<one@woodgrove.example>").await, Err(Failure::Later(_))));
    assert_eq!(mailer.send(&letter(), "<one@woodgrove.example>").await, Ok(()));
    assert_eq!(count(&lines(&mut heard), "Message-ID: <one@woodgrove.example>"), 2);
}

#[tokio::test]
async fn f9_a_silent_server_costs_no_more_than_our_patience() {
    let (mailer, _heard) = server(&[Part::Silent]).await;
    let Mailer::Smtp(mut smtp) = mailer else { panic!("a server was named") };
    smtp.patience = Duration::ZERO;
    assert!(matches!(smtp.send(&letter(), "1").await, Err(Failure::Later(_))));
    assert!(smtp.idle().is_empty(), "a connection given up half way must not wait for the next letter");
}

#[tokio::test]
async fn f9_nobody_listening_means_later_and_check_says_where() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    let mailer = Mailer::from_url(&format!("smtp://{at}"), "hello@woodgrove.example", None).unwrap();
    assert!(matches!(mailer.send(&letter(), "1").await, Err(Failure::Later(_))));
    assert!(mailer.check().await.unwrap_err().starts_with(&at.to_string()));
}

#[tokio::test]
async fn a_server_that_wants_another_password_is_not_the_letters_fault() {
    let (mailer, _heard) = server(&[Part::Answer("EHLO", "530 authenticate first")]).await;
    assert!(matches!(mailer.send(&letter(), "1").await, Err(Failure::Later(_))));
}

#[tokio::test]
async fn without_starttls_neither_password_nor_letter_is_sent() {
    let (mailer, mut heard) = server(&[Part::TakeEverything]).await;
    let Mailer::Smtp(mut smtp) = mailer else { panic!("a server was named") };
    smtp.tls = Tls::BeforeAnythingElse(TlsParameters::new("localhost".into()).unwrap());
    smtp.credentials = Some(Credentials::new("user".into(), "password".into()));
    assert!(matches!(smtp.send(&letter(), "1").await, Err(Failure::Later(_))));
    let heard = lines(&mut heard);
    assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{heard:?}");
}

#[tokio::test]
async fn r10_no_line_break_becomes_a_header_or_a_second_address() {
    let (mailer, mut heard) = server(&[Part::TakeEverything]).await;
    let hostile = Letter {
        subject: "Your code\r\nBcc: eve@example.org".into(),
        sender: "Woodgrove\r\nBcc: eve@example.org".into(),
        ..letter()
    };
    assert_eq!(mailer.send(&hostile, "1\r\nBcc: eve@example.org").await, Ok(()));
    let heard = lines(&mut heard);
    assert!(!heard.iter().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{heard:#?}");
    assert_eq!(heard.iter().filter(|line| line.starts_with("RCPT")).count(), 1);
    for to in [
        "ada@example.org\r\nRCPT TO:<eve@example.org>",
        "ada@example.org,eve@example.org",
        "ada@x\r\n@example.org",
        "ada",
    ] {
        let failure = mailer.send(&Letter { to: to.into(), ..letter() }, "1").await;
        assert!(matches!(failure, Err(Failure::Never(_))), "{to:?} {failure:?}");
    }
}

#[tokio::test]
async fn r43_what_is_logged_does_not_name_the_person() {
    let (mailer, _heard) = server(&[Part::Answer("RCPT", "550 <ada@example.org> is unknown here")]).await;
    let Err(Failure::Never(why)) = mailer.send(&letter(), "1").await else { panic!("550 means never") };
    assert!(why.contains("<(address)> is unknown here"), "{why}");
}

#[tokio::test]
async fn an_address_of_the_wider_world_is_sent_in_ascii() {
    let (mailer, mut heard) = server(&[Part::TakeEverything]).await;
    assert_eq!(mailer.send(&Letter { to: "ada@bücher.example".into(), ..letter() }, "1").await, Ok(()));
    assert_eq!(count(&lines(&mut heard), "RCPT TO:<ada@xn--bcher-kva.example>"), 1);
}

#[test]
fn a_faulty_setting_is_told_without_its_password() {
    let faults = [
        ("mail.example.org", "is no URL"),
        ("https://mail.example.org", "begins with https"),
        ("smtps://", "names no mail server"),
        ("smtps://user:hush@mail.example.org/queue", "something after"),
        ("smtps://user:hush@mail.example.org?tls=none", "something after"),
        ("smtps://user@mail.example.org", "no password"),
    ];
    for (url, fault) in faults {
        let told = Mailer::from_url(url, "hello@woodgrove.example", None).err().unwrap_or_default();
        assert!(told.contains(fault) && !told.contains("hush"), "{url}: {told}");
    }
    assert!(Mailer::from_url("smtps://mail.example.org", "nobody", None).is_err_and(|told| told.contains("sender")));
}

#[test]
fn only_this_machine_is_spoken_to_in_the_clear() {
    for (url, clear, port) in [
        ("smtp://localhost", true, 25),
        ("smtp://127.0.0.1:2525", true, 2525),
        ("smtp://[::1]", true, 25),
        ("smtp://localhost.example.org", false, 587),
        ("smtp://u%40x:p%3A@mail.example.org", false, 587),
        ("smtps://localhost", false, 465),
    ] {
        let Ok(Mailer::Smtp(smtp)) = Mailer::from_url(url, "hello@woodgrove.example", None) else { panic!("{url}") };
        assert_eq!((matches!(smtp.tls, Tls::None), smtp.port), (clear, port), "{url}");
    }
}
