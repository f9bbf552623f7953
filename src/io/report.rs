//! A report that is read in any browser: the map as a picture, a list, and every incident with who says what about it.
//!
//! It is one HTML file without scripts, and it asks nothing of the network: its own policy forbids that. Whatever comes
//! from a dataset is text; only http and https addresses become links.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::escape;
use super::export::{Selection, WriteError, WriteReport, put_file};
use super::limits::MAX_REPORTED;
use crate::model::{
    Claim, Dataset, Deaths, EventType, Incident, Place, Source, Stance, Status, Symbol, may_open,
};
use crate::progress::Progress;
use crate::t;

/// The look of it.
const STYLE: &str = include_str!("../../assets/report.css");

/// What stands above the incidents, beside what the dataset says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Head<'a> {
    /// The map, as the bytes of a PNG.
    pub map_png: Option<&'a [u8]>,
    /// What the filter asks for, in words; empty where it shows everything.
    pub filter: &'a str,
    /// The zone that times of day are said in; `None`: their own.
    pub zone: Option<&'a TimeZone>,
}

/// Writes a report of some incidents. Past [`MAX_REPORTED`] it has no more: nobody reads it, and no browser opens it.
pub fn write(
    selection: &Selection<'_>,
    head: Head<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let dataset = selection.dataset;
    let shown: Vec<usize> = selection.indices().take(MAX_REPORTED).collect();
    let is_cut = shown.len() < selection.len();
    let shown = Selection::of(dataset, shown);
    let mut report = WriteReport::default();
    report.written = shown.len() as u64;
    if is_cut {
        report.leave_out("incidents past the first 2000: ask for fewer with a filter");
    }
    let title = plain(&dataset.title);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )?;
    write_head(&shown, selection.len(), head, out)?;
    write_legend(&shown, out)?;
    write_list(&shown, head.zone, &progress.part(0.0, 0.4), out)?;
    shown.each(&progress.part(0.4, 1.0), |n, incident| {
        Ok(write_incident(&shown, n, incident, head.zone, out)?)
    })?;
    write_foot(dataset, head.map_png.is_some(), out)?;
    out.write_all(b"</body>\n</html>\n")?;
    Ok(report)
}

/// Writes a report to a file, which is there whole or as before.
pub fn write_file(
    selection: &Selection<'_>,
    head: Head<'_>,
    path: &Path,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    put_file(path, |out| write(selection, head, out, progress))
}

fn write_head(
    shown: &Selection<'_>,
    wanted: usize,
    head: Head<'_>,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let dataset = shown.dataset;
    writeln!(out, "<header>\n<h1 dir=\"auto\">{}</h1>", plain(&dataset.title))?;
    let all = dataset.incidents.len();
    let count = if wanted == all {
        t!("report-all", count = all)
    } else {
        t!("report-some", count = wanted, all = all)
    };
    let as_of = dataset.as_of.map(|day| {
        let day = crate::locale::reader().day(day, crate::locale::Length::Long);
        t!("report-as-of", day = day)
    });
    let filter = (!head.filter.is_empty()).then(|| t!("report-filter", filter = head.filter));
    let cut = (shown.len() < wanted).then(|| t!("report-cut", count = shown.len()));
    let lines = [Some(count), filter, cut, as_of];
    for line in lines.into_iter().flatten() {
        writeln!(out, "<p class=\"weak\">{}</p>", plain(&line))?;
    }
    if !dataset.introduction.trim().is_empty() {
        writeln!(out, "<p dir=\"auto\">{}</p>", plain(&dataset.introduction))?;
    }
    if let Some(png) = head.map_png {
        let name = t!("report-map");
        write!(out, "<figure><img alt=\"{}\" src=\"data:image/png;base64,", plain(name))?;
        write_base64(png, out)?;
        out.write_all(b"\"></figure>\n")?;
    }
    out.write_all(b"</header>\n")?;
    Ok(())
}

/// Which sign stands for which event type.
fn write_legend(shown: &Selection<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
    let dataset = shown.dataset;
    let mut counts = vec![0_usize; dataset.event_types.len()];
    for facts in shown.indices().filter_map(|n| dataset.incidents.facts(n)) {
        if let Some(count) = counts.get_mut(usize::from(facts.event_type)) {
            *count += 1;
        }
    }
    out.write_all(b"<ul class=\"legend\">\n")?;
    for (event_type, count) in dataset.event_types.iter().zip(counts).filter(|(_, count)| *count > 0) {
        let (label, count) = (plain(&event_type.label), crate::words::number(count));
        writeln!(
            out,
            "<li>{} <span dir=\"auto\">{label}</span> <span class=\"weak\">{count}</span></li>",
            sign(event_type)
        )?;
    }
    out.write_all(b"</ul>\n")?;
    Ok(())
}

fn write_list(
    shown: &Selection<'_>,
    zone: Option<&TimeZone>,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let heads = [t!("report-title"), t!("report-place"), t!("report-time"), t!("report-status")];
    writeln!(out, "<h2>{}</h2>\n<table class=\"contents\">\n<thead><tr><td></td>", plain(t!("report-list")))?;
    for head in heads {
        write!(out, "<th scope=\"col\">{}</th>", plain(head))?;
    }
    out.write_all(b"</tr></thead>\n<tbody>\n")?;
    shown.each(progress, |n, incident| {
        let sign = shown.dataset.event_types.get(incident.event_type).map_or(String::new(), sign);
        let (title, place) = (plain(&incident.title), plain(&place_words(&incident.place)));
        let (time, status) = (plain(&incident.short_time(zone)), plain(incident.status.short_label()));
        Ok(writeln!(
            out,
            "<tr><td>{sign}</td><td dir=\"auto\"><a href=\"#i{n}\">{title}</a></td><td dir=\"auto\">{place}</td>\
             <td>{time}</td><td>{status}</td></tr>"
        )?)
    })?;
    out.write_all(b"</tbody>\n</table>\n")?;
    Ok(())
}

fn write_incident(
    shown: &Selection<'_>,
    n: usize,
    incident: &Incident,
    zone: Option<&TimeZone>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "<article id=\"i{n}\">")?;
    if let Some(event_type) = shown.dataset.event_types.get(incident.event_type) {
        let label = plain(&event_type.label);
        writeln!(out, "<div class=\"kind\">{}<span dir=\"auto\">{label}</span></div>", sign(event_type))?;
    }
    writeln!(out, "<h3 dir=\"auto\">{}</h3>", plain(&incident.title))?;
    let place = place_words(&incident.place);
    let (name, rest) = place
        .split_once(", ")
        .map_or((place.as_str(), String::new()), |(name, rest)| (name, format!(", {rest}")));
    let time = plain(&incident.long_time(zone));
    writeln!(
        out,
        "<p class=\"dateline weak\" dir=\"auto\"><strong>{}</strong>{} — {time}</p>",
        plain(name),
        plain(&rest)
    )?;
    let class = if incident.status == Status::Contested { "status contested" } else { "status" };
    writeln!(out, "<span class=\"{class}\">{}</span>", plain(incident.status.label()))?;
    if !incident.summary.trim().is_empty() {
        writeln!(out, "<p dir=\"auto\">{}</p>", plain(&incident.summary))?;
    }
    let used = used_sources(incident);
    write_claims(incident, &used, n, out)?;
    write_facts(incident, out)?;
    write_sources(&used, n, out)?;
    write_related(shown, incident, out)?;
    write_more(incident, out)?;
    out.write_all(b"</article>\n")
}

/// The accounts side by side: who asserts beside who denies.
fn write_claims(
    incident: &Incident,
    used: &[&Arc<Source>],
    n: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if incident.claims.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h4>{}</h4>\n<div class=\"claims\">", plain(t!("claims-head")))?;
    for claim in &incident.claims {
        let class = match claim.stance {
            Stance::Asserts => "claim asserts",
            Stance::Denies => "claim denies",
            Stance::Reports => "claim reports",
        };
        let (speaker, stance) = (plain(&claim.speaker), plain(claim.stance.label()));
        write!(
            out,
            "<div class=\"{class}\"><p><strong dir=\"auto\">{speaker}</strong> <span class=\"weak\">{stance}"
        )?;
        for number in numbers(claim, used) {
            write!(out, " <a href=\"#i{n}s{number}\">[{number}]</a>")?;
        }
        writeln!(out, "</span></p><p dir=\"auto\">{}</p></div>", plain(&claim.text))?;
    }
    out.write_all(b"</div>\n")
}

/// Where, how exactly that is known, how many died, who took part.
fn write_facts(incident: &Incident, out: &mut dyn Write) -> std::io::Result<()> {
    let place = &incident.place;
    let position = place.position.to_decimal_text();
    let where_it_is = if place.precision.is_point() {
        format!("{} · {position}", place.precision.label())
    } else {
        t!("report-marker", precision = place.precision.label(), position = position)
    };
    writeln!(out, "<h4>{}</h4>\n<p>{}</p>", plain(t!("location-head")), plain(&where_it_is))?;
    let lists = [
        (t!("report-deaths"), incident.deaths.map(deaths_words)),
        (t!("report-actors"), joined(&incident.actors)),
        (t!("tags-head"), joined(&incident.tags)),
    ];
    for (head, words) in lists.into_iter().filter_map(|(head, words)| Some((head, words?))) {
        writeln!(out, "<h4>{}</h4>\n<p dir=\"auto\">{}</p>", plain(head), plain(&words))?;
    }
    Ok(())
}

fn write_sources(used: &[&Arc<Source>], n: usize, out: &mut dyn Write) -> std::io::Result<()> {
    if used.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h4>{}</h4>\n<ol class=\"sources\">", plain(t!("sources-head")))?;
    for (source, number) in used.iter().zip(1..) {
        let words = plain(&source.to_text());
        write!(out, "<li id=\"i{n}s{number}\" dir=\"auto\">{words}")?;
        if let Some(url) = &source.url {
            let shown = plain(url);
            if may_open(url) {
                write!(out, " <a href=\"{shown}\" rel=\"noreferrer noopener\">{shown}</a>")?;
            } else {
                write!(out, " {shown}")?;
            }
        }
        out.write_all(b"</li>\n")?;
    }
    out.write_all(b"</ol>\n")
}

fn write_related(shown: &Selection<'_>, incident: &Incident, out: &mut dyn Write) -> std::io::Result<()> {
    if incident.related.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h4>{}</h4>\n<ul class=\"sources\">", plain(t!("report-related")))?;
    for link in &incident.related {
        let Some(other) = shown.dataset.incidents.get(link.incident) else { continue };
        let (title, how) = (plain(&other.title), plain(&link.how));
        let title = if shown.contains(link.incident) {
            format!("<a href=\"#i{}\">{title}</a>", link.incident)
        } else {
            title
        };
        writeln!(out, "<li dir=\"auto\">{how}: {title}</li>")?;
    }
    out.write_all(b"</ul>\n")
}

fn write_more(incident: &Incident, out: &mut dyn Write) -> std::io::Result<()> {
    if incident.more.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details><summary>{}</summary>\n<table>", plain(t!("report-more")))?;
    for (name, value) in &incident.more {
        let (name, value) = (plain(name), plain(value));
        writeln!(out, "<tr><th scope=\"row\" dir=\"auto\">{name}</th><td dir=\"auto\">{value}</td></tr>")?;
    }
    out.write_all(b"</table></details>\n")
}

/// What became of the rows of the file, and under which licence it stands.
fn write_foot(dataset: &Dataset, has_map: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let account = &dataset.account;
    let (listed, rejected) = (account.listed() as usize, account.rejected() as usize);
    out.write_all(b"<footer class=\"weak\">\n")?;
    if listed + rejected > 0 {
        let rows = account.rows() as usize;
        let words = t!("report-account", rows = rows, listed = listed, rejected = rejected);
        writeln!(out, "<p>{}</p>", plain(&words))?;
    }
    if let Some(licence) = &dataset.licence {
        writeln!(out, "<p dir=\"auto\">{}</p>", plain(&t!("report-licence", licence = licence)))?;
    }
    if has_map {
        writeln!(out, "<p>{}</p>", plain(&t!("map-data-name", data = t!("map-data"))))?;
    }
    writeln!(out, "<p>{}</p>\n</footer>", plain(t!("report-made")))
}

/// The sources of an incident and of its claims, each once.
fn used_sources(incident: &Incident) -> Vec<&Arc<Source>> {
    let mut used: Vec<&Arc<Source>> = Vec::new();
    let of_claims = incident.claims.iter().flat_map(|claim| &claim.sources);
    for source in incident.sources.iter().chain(of_claims) {
        if !used.contains(&source) {
            used.push(source);
        }
    }
    used
}

fn numbers(claim: &Claim, used: &[&Arc<Source>]) -> Vec<usize> {
    let number = |source: &Arc<Source>| used.iter().position(|known| *known == source).map(|at| at + 1);
    claim.sources.iter().filter_map(number).collect()
}

/// `Tetkino, Kursk Oblast, RU`, as far as it is known.
fn place_words(place: &Place) -> String {
    let region = place.region.as_deref().filter(|region| *region != place.name).unwrap_or_default();
    let parts = [place.name.as_str(), region, place.country.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { t!("report-no-place").to_owned() } else { parts.join(", ") }
}

/// One number, or the best estimate with the range around it.
fn deaths_words(deaths: Deaths) -> String {
    let Deaths { low, best, high } = deaths;
    let [low, best, high] = [low, best, high].map(|count| crate::words::number(count as usize));
    if low == best && best == high {
        best
    } else {
        t!("report-deaths-range", low = low, best = best, high = high)
    }
}

fn joined(parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The sign of an event type as on the map: a white shape on its colour.
fn sign(event_type: &EventType) -> String {
    let shape = match event_type.symbol {
        Symbol::Circle => r#"<circle cx="12" cy="12" r="4"/>"#,
        Symbol::Triangle => r#"<path d="M12 7l5 9H7z"/>"#,
        Symbol::Diamond => r#"<path d="M12 6l6 6-6 6-6-6z"/>"#,
        Symbol::Square => r#"<path d="M8 8h8v8H8z"/>"#,
        Symbol::Cross => r#"<path d="M8 8l8 8M16 8l-8 8" stroke="white" stroke-width="2.5"/>"#,
        Symbol::Plus => r#"<path d="M12 6.5v11M6.5 12h11" stroke="white" stroke-width="2.5"/>"#,
        Symbol::Star => {
            r#"<path d="M12 5.5l1.7 4.2 4.5.3-3.5 2.9 1.1 4.4-3.8-2.4-3.8 2.4 1.1-4.4-3.5-2.9 4.5-.3z"/>"#
        }
        Symbol::Hexagon => r#"<path d="M12 6l5.2 3v6L12 18l-5.2-3V9z"/>"#,
    };
    let color = event_type.color;
    format!(
        r#"<svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11" fill="{color}"/><g fill="white">{shape}</g></svg>"#
    )
}

/// A text of a dataset as it may stand in HTML, also between double quotes: markup is text, and characters that cannot be
/// seen are spelled out. Line feeds stay.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        for c in escape(line.strip_suffix('\r').unwrap_or(line)).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
    }
    out
}

fn write_base64(bytes: &[u8], out: &mut dyn Write) -> std::io::Result<()> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // A multiple of three: only the last part may be padded.
    for part in bytes.chunks(3 << 14) {
        let mut text = Vec::with_capacity(part.len().div_ceil(3) * 4);
        for three in part.chunks(3) {
            let [a, b, c] = [0, 1, 2].map(|n| u32::from(three.get(n).copied().unwrap_or(0)));
            let bits = a << 16 | b << 8 | c;
            for digit in 0..4 {
                let is_there = digit <= three.len();
                let value = (bits >> (18 - 6 * digit) & 63) as usize;
                text.push(if is_there { DIGITS[value] } else { b'=' });
            }
        }
        out.write_all(&text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::bundled;
    use crate::model::Symbol;

    fn report(dataset: &Dataset, head: Head<'_>) -> String {
        let mut out = Vec::new();
        write(&Selection::all(dataset), head, &mut out, &Progress::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_has_the_map_the_list_the_claims_and_the_sources() {
        let dataset = bundled().unwrap();
        let text = report(&dataset, Head { map_png: Some(b"PNG!"), filter: "drone", ..Head::default() });
        assert!(text.contains("src=\"data:image/png;base64,UE5HIQ==\""));
        assert_eq!(text.matches("<article").count(), 6);
        let incident = dataset.incidents.at(0);
        assert_eq!(
            text.matches(&plain(&incident.title)).count(),
            4,
            "in the list, its article, and two links"
        );
        for claim in &incident.claims {
            assert!(text.contains(&plain(&claim.speaker)) && text.contains(&plain(&claim.text)));
        }
        assert!(text.contains("<a href=\"#i0s1\">[1]</a>") && text.contains("id=\"i0s1\""));
        assert!(text.contains("drone"));
    }

    #[test]
    fn nothing_of_a_dataset_becomes_markup_or_is_asked_of_the_network() {
        let mut dataset = bundled().unwrap();
        let evil = "\"><script>alert(1)</script><img src=https://x/y onerror='a()'>\u{202e}&";
        let mut incident = Incident::clone(&dataset.incidents.at(0));
        dataset.title = evil.to_owned();
        dataset.introduction = evil.to_owned();
        dataset.licence = Some(evil.to_owned());
        for event_type in &mut dataset.event_types {
            event_type.label = evil.to_owned();
            event_type.symbol = Symbol::Star;
        }
        for text in [&mut incident.title, &mut incident.summary, &mut incident.place.name] {
            *text = evil.to_owned();
        }
        incident.place.country = evil.to_owned();
        incident.tags = vec![evil.to_owned()];
        incident.actors = vec![evil.to_owned()];
        incident.more = vec![(evil.to_owned(), evil.to_owned())];
        let source = |url: &str| {
            let url = Some(url.to_owned());
            Arc::new(Source { publisher: evil.to_owned(), title: evil.to_owned(), url, ..Source::default() })
        };
        let good = "https://example.org/?a=1&b='2'";
        incident.sources = vec![source("javascript:alert(1)"), source(good), source(evil)];
        let stance = Stance::Denies;
        incident.claims =
            vec![Claim { speaker: evil.to_owned(), stance, text: evil.to_owned(), sources: vec![] }];
        incident.related.iter_mut().for_each(|link| evil.clone_into(&mut link.how));
        dataset.incidents = vec![incident].into();
        let text = report(&dataset, Head { filter: evil, ..Head::default() });
        for mark in ["<script", "<img", "onerror='", "\u{202e}", "href=\"javascript"] {
            assert!(!text.contains(mark), "{mark}");
        }
        assert!(text.contains("href=\"https://example.org/?a=1&amp;b=&#39;2&#39;\""));
        assert!(text.contains("default-src 'none'"));
    }

    #[test]
    fn a_report_of_more_than_anybody_reads_says_where_it_ends() {
        let incidents = (0..=MAX_REPORTED).map(|n| crate::testing::incident_at(&n.to_string(), 0, 1.0, 2.0));
        let dataset = crate::testing::dataset_of(1, incidents.collect());
        let mut out = Vec::new();
        let head = Head::default();
        let report = write(&Selection::all(&dataset), head, &mut out, &Progress::default()).unwrap();
        assert_eq!(report.written, MAX_REPORTED as u64);
        assert!(report.losses()[0].contains(&MAX_REPORTED.to_string()));
    }

    #[test]
    fn bytes_become_base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            let mut out = Vec::new();
            write_base64(bytes.as_bytes(), &mut out).unwrap();
            assert_eq!(out, text.as_bytes());
        }
    }
}
