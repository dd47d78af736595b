//! Mail on its way out: one letter for each step that asks for one, tried until its code is dead (fault F9).

use crate::harness::{TestServer, on_both};
use server::background;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

const ADA: &str = "ada@example.org";

/// A mail server that answers the end of each letter as it is told, and keeps what it took.
#[derive(Clone, Default)]
struct PostOffice {
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    taken: Arc<Mutex<Vec<String>>>,
    tried: Arc<Mutex<Vec<String>>>,
}

const TAKEN: &str = "250 taken";

impl PostOffice {
    /// Opens it, and a server whose letters go there.
    async fn open(server: &TestServer, answers: &[&'static str]) -> (PostOffice, TestServer) {
        let office = PostOffice { answers: Arc::new(Mutex::new(answers.iter().copied().collect())), ..Self::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let open = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(open.clone().serve(stream));
            }
        });
        let sending = server
            .with_config(|variables| {
                variables.insert("PORTICO_SMTP_URL".into(), url);
            })
            .await;
        (office, sending)
    }

    /// RFC 5321, as much of it as a letter needs.
    async fn serve(self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 ready\r\n").await?;
        let mut letter: Option<String> = None;
        while let Some(line) = lines.next_line().await? {
            let answer = match (&mut letter, line.as_str()) {
                (Some(_), ".") => self.judge(letter.take().unwrap_or_default()),
                (Some(text), line) => {
                    text.push_str(line);
                    text.push('\n');
                    continue;
                }
                (None, "DATA") => {
                    letter = Some(String::new());
                    "354 go on"
                }
                (None, "QUIT") => "221 bye",
                (None, _) => "250 fine",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    fn judge(&self, letter: String) -> &'static str {
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(TAKEN);
        self.tried.lock().unwrap().push(letter.clone());
        if answer == TAKEN {
            self.taken.lock().unwrap().push(letter);
        }
        answer
    }

    fn tried(&self) -> usize {
        self.tried.lock().unwrap().len()
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

async fn ask_for_code(server: &TestServer, address: &str) {
    let shop = server.application().await;
    let mut browser = server.browser();
    shop.asks(&mut browser).await;
    browser.press("Create one").await;
    browser.fill(&[("Email address", address)]).press("Send code").await;
    assert_eq!(browser.heading(), "Check your email", "the page does not wait for the post");
}

fn message_id(letter: &str) -> &str {
    letter.lines().find(|line| line.starts_with("Message-ID:")).unwrap()
}

const WAITING: &str = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL";

#[tokio::test]
async fn f9_a_letter_is_tried_until_its_code_is_dead() {
    on_both(async |server| {
        let (office, sending) = PostOffice::open(&server, &["451 later"; 100]).await;
        ask_for_code(&server, ADA).await;
        let start = server.now();
        let mut tries = Vec::new();
        for _ in 0..700 {
            let before = office.tried();
            background::send_due(&sending.state).await.unwrap();
            if office.tried() > before {
                tries.push(start.until(server.now()).as_secs());
            }
            server.clock.advance(Duration::from_secs(1));
        }
        // 5, 15, 45, then every 120 s, each up to a fifth longer.
        assert!((6..=8).contains(&tries.len()), "{tries:?}");
        for (wait, pair) in [5, 15, 45, 120, 120].iter().zip(tries.windows(2)) {
            let waited = pair[1] - pair[0];
            assert!((*wait..=wait + wait / 5 + 1).contains(&waited), "{wait}: {tries:?}");
        }
        assert!(*tries.last().unwrap() < 600, "{tries:?}");
        let ids: std::collections::BTreeSet<_> =
            office.tried.lock().unwrap().iter().map(|letter| message_id(letter).to_owned()).collect();
        assert_eq!(ids.len(), 1, "one letter, whose name stays");
        assert_eq!(server.count(WAITING).await, 0);
        assert_eq!(server.count("SELECT count(*) FROM outbox WHERE sealed <> ''").await, 0, "and forgotten");
    })
    .await;
}

#[tokio::test]
async fn f9_once_the_server_is_back_the_letter_arrives_once() {
    on_both(async |server| {
        let (office, sending) = PostOffice::open(&server, &["421 closing", "451 later"]).await;
        ask_for_code(&server, ADA).await;
        for _ in 0..60 {
            background::send_due(&sending.state).await.unwrap();
            server.clock.advance(Duration::from_secs(1));
        }
        assert_eq!((office.tried(), office.taken().len()), (3, 1));
        let letter = &office.taken()[0];
        assert!(
            letter.contains("To: ada@example.org") && letter.contains("Subject: Your code for Woodgrove"),
            "{letter}"
        );
        assert_eq!(
            server.count("SELECT count(*) FROM outbox WHERE sealed <> ''").await,
            0,
            "what is sent is forgotten"
        );
    })
    .await;
}

#[tokio::test]
async fn f9_a_letter_that_nobody_takes_holds_no_other_up() {
    on_both(async |server| {
        let (office, sending) = PostOffice::open(&server, &["554 no such mailbox"]).await;
        ask_for_code(&server, "nobody@example.org").await;
        background::send_due(&sending.state).await.unwrap();
        ask_for_code(&server, ADA).await;
        background::send_due(&sending.state).await.unwrap();
        assert_eq!(office.taken().len(), 1);
        assert!(office.taken()[0].contains(ADA));
        for _ in 0..60 {
            server.clock.advance(Duration::from_secs(10));
            background::send_due(&sending.state).await.unwrap();
        }
        assert_eq!(office.tried(), 2, "a letter that never goes is not tried again");
        assert_eq!(server.count("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL").await, 1);
    })
    .await;
}

/// Two servers carry the post of one database: each letter goes once.
#[tokio::test]
async fn f9_two_servers_send_each_letter_once() {
    on_both(async |server| {
        let (office, one) = PostOffice::open(&server, &[]).await;
        let mut two = server.another().await.state;
        two.mailer = one.state.mailer.clone();
        for number in 0..20 {
            ask_for_code(&server, &format!("person{number}@example.org")).await;
        }
        for _ in 0..4 {
            let (first, second) = tokio::join!(background::send_due(&one.state), background::send_due(&two));
            first.unwrap();
            second.unwrap();
        }
        assert_eq!(office.tried(), 20);
        assert_eq!(server.count(WAITING).await, 0);
    })
    .await;
}

/// Nobody sends a letter whose code is dead before it was ever tried.
#[tokio::test]
async fn f9_a_letter_that_is_late_is_not_sent() {
    on_both(async |server| {
        let (office, sending) = PostOffice::open(&server, &[]).await;
        ask_for_code(&server, ADA).await;
        server.clock.advance(Duration::from_secs(601));
        background::send_due(&sending.state).await.unwrap();
        assert_eq!(office.tried(), 0);
        assert_eq!(server.count(WAITING).await, 0);
    })
    .await;
}
