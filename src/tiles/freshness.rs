//! How long an answer is good for, after HTTP's rules for caches of one user (RFC 9111), and how to ask whether it still is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{
    AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, VARY,
};
use serde::{Deserialize, Serialize};

/// No answer is good for longer than this, whatever its server says.
const LONGEST: Duration = Duration::from_hours(365 * 24);
/// A mark by which a server knows its answer again is not longer than this.
const MAX_MARK_BYTES: usize = 1024;

/// How long an answer is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Freshness {
    /// When it came, in seconds since 1970.
    since_s: u64,
    /// For how long from then on it is good without asking.
    lifetime_s: u64,
    /// Whether it may not be used after that without asking.
    must_ask: bool,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Freshness {
    /// That of an answer which came at `now`; `None` if it must not be kept. Where the server does not say how long it is
    /// good for, it is for `usual`.
    pub(super) fn of(headers: &HeaderMap, now: SystemTime, usual: Duration) -> Option<Self> {
        let control = Control::of(headers);
        if control.no_store {
            return None;
        }
        let lifetime = if control.no_cache || text(headers, &VARY) == Some("*") {
            Duration::ZERO
        } else {
            control.max_age.or_else(|| until_expiry(headers, now)).unwrap_or(usual)
        };
        let age = text(headers, &AGE).map_or(Duration::ZERO, seconds);
        let mark = |name| text(headers, name).filter(|mark| mark.len() <= MAX_MARK_BYTES).map(str::to_owned);
        Some(Self {
            since_s: since_1970(now),
            lifetime_s: lifetime.min(LONGEST).saturating_sub(age).as_secs(),
            must_ask: control.no_cache || control.must_revalidate,
            etag: mark(&ETAG),
            last_modified: mark(&LAST_MODIFIED),
        })
    }

    /// That of the same answer after the server has said at `now` that it has not changed; `None` if it must not be kept
    /// any longer.
    pub(super) fn renewed(&self, headers: &HeaderMap, now: SystemTime, usual: Duration) -> Option<Self> {
        let new = Self::of(headers, now, usual)?;
        Some(Self {
            etag: new.etag.or_else(|| self.etag.clone()),
            last_modified: new.last_modified.or_else(|| self.last_modified.clone()),
            ..new
        })
    }

    /// Whether the answer can be used without asking.
    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        // Where the clock was put back, nobody knows.
        since_1970(now).checked_sub(self.since_s).is_some_and(|age| age < self.lifetime_s)
    }

    /// Whether the answer may be shown while its server does not answer.
    pub(super) fn may_be_stale(&self) -> bool {
        !self.must_ask
    }

    /// The headers of a request that asks whether the answer has changed.
    pub(super) fn questions(&self) -> impl Iterator<Item = (HeaderName, &str)> {
        let etag = self.etag.as_deref().map(|mark| (IF_NONE_MATCH, mark));
        let date = self.last_modified.as_deref().map(|mark| (IF_MODIFIED_SINCE, mark));
        etag.into_iter().chain(date)
    }
}

/// What `Cache-Control` says.
#[derive(Default)]
struct Control {
    max_age: Option<Duration>,
    no_store: bool,
    no_cache: bool,
    must_revalidate: bool,
}

impl Control {
    fn of(headers: &HeaderMap) -> Self {
        let mut control = Self::default();
        let texts = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        for directive in texts.flat_map(|text| text.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                // If it is there twice, the more careful one counts.
                "max-age" => {
                    let age = seconds(value.trim().trim_matches('"'));
                    control.max_age = Some(control.max_age.map_or(age, |other| other.min(age)));
                }
                "no-store" => control.no_store = true,
                "no-cache" => control.no_cache = true,
                "must-revalidate" => control.must_revalidate = true,
                _ => {}
            }
        }
        control
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A number of seconds; what is none is 0, as old as can be.
fn seconds(text: &str) -> Duration {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number that has no room is larger than all that matter.
    Duration::from_secs(if is_number { text.parse().unwrap_or(u64::MAX) } else { 0 })
}

/// The time from the answer's date until it expires; none if it has expired, or says something that is no date.
fn until_expiry(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let expires = text(headers, &EXPIRES)?;
    let date = text(headers, &DATE).and_then(date_s).unwrap_or_else(|| since_1970(now).cast_signed());
    let left = date_s(expires).map_or(0, |expires| expires.saturating_sub(date));
    Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
}

/// A date of HTTP, in seconds since 1970.
pub(super) fn date_s(text: &str) -> Option<i64> {
    // "GMT" is the only zone that HTTP has, and one that mail calls obsolete.
    let text = text.strip_suffix("GMT").map_or_else(|| text.to_owned(), |date| format!("{date}+0000"));
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(&text).ok()?;
    Some(date.as_second())
}

fn since_1970(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);
    const WEEK: Duration = Duration::from_hours(7 * 24);

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    fn of(headers: &[(HeaderName, &str)]) -> Option<Freshness> {
        Freshness::of(&map(headers), now(), WEEK)
    }

    fn map(headers: &[(HeaderName, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    /// For how many seconds it is good.
    fn lifetime_s(headers: &[(HeaderName, &str)]) -> u64 {
        let freshness = of(headers).unwrap();
        let is_fresh = |seconds| freshness.is_fresh(now() + Duration::from_secs(seconds));
        assert!(freshness.lifetime_s == 0 || is_fresh(freshness.lifetime_s - 1));
        assert!(!is_fresh(freshness.lifetime_s));
        freshness.lifetime_s
    }

    #[test]
    fn an_answer_is_good_for_as_long_as_its_server_says() {
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "public, max-age=60")]), 60);
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "Max-Age=\"60\"")]), 60);
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "max-age=60"), (AGE, "20")]), 40);
        assert_eq!(
            lifetime_s(&[(CACHE_CONTROL, "max-age=60"), (EXPIRES, "Thu, 01 Dec 2050 16:00:00 GMT")]),
            60
        );
        let date = (DATE, "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(lifetime_s(&[date.clone(), (EXPIRES, "Wed, 21 Oct 2015 08:28:00 GMT")]), 3600);
        assert_eq!(lifetime_s(&[date.clone(), (EXPIRES, "Wed, 21 Oct 2015 06:28:00 GMT")]), 0);
        assert_eq!(lifetime_s(&[date, (EXPIRES, "0")]), 0);
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "no-cache, max-age=60")]), 0);
        assert_eq!(lifetime_s(&[(VARY, "*"), (CACHE_CONTROL, "max-age=60")]), 0);
    }

    #[test]
    fn a_server_that_does_not_say_gets_what_its_provider_asks_for() {
        assert_eq!(lifetime_s(&[]), WEEK.as_secs());
    }

    #[test]
    fn what_must_not_be_kept_is_not() {
        assert_eq!(of(&[(CACHE_CONTROL, "max-age=60, no-store")]), None);
    }

    #[test]
    fn numbers_without_measure_do_no_harm() {
        let huge = "99999999999999999999999";
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, &format!("max-age={huge}"))]), LONGEST.as_secs());
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "max-age=60"), (AGE, huge)]), 0);
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "max-age=-1")]), 0);
        assert_eq!(lifetime_s(&[(CACHE_CONTROL, "max-age=soon")]), 0);
        assert_eq!(lifetime_s(&[(EXPIRES, "Thu, 30 Dec 9998 23:59:59 GMT")]), LONGEST.as_secs());
    }

    #[test]
    fn a_clock_that_was_put_back_makes_nothing_fresh() {
        let freshness = of(&[(CACHE_CONTROL, "max-age=60")]).unwrap();
        assert!(!freshness.is_fresh(now() - HOUR));
    }

    #[test]
    fn an_answer_is_asked_after_by_its_marks_and_renewed_by_a_new_date() {
        let old = of(&[(ETAG, "\"a\""), (LAST_MODIFIED, "then"), (CACHE_CONTROL, "max-age=1")]).unwrap();
        let questions: Vec<_> = old.questions().collect();
        assert_eq!(questions, [(IF_NONE_MATCH, "\"a\""), (IF_MODIFIED_SINCE, "then")]);
        let new = old.renewed(&map(&[(CACHE_CONTROL, "max-age=90")]), now() + HOUR, WEEK).unwrap();
        assert!(new.is_fresh(now() + HOUR + Duration::from_secs(89)));
        assert_eq!(new.questions().count(), 2);
    }

    #[test]
    fn what_must_be_asked_after_is_not_shown_unasked() {
        assert!(!of(&[(CACHE_CONTROL, "max-age=1, must-revalidate")]).unwrap().may_be_stale());
        assert!(!of(&[(CACHE_CONTROL, "no-cache")]).unwrap().may_be_stale());
        assert!(of(&[(CACHE_CONTROL, "max-age=1")]).unwrap().may_be_stale());
    }

    #[test]
    fn dates_of_http_are_understood() {
        assert_eq!(date_s("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
        assert_eq!(date_s("tomorrow"), None);
    }
}
