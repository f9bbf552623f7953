//! Leave to ask servers, in types: no fetcher without a [`Consent`], no consent without [`Online`], and no [`Online`]
//! when the program was started with `--offline`.
//!
//! ```
//! use dateline::tiles::{Agreed, KnownMap, Online, Provider};
//!
//! let map = Provider::known(KnownMap::OpenStreetMap).unwrap();
//! let mut agreed = Agreed::default();
//! assert!(Online::unless(true).is_none(), "--offline");
//! let online = Online::unless(false).unwrap();
//! assert_eq!(online.consent(&map, &agreed).unwrap_err().host, "tile.openstreetmap.org");
//! agreed.add(&map);
//! assert!(online.consent(&map, &agreed).is_ok());
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::provider::Provider;

/// Leave to ask servers at all. There is one way to get it.
#[derive(Debug, Clone, Copy)]
pub struct Online(());

impl Online {
    /// Leave, unless the program was started with `--offline`.
    #[must_use]
    pub fn unless(offline: bool) -> Option<Self> {
        (!offline).then_some(Self(()))
    }

    /// Leave to ask the servers of this map, if the reader has agreed to all of them.
    pub fn consent(self, provider: &Provider, agreed: &Agreed) -> Result<Consent, NotAgreed> {
        if agreed.covers(provider) {
            Ok(Consent { provider: provider.clone() })
        } else {
            Err(NotAgreed { host: provider.shown_host().to_owned() })
        }
    }
}

/// The servers that the reader has agreed to be asked, as settings keep them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Agreed(BTreeSet<String>);

impl Agreed {
    /// The reader agrees to the servers of this map.
    pub fn add(&mut self, provider: &Provider) {
        self.0.extend(provider.hosts().iter().cloned());
    }

    /// The reader no longer does.
    pub fn remove(&mut self, provider: &Provider) {
        self.0.retain(|host| !provider.hosts().contains(host));
    }

    /// Whether all servers of this map have been agreed to.
    #[must_use]
    pub fn covers(&self, provider: &Provider) -> bool {
        !provider.hosts().is_empty() && provider.hosts().iter().all(|host| self.0.contains(host))
    }

    /// The servers, in order.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The reader has yet to be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nobody has agreed to requests to {host}")]
pub struct NotAgreed {
    /// Who will see which area is being looked at.
    pub host: String,
}

/// Leave to ask the servers of one map.
#[derive(Debug)]
pub struct Consent {
    provider: Provider,
}

impl Consent {
    /// The map.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    #[cfg(feature = "gui")]
    pub(super) fn into_provider(self) -> Provider {
        self.provider
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::KnownMap;

    #[test]
    fn without_leave_there_is_no_consent_whatever_was_agreed_to_before() {
        assert!(Online::unless(true).is_none());
    }

    #[test]
    fn what_was_agreed_to_one_map_does_not_hold_for_another() {
        let (osm, topo) = (KnownMap::OpenStreetMap, KnownMap::OpenTopoMap);
        let (osm, topo) = (Provider::known(osm).unwrap(), Provider::known(topo).unwrap());
        let online = Online::unless(false).unwrap();
        let mut agreed = Agreed::default();
        agreed.add(&osm);
        assert!(online.consent(&osm, &agreed).is_ok());
        assert_eq!(online.consent(&topo, &agreed).unwrap_err().host, "tile.opentopomap.org");
        agreed.add(&topo);
        agreed.remove(&osm);
        assert!(online.consent(&osm, &agreed).is_err() && online.consent(&topo, &agreed).is_ok());
    }

    #[test]
    fn some_of_a_maps_servers_are_not_all_of_them() {
        let topo = Provider::known(KnownMap::OpenTopoMap).unwrap();
        let agreed = Agreed([topo.hosts()[0].clone()].into());
        assert!(!agreed.covers(&topo));
    }
}
