//! GPX 1.0 and 1.1: waypoints become incidents at their spot, tracks and routes lines with the time from their first to
//! their last point. Extensions are left alone.

use super::features::{self, Fault, Feature, Features, Spot, host_of};
use super::geometry::Found;
use super::html;
use super::input::Input;
use super::limits::{MAX_GEOMETRY_POINTS, MAX_XML_FEATURES};
use super::problem::ReadError;
use super::xml::{self, Xml};
use super::{ReadOptions, title_of};
use crate::geo::LonLat;
use crate::model::{Dataset, Source};
use crate::progress::Progress;

/// Whether a file is GPX.
pub(super) fn detect(head: &[u8]) -> bool {
    xml::begins_with(head, "gpx")
}

/// Reads a file.
pub(super) fn read_input(input: &Input, _: &ReadOptions, progress: &Progress) -> Result<Dataset, ReadError> {
    let (xml, note) = Xml::new(input, &progress.part(0.0, features::READING))?;
    let mut reader =
        Reader { xml, features: Features::default(), title: String::new(), introduction: String::new() };
    reader.features.notes.extend(note);
    reader.read()?;
    let Reader { features, title, introduction, .. } = reader;
    let title = if title.is_empty() { title_of(input) } else { title };
    let mut dataset = features.into_dataset(title, input, &progress.part(features::READING, 1.0))?;
    dataset.introduction = introduction;
    Ok(dataset)
}

struct Reader {
    xml: Xml,
    features: Features,
    title: String,
    introduction: String,
}

/// The points of a track or route, and what is wrong with them.
#[derive(Default)]
struct Path {
    found: Found,
    points: usize,
    fault: Option<Fault>,
    /// The first and the last time.
    whens: Option<[String; 2]>,
}

impl Reader {
    fn read(&mut self) -> Result<(), ReadError> {
        // The file's one element.
        self.xml.child()?;
        if self.xml.name() != "gpx" {
            return Err(self
                .xml
                .error("the file is not GPX: its first element is not <gpx>", "name a GPX file"));
        }
        while self.xml.child()? {
            self.xml.bound(self.features.all.len(), MAX_XML_FEATURES, "waypoints and tracks")?;
            match self.xml.name() {
                "wpt" => self.waypoint()?,
                "trk" => self.path("Track", "trkseg")?,
                "rte" => self.path("Route", "")?,
                "metadata" => {
                    while self.xml.child()? {
                        self.head()?;
                    }
                }
                _ => self.head()?,
            }
        }
        // Nothing but comments may follow.
        self.xml.child()?;
        Ok(())
    }

    /// What the file says of itself; in version 1.0 it stands beside the waypoints.
    fn head(&mut self) -> Result<(), ReadError> {
        match self.xml.name() {
            "name" => self.title = self.xml.content()?,
            "desc" => self.introduction = html::plain(&self.xml.content()?).text,
            _ => self.xml.skip()?,
        }
        Ok(())
    }

    fn waypoint(&mut self) -> Result<(), ReadError> {
        let mut feature = Feature { at: self.xml.at(), kind: "Waypoint".to_owned(), ..Feature::default() };
        feature.place = match position(&self.xml) {
            Ok(at) => {
                let found = Found { points: vec![at], ..Found::default() };
                Spot::At(found.into_geometry())
            }
            Err(fault) if fault.value.is_empty() => Spot::Nowhere(fault),
            Err(fault) => Spot::Wrong(fault),
        };
        while self.xml.child()? {
            self.about(&mut feature)?;
        }
        let when = std::mem::take(&mut feature.when[0]);
        feature.time = self.features.dates.stamp("time", &when, feature.at, &mut feature.more);
        self.features.all.push(feature);
        Ok(())
    }

    /// A track, whose points stand in segments, or a route, which has none.
    fn path(&mut self, kind: &str, segment: &str) -> Result<(), ReadError> {
        let mut feature = Feature { at: self.xml.at(), kind: kind.to_owned(), ..Feature::default() };
        let mut path = Path::default();
        let mut route = Vec::new();
        while self.xml.child()? {
            match self.xml.name() {
                "rtept" if segment.is_empty() => path.point(&mut self.xml, &mut route)?,
                name if !segment.is_empty() && name == segment => {
                    let mut line = Vec::new();
                    while self.xml.child()? {
                        match self.xml.name() {
                            "trkpt" => path.point(&mut self.xml, &mut line)?,
                            _ => self.xml.skip()?,
                        }
                    }
                    path.line(line);
                }
                _ => self.about(&mut feature)?,
            }
        }
        path.line(route);
        if let Some([first, last]) = &path.whens {
            feature.time = self.features.dates.span([first, last], feature.at, &mut feature.more);
        }
        if path.points > 0 {
            feature.more.push(("points".to_owned(), path.points.to_string()));
        }
        feature.place = match path.fault {
            Some(fault) => Spot::Wrong(fault),
            None if path.points == 0 => Spot::Nowhere(Fault::new("", "", "has no points")),
            None => Spot::At(path.found.into_geometry()),
        };
        self.features.all.push(feature);
        Ok(())
    }

    /// What a waypoint, a track or a route says of itself.
    fn about(&mut self, feature: &mut Feature) -> Result<(), ReadError> {
        match self.xml.name() {
            "name" => feature.name = self.xml.content()?,
            "desc" => feature.description = html::plain(&self.xml.content()?),
            "time" => feature.when[0] = self.xml.content()?,
            "type" => {
                let kind = self.xml.content()?;
                // Devices call every waypoint `user`, and some programs number sports.
                let is_word = kind != "user" && !kind.bytes().all(|byte| byte.is_ascii_digit());
                if is_word {
                    feature.kind = kind;
                } else if !kind.is_empty() {
                    feature.more.push(("type".to_owned(), kind));
                }
            }
            "link" => {
                let url = self.xml.attribute("href").unwrap_or_default();
                let [text, _] = self.link_text()?;
                feature.sources.extend(source(&url, text));
            }
            // Version 1.0.
            "url" => {
                let url = self.xml.content()?;
                feature.sources.extend(source(&url, String::new()));
            }
            "cmt" | "sym" | "ele" | "src" | "number" | "urlname" | "fix" | "sat" | "hdop" | "vdop"
            | "pdop" | "magvar" | "geoidheight" | "ageofdgpsdata" | "dgpsid" | "course" | "speed" => {
                let name = self.xml.name().to_owned();
                let value = self.xml.content()?;
                let is_said = name == "cmt" && value == feature.description.text;
                if !value.is_empty() && !is_said {
                    feature.more.push((name, value));
                }
            }
            // Extensions, and what no version knows.
            _ => self.xml.skip()?,
        }
        Ok(())
    }

    fn link_text(&mut self) -> Result<[String; 2], ReadError> {
        let mut texts = [String::new(), String::new()];
        while self.xml.child()? {
            match self.xml.name() {
                "text" => texts[0] = self.xml.content()?,
                "type" => texts[1] = self.xml.content()?,
                _ => self.xml.skip()?,
            }
        }
        Ok(texts)
    }
}

impl Path {
    /// Reads the point that was opened last to its end.
    fn point(&mut self, xml: &mut Xml, line: &mut Vec<LonLat>) -> Result<(), ReadError> {
        self.points += 1;
        match position(xml) {
            Ok(_) if self.points > MAX_GEOMETRY_POINTS => {
                self.fail(Fault::new("", "", &format!("has more than {MAX_GEOMETRY_POINTS} points")));
            }
            Ok(at) => line.push(at),
            Err(fault) => self.fail(fault),
        }
        while xml.child()? {
            if xml.name() != "time" {
                xml.skip()?;
                continue;
            }
            let when = xml.content()?;
            match &mut self.whens {
                _ if when.is_empty() => {}
                Some([_, last]) => *last = when,
                None => self.whens = Some([when.clone(), when]),
            }
        }
        Ok(())
    }

    /// A line of one point is a point.
    fn line(&mut self, line: Vec<LonLat>) {
        match line.as_slice() {
            [] => {}
            [point] => self.found.points.push(*point),
            _ => self.found.lines.push(line),
        }
    }

    /// The first fault counts.
    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }
}

/// Where the element that was opened last is.
fn position(xml: &Xml) -> Result<LonLat, Fault> {
    let number = |name: &'static str, most_deg: f64| {
        let text = xml.attribute(name).unwrap_or_default();
        match text.trim().parse::<f64>() {
            _ if text.trim().is_empty() => Err(Fault::new(name, "", "is empty: there is no position")),
            Ok(angle) if angle.abs() <= most_deg => Ok(angle),
            Ok(angle) if angle.is_finite() => {
                Err(Fault::new(name, &text, &format!("lies beyond {most_deg} degrees")))
            }
            _ => Err(Fault::new(name, &text, "is no number of degrees")),
        }
    };
    let lat_deg = number("lat", 90.0)?;
    Ok(LonLat::new(number("lon", 180.0)?, lat_deg))
}

/// A link as a source, if it goes to the web.
fn source(url: &str, title: String) -> Option<Source> {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    is_web.then(|| Source {
        publisher: host_of(url).to_owned(),
        title,
        url: Some(url.to_owned()),
        ..Source::default()
    })
}
