//! What is missing of an online map and why, in words that say what to do.

use crate::t;

/// Why a tile is missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// This machine has no way to the server: no network, or a name that nobody knows.
    Offline,
    /// The server's machine is there and takes no requests.
    Refused,
    /// The answer did not begin, or not go on, in time.
    Timeout,
    /// The connection broke.
    Broken,
    /// The server could not prove who it is.
    Certificate,
    /// The server has no such tile.
    NotFound,
    /// The server wants none of our requests: a key is missing, or the program is not welcome.
    Forbidden,
    /// The server asks for fewer requests.
    Busy,
    /// The server has failed, with this status.
    Server(u16),
    /// The server sends us on again and again.
    Redirects,
    /// The server sends us to another one, which nobody has agreed to.
    OtherHost(String),
    /// The server sends us to an address that is not `https`, though its own is, or to none of the web.
    Unsafe,
    /// What came is larger than a tile may be, as it came or unpacked.
    TooLarge,
    /// What came has more pixels than a tile may have.
    TooManyPixels,
    /// What came is no tile: a web page, mostly.
    NotATile,
    /// What came is a tile that ends too early or is damaged otherwise.
    Damaged,
    /// What describes the map (`TileJSON`) could not be understood.
    Description,
}

impl Reason {
    /// In a few words, to stand behind a colon.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Offline => t!("tiles-why-offline").to_owned(),
            Self::Refused => t!("tiles-why-refused").to_owned(),
            Self::Timeout => t!("tiles-why-timeout").to_owned(),
            Self::Broken => t!("tiles-why-broken").to_owned(),
            Self::Certificate => t!("tiles-why-certificate").to_owned(),
            Self::NotFound => t!("tiles-why-not-found").to_owned(),
            Self::Forbidden => t!("tiles-why-forbidden").to_owned(),
            Self::Busy => t!("tiles-why-busy").to_owned(),
            Self::Server(status) => t!("tiles-why-server", status = status.to_string()),
            Self::Redirects => t!("tiles-why-redirects").to_owned(),
            Self::OtherHost(host) => t!("tiles-why-other-host", host = host),
            Self::Unsafe => t!("tiles-why-unsafe").to_owned(),
            Self::TooLarge => t!("tiles-why-too-large").to_owned(),
            Self::TooManyPixels => t!("tiles-why-too-many-pixels").to_owned(),
            Self::NotATile => t!("tiles-why-not-a-tile").to_owned(),
            Self::Damaged => t!("tiles-why-damaged").to_owned(),
            Self::Description => t!("tiles-why-description").to_owned(),
        }
    }

    /// What the reader can do, or what the program does by itself.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Offline => t!("tiles-advice-offline"),
            Self::Certificate => t!("tiles-advice-certificate"),
            Self::Forbidden => t!("tiles-advice-forbidden"),
            Self::NotFound => t!("tiles-advice-not-found"),
            Self::Redirects
            | Self::OtherHost(_)
            | Self::Unsafe
            | Self::NotATile
            | Self::TooManyPixels
            | Self::TooLarge => {
                t!("tiles-advice-address")
            }
            Self::Refused
            | Self::Timeout
            | Self::Broken
            | Self::Busy
            | Self::Server(_)
            | Self::Damaged
            | Self::Description => t!("tiles-advice-wait"),
        }
    }

    /// Whether it says something of the server or the way to it, rather than of one tile.
    #[cfg(feature = "gui")]
    pub(super) fn is_of_the_server(&self) -> bool {
        !matches!(
            self,
            Self::NotFound | Self::TooLarge | Self::TooManyPixels | Self::NotATile | Self::Damaged
        )
    }
}

/// What has become of the tiles in view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Tiles in view.
    pub wanted: usize,
    /// Tiles in view that are on their way for the first time.
    pub loading: usize,
    /// Tiles in view that are missing. They are asked for again.
    pub missing: usize,
    /// Tiles in view that are from an earlier visit and could not be renewed. They are drawn.
    pub outdated: usize,
    /// Why tiles are missing or outdated: what holds for most of them.
    pub reason: Option<Reason>,
    /// How long the server has asked us to wait from now on, in seconds.
    pub wait_s: Option<u64>,
}

impl Status {
    /// What is wrong, in a few words; `None` if nothing is.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let reason = self.reason.as_ref()?;
        if *reason == Reason::Offline {
            return Some(t!("tiles-offline").to_owned());
        }
        let why = reason.words();
        Some(match (self.missing, self.outdated) {
            (0, 0) => return None,
            (0, outdated) => t!("tiles-outdated", count = outdated, why = why),
            (missing, _) => t!("tiles-missing", count = missing, why = why),
        })
    }

    /// What the reader can do about it, or what the program does by itself.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        let advice = self.reason.as_ref()?.advice();
        Some(match self.wait_s {
            Some(seconds) => {
                t!("tiles-advice-later", seconds = usize::try_from(seconds).unwrap_or(usize::MAX))
            }
            None => advice.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(count: usize, reason: Reason) -> Status {
        Status { wanted: 9, missing: count, reason: Some(reason), ..Status::default() }
    }

    #[test]
    fn what_is_missing_is_said_with_its_number_and_its_reason() {
        assert_eq!(missing(3, Reason::Timeout).words().unwrap(), "3 tiles missing: timeout");
        assert_eq!(missing(1, Reason::NotFound).words().unwrap(), "1 tile missing: not on the server");
        assert_eq!(missing(9, Reason::Offline).words().unwrap(), "Offline");
        assert_eq!(Status { wanted: 9, loading: 4, ..Status::default() }.words(), None);
    }

    #[test]
    fn tiles_from_before_are_told_from_missing_ones() {
        let status = Status { outdated: 2, reason: Some(Reason::Server(500)), ..Status::default() };
        assert_eq!(status.words().unwrap(), "2 tiles from an earlier visit: error 500 of the server");
    }

    #[test]
    fn a_wait_that_the_server_asks_for_is_said() {
        let status = Status { wait_s: Some(30), ..missing(2, Reason::Busy) };
        assert!(status.advice().unwrap().contains("30 seconds"), "{:?}", status.advice());
    }
}
