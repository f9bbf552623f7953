//! The address of each tile of a map: `https://{s}.example.org/{z}/{x}/{y}.png`.
//!
//! `{z}`, `{x}` and `{y}` are the tile, `{-y}` its row from the south (TMS), `{s}` one of the servers `a`, `b` and `c`.
//! Only `{s}` may stand in the host's name, so that what a reader agrees to is what is asked.

use std::fmt;

use url::{Host, Url};

use super::tile::TileId;
use crate::limits::MAX_TEMPLATE_CHARS;
use crate::t;

/// What `{s}` stands for.
const SERVERS: [&str; 3] = ["a", "b", "c"];

/// The address of each tile of a map, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate {
    text: String,
    hosts: Vec<String>,
    shown_host: String,
}

/// Why a text cannot be the address of a map's tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateProblem {
    /// Nothing was written.
    Empty,
    /// It is longer than any address.
    TooLong,
    /// It is no address, or has spaces in it.
    NotAnAddress,
    /// It begins with something else than `http://` or `https://`.
    Scheme,
    /// It has a user's name or password before the host.
    Password,
    /// It lacks one of the parts that say which tile is meant.
    Lacks(&'static str),
    /// It has a part in braces that has no meaning here.
    Unknown(String),
    /// The server's name holds another part than `{s}`.
    Host,
}

impl std::error::Error for TemplateProblem {}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Empty => t!("template-empty").into(),
            Self::TooLong => t!("template-too-long", limit = MAX_TEMPLATE_CHARS),
            Self::NotAnAddress => t!("template-not-an-address").into(),
            Self::Scheme => t!("template-scheme").into(),
            Self::Password => t!("template-password").into(),
            Self::Lacks(part) => t!("template-lacks", part = *part),
            Self::Unknown(part) => t!("template-unknown", part = part),
            Self::Host => t!("template-host").into(),
        })
    }
}

impl UrlTemplate {
    /// The template, if it can be one.
    pub fn parse(text: &str) -> Result<Self, TemplateProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TemplateProblem::Empty);
        }
        if text.chars().count() > MAX_TEMPLATE_CHARS {
            return Err(TemplateProblem::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(TemplateProblem::NotAnAddress);
        }
        check_parts(text)?;
        let (_, behind) = text.split_once("://").ok_or(TemplateProblem::NotAnAddress)?;
        let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
        // Parsers of addresses skip slashes until there is a host.
        if authority.is_empty() {
            return Err(TemplateProblem::NotAnAddress);
        }
        if authority.replace("{s}", "").contains(['{', '}']) {
            return Err(TemplateProblem::Host);
        }
        let mut hosts = Vec::new();
        let servers = if authority.contains("{s}") { &SERVERS[..] } else { &SERVERS[..1] };
        for server in servers {
            let url = parse_url(&expand(text, TileId { zoom: 0, x: 0, y: 0 }, server))?;
            hosts.push(host_of(&url).ok_or(TemplateProblem::NotAnAddress)?);
        }
        let shown_host = match hosts.as_slice() {
            [first, _, ..] => first.strip_prefix("a.").unwrap_or(first).to_owned(),
            [first] => first.clone(),
            [] => return Err(TemplateProblem::NotAnAddress),
        };
        Ok(Self { text: text.to_owned(), hosts, shown_host })
    }

    /// The template as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The servers that it names, each with its port where that is not the usual one.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The name under which a reader knows these servers, in ASCII: letters that look like others are told apart.
    #[must_use]
    pub fn shown_host(&self) -> &str {
        &self.shown_host
    }

    /// The address of a tile. The same tile is always asked of the same server, which its cache thanks.
    #[must_use]
    pub fn url(&self, id: TileId) -> Option<Url> {
        let server = SERVERS[((id.x % 3 + id.y % 3) % 3) as usize];
        parse_url(&expand(&self.text, id, server)).ok()
    }
}

/// The host of an address, in ASCII, with its port where that is not the usual one.
pub(super) fn host_of(url: &Url) -> Option<String> {
    let host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        address => address.to_string(),
    };
    if host.is_empty() {
        return None;
    }
    Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
}

/// An address to which a request may go.
pub(super) fn parse_url(text: &str) -> Result<Url, TemplateProblem> {
    let url = Url::parse(text).map_err(|_| TemplateProblem::NotAnAddress)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(TemplateProblem::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TemplateProblem::Password);
    }
    Ok(url)
}

fn check_parts(text: &str) -> Result<(), TemplateProblem> {
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        let part = &rest[open..];
        let Some(close) = part.find('}').filter(|close| *close > 0) else {
            return Err(TemplateProblem::Unknown(part.chars().take(1).collect()));
        };
        let part = &part[..=close];
        if !matches!(part, "{z}" | "{x}" | "{y}" | "{-y}" | "{s}") {
            return Err(TemplateProblem::Unknown(part.to_owned()));
        }
        rest = &rest[open + close + 1..];
    }
    // A fragment is never sent: what stands in it says nothing to the server.
    let sent = text.split('#').next().unwrap_or_default();
    for part in ["{z}", "{x}"] {
        if !sent.contains(part) {
            return Err(TemplateProblem::Lacks(part));
        }
    }
    if !sent.contains("{y}") && !sent.contains("{-y}") {
        return Err(TemplateProblem::Lacks("{y}"));
    }
    Ok(())
}

fn expand(text: &str, id: TileId, server: &str) -> String {
    text.replace("{z}", &id.zoom.to_string())
        .replace("{x}", &id.x.to_string())
        .replace("{y}", &id.y.to_string())
        .replace("{-y}", &id.y_from_south().to_string())
        .replace("{s}", server)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(zoom: u8, x: u32, y: u32) -> TileId {
        TileId::new(zoom, x, y).unwrap()
    }

    #[test]
    fn a_template_gives_the_address_of_each_tile() {
        let xyz = UrlTemplate::parse(" https://tile.example.org/{z}/{x}/{y}.png?key=a ").unwrap();
        assert_eq!(xyz.url(id(3, 5, 1)).unwrap().as_str(), "https://tile.example.org/3/5/1.png?key=a");
        assert_eq!((xyz.shown_host(), xyz.hosts().len()), ("tile.example.org", 1));
        let tms = UrlTemplate::parse("http://localhost:8080/tms/{z}/{x}/{-y}").unwrap();
        assert_eq!(tms.url(id(3, 5, 1)).unwrap().as_str(), "http://localhost:8080/tms/3/5/6");
        assert_eq!(tms.shown_host(), "localhost:8080");
    }

    #[test]
    fn several_servers_share_the_tiles_and_are_all_named() {
        let map = UrlTemplate::parse("https://{s}.tile.example.org/{z}/{x}/{y}.png").unwrap();
        assert_eq!(map.shown_host(), "tile.example.org");
        assert_eq!(map.hosts(), ["a.tile.example.org", "b.tile.example.org", "c.tile.example.org"]);
        for (x, y) in [(0, 0), (1, 0), (0, 1), (7, 7)] {
            let url = map.url(id(3, x, y)).unwrap();
            assert!(map.hosts().contains(&host_of(&url).unwrap()), "{url}");
            assert_eq!(map.url(id(3, x, y)), Some(url));
        }
    }

    #[test]
    fn what_cannot_be_the_address_of_tiles_is_refused_with_its_reason() {
        use TemplateProblem as P;
        for (text, problem) in [
            ("  ", P::Empty),
            ("tile.example.org/{z}/{x}/{y}.png", P::NotAnAddress),
            ("file:///home/{z}/{x}/{y}", P::NotAnAddress),
            ("ftp://example.org/{z}/{x}/{y}", P::Scheme),
            ("javascript://x/{z}/{x}/{y}", P::Scheme),
            ("https:///{z}/{x}/{y}", P::NotAnAddress),
            ("https://a b/{z}/{x}/{y}", P::NotAnAddress),
            ("https://example.org/{z}/{x}/{y}\r\nX: y", P::NotAnAddress),
            ("https://me:secret@example.org/{z}/{x}/{y}", P::Password),
            ("https://me@example.org/{z}/{x}/{y}", P::Password),
            ("https://example.org/{x}/{y}", P::Lacks("{z}")),
            ("https://example.org/{z}/{y}", P::Lacks("{x}")),
            ("https://example.org/{z}/{x}", P::Lacks("{y}")),
            ("https://example.org/{z}/{x}#{y}", P::Lacks("{y}")),
            ("https://example.org/{z}/{x}/{y}{r}.png", P::Unknown("{r}".to_owned())),
            ("https://example.org/{z}/{x}/{y}/{", P::Unknown("{".to_owned())),
            ("https://example.org/{z}/{x}/{y}}", P::Unknown("}".to_owned())),
            ("https://{x}.example.org/{z}/{x}/{y}", P::Host),
        ] {
            assert_eq!(UrlTemplate::parse(text), Err(problem), "{text}");
        }
        let long = format!("https://example.org/{{z}}/{{x}}/{{y}}?{}", "k".repeat(MAX_TEMPLATE_CHARS));
        assert_eq!(UrlTemplate::parse(&long), Err(P::TooLong));
    }

    #[test]
    fn names_that_look_like_others_are_shown_as_what_they_are() {
        let map = UrlTemplate::parse("https://tile.оpenstreetmap.org/{z}/{x}/{y}.png").unwrap();
        assert!(map.shown_host().contains("xn--"), "{}", map.shown_host());
    }

    proptest! {
        #[test]
        fn whatever_is_typed_gives_an_address_of_a_named_server_or_a_reason(
            text in r"(https?://)?[a-z{}s./:@\-]{0,12}(/\{z\}/\{x\}/\{-?y\})?\PC{0,20}",
            zoom in 0u8..=30, x in any::<u32>(), y in any::<u32>(),
        ) {
            let tile = id(zoom, x & ((1 << zoom) - 1), y & ((1 << zoom) - 1));
            match UrlTemplate::parse(&text) {
                Ok(map) => {
                    let url = map.url(tile).unwrap();
                    prop_assert!(map.hosts().contains(&host_of(&url).unwrap()));
                    prop_assert!(matches!(url.scheme(), "http" | "https"));
                }
                Err(problem) => prop_assert!(!problem.to_string().is_empty()),
            }
        }
    }
}
