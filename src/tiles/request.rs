//! One request within its limits: who may be asked, how long it may take, how much may come.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use tokio::time::{Instant, timeout, timeout_at};

use super::freshness::{Freshness, date_s};
use super::status::Reason;
use super::template::host_of;
use crate::limits::{
    ANSWER_TIMEOUT, CONNECT_TIMEOUT, MAX_REDIRECTS, MAX_RETRY_AFTER, MIN_TILE_BYTES_PER_SPAN, STALL_TIMEOUT,
    TILE_TIMEOUT,
};

/// Headers of one answer.
const MAX_HEADERS: usize = 100;
/// How long a connection is kept that nobody uses.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

/// Who asks, as the policies of all providers want it: the program, its version and where to find its makers.
fn user_agent() -> String {
    let pages = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
    // Without a page the description at least tells an administrator what this is.
    let about = pages.into_iter().find(|page| !page.is_empty()).unwrap_or(env!("CARGO_PKG_DESCRIPTION"));
    format!("Dateline/{} ({about})", env!("CARGO_PKG_VERSION"))
}

/// What asks the servers of one map, and no others.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    /// `None` where this system does not let us speak to anybody.
    client: Option<Client>,
    hosts: Vec<String>,
}

/// What a server answered.
#[derive(Debug)]
pub(super) enum Answer {
    /// This.
    Content { headers: HeaderMap, body: Vec<u8> },
    /// That there is nothing.
    Nothing { headers: HeaderMap },
    /// That nothing has changed.
    Unchanged { headers: HeaderMap },
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    /// How long the server wants not to be asked.
    pub(super) wait: Option<Duration>,
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self { reason, wait: None }
    }
}

impl Asker {
    /// Gets ready to ask these servers. `is_secret`: whether any of them is asked by https. Reads the certificates that
    /// the system trusts, which takes a while.
    pub(super) fn new(hosts: &[String], is_secret: bool, parallel: usize) -> Self {
        // Whoever comes first installs it, and all install the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = Client::builder()
                .user_agent(user_agent())
                .referer(false)
                .redirect(redirect::Policy::none())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(IDLE_CONNECTION)
                .pool_max_idle_per_host(parallel)
                .http1_max_headers(MAX_HEADERS);
            // What is on this machine is not asked for by way of another.
            if hosts.iter().all(|host| is_loopback(host)) { builder.no_proxy() } else { builder }
        };
        let trusting_nobody = || builder().tls_certs_only([]).build();
        let client = if is_secret {
            builder().build().or_else(|error| {
                log::warn!("the certificates that this system trusts cannot be read: {error}");
                trusting_nobody()
            })
        } else {
            trusting_nobody()
        };
        let client = client.inspect_err(|error| log::error!("no map tiles can be asked for: {error}")).ok();
        Self { client, hosts: hosts.to_vec() }
    }

    /// Whether this server may be asked.
    pub(super) fn may_ask(&self, url: &Url) -> bool {
        host_of(url).is_some_and(|host| self.hosts.contains(&host))
    }

    /// Asks for what lies at an address, and whether it has changed where it is known from before. Ends within
    /// [`TILE_TIMEOUT`].
    pub(super) async fn ask(
        &self,
        url: Url,
        known: Option<&Freshness>,
        max_bytes: usize,
    ) -> Result<Answer, Failure> {
        let whole = async {
            let response =
                timeout(ANSWER_TIMEOUT, self.follow(url, known)).await.map_err(|_| Reason::Timeout)??;
            judge(response, known.is_some(), max_bytes).await
        };
        timeout(TILE_TIMEOUT, whole).await.map_err(|_| Reason::Timeout)?
    }

    /// Sends the request and follows redirects, each of them judged.
    async fn follow(&self, mut url: Url, known: Option<&Freshness>) -> Result<Response, Failure> {
        let client = self.client.as_ref().ok_or(Reason::Certificate)?;
        for _ in 0..=MAX_REDIRECTS {
            if !self.may_ask(&url) {
                return Err(Reason::OtherHost(host_of(&url).unwrap_or_default()).into());
            }
            let mut request = client.get(url.clone()).header(ACCEPT_ENCODING, "gzip");
            for (name, value) in known.into_iter().flat_map(Freshness::questions) {
                request = request.header(name, value);
            }
            let response = request.send().await.map_err(|error| reason(&error))?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            url = redirected(&url, response.headers())?;
        }
        Err(Reason::Redirects.into())
    }
}

/// Where a redirect leads.
fn redirected(from: &Url, headers: &HeaderMap) -> Result<Url, Failure> {
    let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| from.join(to).ok());
    let to = to.ok_or(Reason::Redirects)?;
    match (from.scheme(), to.scheme()) {
        ("http", "http" | "https") | ("https", "https") => Ok(to),
        _ => Err(Reason::Unsafe.into()),
    }
}

/// Makes of a response what it means.
async fn judge(response: Response, is_known: bool, max_bytes: usize) -> Result<Answer, Failure> {
    let headers = response.headers();
    match response.status() {
        StatusCode::OK => {
            let headers = headers.clone();
            Ok(Answer::Content { headers, body: body(response, max_bytes).await? })
        }
        StatusCode::NO_CONTENT => Ok(Answer::Nothing { headers: headers.clone() }),
        StatusCode::NOT_MODIFIED if is_known => Ok(Answer::Unchanged { headers: headers.clone() }),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Reason::NotFound.into()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Reason::Forbidden.into()),
        StatusCode::TOO_MANY_REQUESTS => Err(Failure { reason: Reason::Busy, wait: retry_after(headers) }),
        StatusCode::SERVICE_UNAVAILABLE => match retry_after(headers) {
            Some(wait) => Err(Failure { reason: Reason::Busy, wait: Some(wait) }),
            None => Err(Reason::Server(503).into()),
        },
        status => Err(Reason::Server(status.as_u16()).into()),
    }
}

/// Reads the body, as long as it comes fast enough and no more than `max_bytes`.
async fn body(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, Failure> {
    if response.content_length().is_some_and(|length| length > max_bytes as u64) {
        return Err(Reason::TooLarge.into());
    }
    let mut body = Vec::new();
    let (mut span_end, mut in_span) = (Instant::now() + STALL_TIMEOUT, 0);
    loop {
        match timeout_at(span_end, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                if body.len() + chunk.len() > max_bytes {
                    return Err(Reason::TooLarge.into());
                }
                body.extend_from_slice(&chunk);
                in_span += chunk.len();
            }
            Ok(Ok(None)) => return Ok(body),
            Ok(Err(error)) => return Err(reason(&error).into()),
            Err(_) => {}
        }
        if Instant::now() >= span_end {
            if in_span < MIN_TILE_BYTES_PER_SPAN {
                return Err(Reason::Timeout.into());
            }
            (span_end, in_span) = (Instant::now() + STALL_TIMEOUT, 0);
        }
    }
}

/// How long a server wants not to be asked: seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().or_else(|| {
        let now = jiff::Timestamp::now().as_second();
        u64::try_from(date_s(text)?.saturating_sub(now)).ok()
    })?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let name =
        host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// What an error of the client means. What it says holds the address, and is not shown or logged.
fn reason(error: &reqwest::Error) -> Reason {
    if error.is_timeout() {
        return Reason::Timeout;
    }
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(reason) = reason_of_source(error) {
            return reason;
        }
        // An error within an error of the system is not among its sources.
        source = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    // What remains of connecting is the name, which nobody knows or can be asked about.
    if error.is_connect() { Reason::Offline } else { Reason::Broken }
}

fn reason_of_source(error: &(dyn std::error::Error + 'static)) -> Option<Reason> {
    match error.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            return Some(Reason::Certificate);
        }
        // It speaks something else, or what it says was changed on the way.
        Some(_) => return Some(Reason::Broken),
        None => {}
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some(Reason::Refused),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Some(Reason::Offline),
        io::ErrorKind::TimedOut => Some(Reason::Timeout),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Reason::Broken),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn location(to: &str) -> HeaderMap {
        HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(to).unwrap())])
    }

    #[test]
    fn the_program_says_who_it_is() {
        let agent = user_agent();
        assert!(agent.starts_with(concat!("Dateline/", env!("CARGO_PKG_VERSION"), " (")), "{agent}");
        assert!(agent.ends_with(')') && !agent.contains("()"), "{agent}");
    }

    #[test]
    fn only_the_servers_that_were_agreed_to_are_asked() {
        let asker = Asker::new(&["example.org".to_owned()], false, 2);
        assert!(
            asker.may_ask(&url("https://example.org/a")) && asker.may_ask(&url("http://EXAMPLE.org:80/a"))
        );
        for other in [
            "https://example.com",
            "https://a.example.org",
            "https://example.org:8443",
            "https://example.org.uk",
        ] {
            assert!(!asker.may_ask(&url(other)), "{other}");
        }
    }

    #[test]
    fn a_redirect_never_leaves_the_web_nor_gives_up_encryption() {
        let (open, secret) = (url("http://example.org/a/b"), url("https://example.org/a/b"));
        assert_eq!(redirected(&open, &location("c")).unwrap().as_str(), "http://example.org/a/c");
        assert_eq!(redirected(&open, &location("https://example.org/")).unwrap().scheme(), "https");
        for to in ["http://example.org/", "file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)"] {
            assert_eq!(redirected(&secret, &location(to)).unwrap_err().reason, Reason::Unsafe, "{to}");
        }
        assert_eq!(redirected(&open, &HeaderMap::new()).unwrap_err().reason, Reason::Redirects);
    }

    #[test]
    fn a_server_can_ask_for_a_wait_in_seconds_or_until_a_date_but_not_for_ever() {
        let after = |text: &str| {
            retry_after(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(text).unwrap())]))
        };
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("Wed, 21 Oct 2015 07:28:00 GMT"), None, "it is over");
        assert_eq!(after("Thu, 01 Dec 2140 16:00:00 GMT"), Some(MAX_RETRY_AFTER));
        assert_eq!(after("18446744073709551615"), Some(MAX_RETRY_AFTER));
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn this_machine_is_not_asked_by_way_of_another() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "127.8.8.8"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.org", "128.0.0.1", "localhost.example.org", "[2001:db8::1]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
