//! A mail server of one's own: it keeps what it is given, and can be rude in every way that others are.

use crate::test_server::{SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};
use crate::wait::until;
use base64::Engine as _;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it was taken.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Whom the envelope says it is from.
    pub from: String,
    /// Whom the envelope says it goes to.
    pub to: Vec<String>,
    /// As it came over the wire, with bare line feeds.
    pub raw: String,
}

/// How the server behaves towards a mail, told by the address it goes to.
#[derive(Debug, Clone)]
pub enum SmtpBehaviour {
    /// Says this instead of taking the address, such as `550 5.1.1 No such user`.
    Refuses(String),
    /// Takes the mail, and says this instead of "250".
    RefusesContent(String),
    /// Says nothing at all when it hears the address.
    Stalls,
    /// Hangs up when it hears the address.
    HangsUp,
    /// Takes the mail, and hangs up before it says so.
    TakesAndHangsUp,
}

#[derive(Default)]
struct SmtpState {
    mails: Vec<Mail>,
    /// To whom it is rude, how, and how often still.
    behaviours: VecDeque<(String, SmtpBehaviour, usize)>,
    is_closed: bool,
    password: Option<(String, String)>,
    greeting: Option<String>,
    connections: usize,
    heard: Vec<String>,
}

/// The server.
#[derive(Clone)]
pub struct SmtpSink {
    /// Its port on 127.0.0.1.
    pub port: u16,
    state: Arc<Mutex<SmtpState>>,
}

impl SmtpSink {
    /// Opens a server that takes everything.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let state = Arc::<Mutex<SmtpState>>::default();
        let smtp = Self { port, state: state.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = state.clone();
                tokio::spawn(async move {
                    // A client that hangs up in the middle is no failure of the server.
                    let _ = serve(stream, state).await;
                });
            }
        });
        smtp
    }

    /// Its address as the command line of `tableside serve` takes it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// From now on, it is rude so many times to mails to this address.
    pub fn is_rude(&self, address: &str, behaviour: SmtpBehaviour, times: usize) {
        self.with(|state| state.behaviours.push_back((address.to_owned(), behaviour, times)));
    }

    /// From now on every connection is closed at once, or no more.
    pub fn closes(&self, is_closed: bool) {
        self.with(|state| state.is_closed = is_closed);
    }

    /// From now on it greets with this.
    pub fn greets(&self, line: &str) {
        self.with(|state| state.greeting = Some(line.to_owned()));
    }

    /// From now on it only takes mail from a client that signs in with this.
    pub fn wants(&self, name: &str, password: &str) {
        self.with(|state| state.password = Some((name.to_owned(), password.to_owned())));
    }

    /// Every mail it has taken, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.with(|state| state.mails.clone())
    }

    /// Every mail it has taken for this address.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        self.mails().into_iter().filter(|mail| mail.to.iter().any(|to| to == address)).collect()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.with(|state| state.connections)
    }

    /// Every line that clients have said, but for the mails themselves.
    pub fn heard(&self) -> Vec<String> {
        self.with(|state| state.heard.clone())
    }

    /// Waits until there are so many mails for this address, and gives back all of them.
    pub async fn until_there_are(&self, n: usize, address: &str) -> Vec<Mail> {
        until(&format!("{n} mails to {address}"), || async {
            let mails = self.mails_to(address);
            if mails.len() >= n {
                Ok(mails)
            } else {
                Err(self.mails().iter().map(|m| (m.to.clone(), m.header("subject"))).collect::<Vec<_>>())
            }
        })
        .await
    }

    /// The mails for this address but those about the week: a test that turns the clock may turn it past a Monday morning.
    pub fn alerts_to(&self, address: &str) -> Vec<Mail> {
        let is_weekly = |mail: &Mail| mail.header("subject").starts_with("Your week");
        self.mails_to(address).into_iter().filter(|mail| !is_weekly(mail)).collect()
    }

    /// Waits until there are so many of [`SmtpSink::alerts_to`], and gives back all of them.
    pub async fn until_there_are_alerts(&self, n: usize, address: &str) -> Vec<Mail> {
        until(&format!("{n} alerts to {address}"), || async {
            let alerts = self.alerts_to(address);
            if alerts.len() >= n {
                Ok(alerts)
            } else {
                Err(alerts.iter().map(|mail| mail.header("subject")).collect::<Vec<_>>())
            }
        })
        .await
    }

    /// Waits until it has been as rude as it was to be.
    pub async fn until_all_rudeness_is_over(&self) {
        until("all rudeness has been met with", || async {
            let left = self.with(|state| state.behaviours.iter().map(|(_, _, left)| left).sum::<usize>());
            if left == 0 { Ok(()) } else { Err(left) }
        })
        .await;
    }

    fn with<T>(&self, what: impl FnOnce(&mut SmtpState) -> T) -> T {
        what(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<SmtpState>>) -> std::io::Result<()> {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    let greeting = {
        let mut state = lock();
        state.connections += 1;
        if state.is_closed {
            return Ok(());
        }
        state.greeting.clone().unwrap_or_else(|| "220 post.example".to_owned())
    };
    writing.write_all(format!("{greeting}\r\n").as_bytes()).await?;
    let (mut from, mut to, mut content_answer) =
        (String::new(), Vec::new(), Some("250 2.0.0 Taken".to_owned()));
    let mut is_known = false;
    loop {
        let mut line = String::new();
        if reading.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        lock().heard.push(line.clone());
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-post.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN".to_owned(),
            "AUTH" => {
                let given = line.rsplit(' ').next().unwrap_or_default();
                let given = base64::engine::general_purpose::STANDARD.decode(given).unwrap_or_default();
                let wanted = lock().password.clone();
                is_known =
                    wanted.is_none_or(|(name, password)| given == format!("\0{name}\0{password}").as_bytes());
                if is_known { "235 2.7.0 Welcome" } else { "535 5.7.8 Error: authentication failed" }
                    .to_owned()
            }
            "MAIL" if lock().password.is_some() && !is_known => {
                "530 5.7.0 Authentication required".to_owned()
            }
            "MAIL" => {
                (from, to, content_answer) = (address(&line), Vec::new(), Some("250 2.0.0 Taken".to_owned()));
                "250 2.1.0 Ok".to_owned()
            }
            "RCPT" => {
                let recipient = address(&line);
                let behaviour = {
                    let mut state = lock();
                    let rude = state.behaviours.iter_mut().find(|(a, _, left)| *a == recipient && *left > 0);
                    rude.map(|(_, behaviour, left)| {
                        *left -= 1;
                        behaviour.clone()
                    })
                };
                match behaviour {
                    Some(SmtpBehaviour::Refuses(words)) => words,
                    Some(SmtpBehaviour::Stalls) => {
                        // Until the client has had enough.
                        let _ = reading.read(&mut [0; 16]).await?;
                        return Ok(());
                    }
                    Some(SmtpBehaviour::HangsUp) => return Ok(()),
                    behaviour => {
                        match behaviour {
                            Some(SmtpBehaviour::RefusesContent(words)) => content_answer = Some(words),
                            Some(SmtpBehaviour::TakesAndHangsUp) => content_answer = None,
                            _ => {}
                        }
                        to.push(recipient);
                        "250 2.1.5 Ok".to_owned()
                    }
                }
            }
            "DATA" => {
                writing.write_all(b"354 Go on\r\n").await?;
                let mut raw = String::new();
                loop {
                    let mut line = String::new();
                    if reading.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line).trim_end_matches(['\r', '\n']));
                    raw.push('\n');
                }
                if content_answer.as_ref().is_none_or(|answer| answer.starts_with('2')) {
                    lock().mails.push(Mail { from: from.clone(), to: to.clone(), raw });
                }
                match content_answer.take() {
                    Some(answer) => answer,
                    None => return Ok(()),
                }
            }
            "QUIT" => {
                writing.write_all(b"221 2.0.0 Bye\r\n").await?;
                return Ok(());
            }
            _ => "250 Ok".to_owned(),
        };
        writing.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

/// The sender of the collector's mails.
pub const FROM: &str = "feedback@kilnandkettle.example";

/// The same builder; the mail of all its shops goes through this server.
pub fn through(builder: TestServerBuilder, smtp: &SmtpSink) -> TestServerBuilder {
    builder.option("--smtp-url", &smtp.url()).option("--mail-from", FROM).option("--smtp-timeout", "1")
}

impl TestServer {
    /// A collector with one shop and its owner, `anna@…`, whose mail goes through this server.
    pub async fn with_mail(smtp: &SmtpSink) -> (Self, ShopFixture) {
        let builder = TestServerBuilder::new();
        let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
        builder.owner("anna@kilnandkettle.example", &[&shop]);
        (through(builder, smtp).start().await, shop)
    }
}

impl Mail {
    /// A header's value, its folded lines put together and its encoded words read; empty if there is none.
    pub fn header(&self, name: &str) -> String {
        self.headers(name).into_iter().next().unwrap_or_default()
    }

    /// Every header of this name.
    pub fn headers(&self, name: &str) -> Vec<String> {
        headers_of(&self.raw)
            .into_iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
            .collect()
    }

    /// The plain part, as people read it.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML part.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let parts = parts_of(&self.raw);
        let found = parts.into_iter().find(|(k, _)| k.starts_with(kind));
        found.map(|(_, text)| text).unwrap_or_default()
    }

    /// The first link in the plain part that begins with this path, without the collector's address in front.
    ///
    /// # Panics
    /// If there is none.
    pub fn link(&self, path: &str) -> String {
        let text = self.text();
        let found = text.lines().find_map(|line| {
            let at = line.strip_prefix("http")?.find(path)?;
            line.get(4 + at..).map(str::to_owned)
        });
        found.unwrap_or_else(|| panic!("no link to {path} in {text}"))
    }
}

fn headers_of(part: &str) -> Vec<(String, String)> {
    let head = part.split_once("\n\n").map_or(part, |(head, _)| head);
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let pairs = unfolded.lines().filter_map(|line| line.split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), words(value.trim()))).collect()
}

/// The encoded words of RFC 2047, in the one form that our side uses: base64 or quoted-printable UTF-8.
fn words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?utf-8?") {
        // White space between two encoded words is not there.
        if !before.trim().is_empty() || out.is_empty() {
            out.push_str(before);
        }
        let Some((how, after)) = after.split_once('?') else { break };
        let Some((encoded, after)) = after.split_once("?=") else { break };
        let bytes = match how {
            "b" | "B" => base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default(),
            _ => quoted(&encoded.replace('_', " ")),
        };
        out.push_str(&String::from_utf8_lossy(&bytes));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn quoted(text: &str) -> Vec<u8> {
    let joined = text.replace("=\n", "");
    let (mut out, bytes) = (Vec::new(), joined.as_bytes());
    let mut i = 0;
    while i < bytes.len() {
        let digits = joined.get(i + 1..i + 3).filter(|_| bytes[i] == b'=');
        if let Some(byte) = digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            out.push(byte);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    out
}

/// Every part with its kind, read.
fn parts_of(part: &str) -> Vec<(String, String)> {
    let headers = headers_of(part);
    let header = |name: &str| {
        headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone()).unwrap_or_default()
    };
    let body = part.split_once("\n\n").map_or("", |(_, body)| body);
    let kind = header("content-type");
    if let Some(boundary) = kind.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()) {
        let border = format!("--{boundary}");
        let inner = body.split(&border);
        return inner.skip(1).flat_map(|one| parts_of(one.trim_start_matches('\n'))).collect();
    }
    let bytes = match header("content-transfer-encoding").to_ascii_lowercase().as_str() {
        "base64" => {
            base64::engine::general_purpose::STANDARD.decode(body.replace('\n', "")).unwrap_or_default()
        }
        "quoted-printable" => quoted(body),
        _ => body.as_bytes().to_vec(),
    };
    vec![(kind, String::from_utf8_lossy(&bytes).into_owned())]
}
