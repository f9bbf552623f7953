//! Rows to incidents: the texts, which are read back when somebody looks at them.

use std::sync::Arc;

use super::cells::{self, Cells, is_unknown};
use super::dates::{self, Order};
use super::layouts::Layout;
use super::plan::{HEADLINES, SOURCE_DATES, SUB_TYPE};
use super::reader::TableReader;
use super::swapped::country_code;
use super::{Field, cells::list_of};
use crate::geo::LonLat;
use crate::model::{Deaths, Incident, Moment, Place, SearchText, Source};

/// Characters of a summary that stand for a missing title.
const TITLE_CHARS: usize = 80;

impl TableReader {
    /// An incident with all that its row says, but for its event type and, where the row has none, its identifier.
    pub(super) fn texts<C: Cells + ?Sized>(&self, cells: &C, position: LonLat) -> Incident {
        let plan = &self.plan;
        let text = |field| plan.text(cells, field).trim().to_owned();
        let some = |field| Some(text(field)).filter(|text| !text.is_empty());
        let (precision, radius_m, is_odd) = self.precision(cells);
        // Columns that say more than could be read of them stay as they are.
        let mut left = Vec::new();
        if is_odd {
            left.extend(plan.column(Field::Precision));
        }
        let country = country_code(&text(Field::Country));
        if country.is_none() {
            left.extend(plan.column(Field::Country));
        }
        let place = Place {
            name: text(Field::Place),
            local_name: None,
            region: some(Field::Region),
            region_code: None,
            country: country.unwrap_or_default().to_owned(),
            position,
            precision,
            radius_m,
        };
        let when = self.when(cells, 0, None);
        left.extend(when.left);
        let (status, is_odd) = self.status(cells);
        if is_odd {
            left.extend(plan.column(Field::Status));
        }
        let mut incident = Incident::new(text(Field::Id), self.title(cells, || position), place);
        incident.time = when.time;
        incident.status = status;
        incident.summary = text(Field::Summary);
        incident.deaths = self.deaths(cells, &mut left);
        incident.tags = tags_of(&plan.text(cells, Field::Tags)).map(str::to_owned).collect();
        incident.actors = self.actors(cells);
        incident.sources = self.sources(cells);
        if plan.layout == Layout::Gdelt || plan.layout == Layout::Ucdp {
            // The code says what the label says, but others may want it as it was.
            left.extend(plan.column(Field::Type));
        }
        incident.more = self.more(cells, &left);
        if plan.layout == Layout::Dateline {
            self.own(cells, &mut incident);
        }
        incident
    }

    /// Takes in what a search looks through of a row; `false` where cells alone do not say it.
    pub fn search_text<C: Cells + ?Sized>(&self, cells: &C, into: &mut SearchText) -> bool {
        let plan = &self.plan;
        if plan.layout == Layout::Dateline {
            return false;
        }
        let nowhere = LonLat::new(0.0, 0.0);
        into.push_prose(&self.title(cells, || self.place(cells).map_or(nowhere, |(position, _)| position)));
        into.push_prose(plan.text(cells, Field::Summary).trim());
        into.push_name(plan.text(cells, Field::Place).trim());
        into.push_name(plan.text(cells, Field::Region).trim());
        tags_of(&plan.text(cells, Field::Tags)).for_each(|tag| into.push_name(tag));
        true
    }

    /// A headline of what the row says: its own, or its type and its place, or the beginning of its text.
    fn title<C: Cells + ?Sized>(&self, cells: &C, position: impl FnOnce() -> LonLat) -> String {
        let plan = &self.plan;
        let own = plan.text(cells, Field::Title);
        if !own.trim().is_empty() {
            return own.trim().to_owned();
        }
        let sub_type = plan.extra(cells, SUB_TYPE);
        let kind = if sub_type.trim().is_empty() { self.type_name(cells) } else { sub_type };
        let place = plan.text(cells, Field::Place);
        let parts: Vec<&str> =
            [kind.trim(), place.trim()].into_iter().filter(|part| !part.is_empty()).collect();
        let summary = plan.text(cells, Field::Summary);
        let summary = summary.trim();
        // A place alone says less than the text of what happened there.
        let is_enough =
            !kind.trim().is_empty() && (!place.trim().is_empty() || plan.layout != Layout::Mapped);
        if is_enough {
            return parts.join(", ");
        }
        let first_line = summary.lines().next().unwrap_or_default();
        match first_line.char_indices().nth(TITLE_CHARS) {
            Some((end, _)) => format!("{}…", first_line[..end].trim_end()),
            None if !first_line.is_empty() => first_line.to_owned(),
            None if !parts.is_empty() => parts.join(", "),
            None => position().to_decimal_text(),
        }
    }

    /// How many people died, and the columns that say something else. ACLED's 0 means that none are reported, not that
    /// there were none.
    fn deaths<C: Cells + ?Sized>(&self, cells: &C, left: &mut Vec<usize>) -> Option<Deaths> {
        let [best, low, high] = [Field::Deaths, Field::DeathsLow, Field::DeathsHigh].map(|field| {
            let count = cells::count_of(&self.plan.text(cells, field));
            if count.is_none() {
                left.extend(self.plan.column(field));
            }
            count
        });
        let estimates = || [Field::DeathsLow, Field::DeathsHigh].map(|field| self.plan.column(field));
        let is_silent = self.plan.layout == Layout::Acled && best == Some(0);
        let Some(best) = best.filter(|_| !is_silent) else {
            left.extend(self.plan.column(Field::Deaths));
            left.extend(estimates().into_iter().flatten());
            return None;
        };
        let (low, high) = (low.unwrap_or(best), high.unwrap_or(best));
        // What cannot be a range is left as it stands.
        if low > best || best > high {
            left.extend(estimates().into_iter().flatten());
            return Some(Deaths { low: best, best, high: best });
        }
        Some(Deaths { low, best, high })
    }

    fn actors<C: Cells + ?Sized>(&self, cells: &C) -> Vec<String> {
        let named = self.plan.text(cells, Field::Actor);
        let is_own = self.plan.layout == Layout::Dateline;
        let named = list_of(&named).filter(|name| is_own || !is_unknown(name));
        let mut actors: Vec<String> = named.map(str::to_owned).collect();
        for column in &self.plan.actors {
            let cell = cells.cell(*column);
            // Groups beside the first are listed with semicolons; names of the main ones may have any sign in them.
            if self.plan.layout == Layout::Acled {
                actors.extend(list_of(&cell).map(str::to_owned));
            } else {
                actors.extend(Some(cell.trim()).filter(|name| !name.is_empty()).map(str::to_owned));
            }
        }
        actors
    }

    fn sources<C: Cells + ?Sized>(&self, cells: &C) -> Vec<Arc<Source>> {
        let plan = &self.plan;
        let (publishers, urls) = (plan.text(cells, Field::Source), plan.text(cells, Field::Url));
        let mut urls: Vec<String> = urls
            .split([' ', ';', '\n', '\r', '\t'])
            .map(str::to_owned)
            .filter(|url| !url.is_empty())
            .collect();
        let mut names = Vec::new();
        for part in publishers.split([';', '\n']).map(str::trim) {
            // A name may be followed by the address: `TASS https://…`.
            let links: Vec<&str> = part.split_whitespace().filter(|word| is_url(word)).collect();
            let name = match links.as_slice() {
                [] => part.to_owned(),
                _ => part.split_whitespace().filter(|word| !is_url(word)).collect::<Vec<_>>().join(" "),
            };
            urls.extend(links.into_iter().map(str::to_owned));
            names.extend(Some(name).filter(|name| !name.is_empty()));
        }
        let (titles, dates) = (plan.extra(cells, HEADLINES), plan.extra(cells, SOURCE_DATES));
        let (titles, dates): (Vec<&str>, Vec<&str>) = (list_of(&titles).collect(), list_of(&dates).collect());
        let day = |text: &str| match dates::read(text, Order::DayFirst).reading?.moment {
            Moment::Day(date) => Some(date),
            Moment::Instant(zoned) => Some(zoned.date()),
        };
        let is_paired = urls.len() == names.len() || names.len() == 1 && !urls.is_empty();
        let count = if is_paired { urls.len() } else { names.len() };
        let mut sources: Vec<Source> = (0..count)
            .map(|n| Source {
                publisher: names.get(n).or(names.first()).cloned().unwrap_or_default(),
                url: if is_paired { urls.get(n).cloned() } else { None },
                title: titles
                    .get(n)
                    .filter(|_| titles.len() == count)
                    .map_or_else(String::new, |it| (*it).to_owned()),
                date: dates.get(n).filter(|_| dates.len() == count).and_then(|it| day(it)),
                ..Source::default()
            })
            .collect();
        if !is_paired {
            let bare = |url: String| Source {
                publisher: host_of(&url).to_owned(),
                url: Some(url),
                ..Source::default()
            };
            sources.extend(urls.into_iter().map(bare));
        }
        sources.into_iter().map(Arc::new).collect()
    }

    /// What the row says beyond the fields, and what could not be read of them, in the order of the columns.
    fn more<C: Cells + ?Sized>(&self, cells: &C, left: &[usize]) -> Vec<(String, String)> {
        let is_used = |column: usize| self.plan.is_used.get(column).copied().unwrap_or(false);
        let mut more = Vec::new();
        for (column, name) in self.header.iter().enumerate() {
            if is_used(column) && !left.contains(&column) {
                continue;
            }
            let cell = cells.cell(column);
            let says_nothing = cell.trim().is_empty() || is_used(column) && is_unknown(&cell);
            if !says_nothing {
                more.push((name.clone(), cell.into_owned()));
            }
        }
        more
    }
}

fn tags_of(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',']).map(str::trim).filter(|tag| !tag.is_empty())
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// The host of an address.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}
