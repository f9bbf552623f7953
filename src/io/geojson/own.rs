//! The GeoJSON that this program writes: every field of the model under a name of its own, so that it is read back to
//! the same incidents. The names stand in the head of [`super`]; they are those of the columns of tables that it writes.

use serde::{Deserialize, Serialize};

use super::feature::{Members, Number, Parsed, Position, Refusal, text_of};
use crate::io::record::{
    ClaimRecord, PRECISIONS, RelatedRecord, STANCES, STATUSES, SourceRecord, TIME_PRECISIONS, TypeRecord,
};
use crate::io::ron::{Words, word_of};
use crate::model::{
    Claim, Dataset, Deaths, EventType, Incident, IncidentTime, Moment, Place, Precision, Rgb, Status, Symbol,
    TimePrecision,
};

/// The member of a collection that says that this program wrote it.
pub(super) const MEMBER: &str = "dateline";

/// The version that is written, and the last one that is read.
pub(super) const VERSION: u32 = 1;

/// The names of properties that mean something of their own.
pub(super) const NAMES: [&str; 29] = [
    "title",
    "type",
    "event_type_id",
    "date",
    "end",
    "time_precision",
    "status",
    "precision",
    "radius_m",
    "position",
    "place",
    "local_name",
    "region",
    "region_code",
    "country",
    "summary",
    "claims",
    "sources",
    "related",
    "tags",
    "actors",
    "deaths",
    "deaths_low",
    "deaths_high",
    "more",
    "marker-color",
    "marker-symbol",
    "source",
    "url",
];

/// What stands before the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u32,
    pub(super) title: String,
    #[serde(default)]
    pub(super) introduction: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) as_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) licence: Option<String>,
    pub(super) event_types: Vec<TypeRecord>,
}

/// What a word of a property means, in any case.
fn meant_by<T: Copy>(words: Words<T>, word: &str) -> Option<T> {
    words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
}

impl Header {
    /// What stands before the features of a dataset.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let event_types = dataset.event_types.iter();
        Self {
            format: VERSION,
            title: dataset.title.clone(),
            introduction: dataset.introduction.clone(),
            as_of: dataset.as_of.map(|date| date.to_string()),
            licence: dataset.licence.clone(),
            event_types: event_types
                .map(|event_type| TypeRecord::of(event_type, super::style::word_of(event_type.symbol)))
                .collect(),
        }
    }

    /// The event types that it declares.
    pub(super) fn types(&self) -> Vec<EventType> {
        let types = self.event_types.iter();
        types
            .map(|own| EventType {
                id: own.id.clone(),
                label: own.label.clone(),
                color: Rgb::from_hex(&own.color).unwrap_or(Rgb { r: 0x54, g: 0x60, b: 0x69 }),
                symbol: Symbol::ALL
                    .into_iter()
                    .find(|symbol| super::style::word_of(*symbol) == own.symbol)
                    .unwrap_or(Symbol::Circle),
            })
            .collect()
    }
}

/// An incident from a feature that this program wrote.
pub(super) fn incident(
    header: &Header,
    parsed: Parsed<'_>,
) -> Result<(Incident, Vec<RelatedRecord>), Refusal> {
    let geometry = parsed.geometry?;
    let fields = Fields(&parsed.properties);
    let position = match fields.json("position")? {
        Some(Position(position)) => position.filter(|it| it.is_valid()),
        None => geometry.position(),
    };
    let Some(position) = position else {
        return Err(Refusal::rejected("position", "", "is no longitude and latitude on earth"));
    };
    let place = Place {
        name: fields.text("place"),
        local_name: fields.some("local_name"),
        region: fields.some("region"),
        region_code: fields.some("region_code"),
        country: fields.text("country"),
        position,
        precision: fields.word("precision", PRECISIONS)?.unwrap_or(Precision::Exact),
        radius_m: fields.json("radius_m")?.map(|Number(radius_m)| radius_m).filter(|it| *it > 0.0),
    };
    let id = parsed.id.map(|id| text_of(&id).into_owned()).unwrap_or_default();
    let mut incident = Incident::new(id, fields.text("title"), place);
    let event_type = fields.text("event_type_id");
    let known = header.event_types.iter().position(|known| known.id == event_type);
    incident.event_type = known.ok_or_else(|| {
        Refusal::rejected("event_type_id", &event_type, "is not in the file's list of event types")
    })?;
    incident.time = fields.time()?;
    incident.summary = fields.text("summary");
    incident.status = fields.word("status", STATUSES)?.unwrap_or(Status::Unverified);
    incident.claims = fields.claims()?;
    incident.sources = SourceRecord::read(fields.json("sources")?.unwrap_or_default());
    incident.tags = fields.json("tags")?.unwrap_or_default();
    incident.actors = fields.json("actors")?.unwrap_or_default();
    if let Some(best) = fields.json("deaths")? {
        let low = fields.json("deaths_low")?.unwrap_or(best);
        let high = fields.json("deaths_high")?.unwrap_or(best);
        incident.deaths = Some(Deaths { low, best, high });
    }
    incident.more = match fields.json("more")? {
        Some(more) => more,
        None => fields.more(),
    };
    if incident.title.is_empty() {
        return Err(Refusal::rejected("title", "", "is empty"));
    }
    Ok((incident, fields.json("related")?.unwrap_or_default()))
}

/// The properties of a feature, by their names.
struct Fields<'a>(&'a Members<'a>);

impl Fields<'_> {
    fn text(&self, name: &str) -> String {
        self.0.get(name).map(|json| text_of(json).into_owned()).unwrap_or_default()
    }

    fn some(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|json| *json != "null").map(|json| text_of(json).into_owned())
    }

    fn json<'b, T: Deserialize<'b>>(&'b self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(json) = self.0.get(name) else { return Ok(None) };
        serde_json::from_str(json).map_err(|error| Refusal::rejected(name, json, Refusal::of(&error).reason))
    }

    fn word<T: Copy>(&self, name: &str, words: Words<T>) -> Result<Option<T>, Refusal> {
        let Some(word) = self.some(name) else { return Ok(None) };
        let list = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let refusal = || Refusal::rejected(name, &word, format!("is none of {}", list()));
        meant_by(words, &word).map(Some).ok_or_else(refusal)
    }

    fn time(&self) -> Result<Option<IncidentTime>, Refusal> {
        let moment = |name: &str| -> Result<Option<Moment>, Refusal> {
            let Some(text) = self.some(name) else { return Ok(None) };
            let refusal =
                |error: crate::model::MomentError| Refusal::rejected(name, &text, error.to_string());
            Moment::parse(&text).map(Some).map_err(refusal)
        };
        let Some(start) = moment("date")? else { return Ok(None) };
        let precision = self.word("time_precision", TIME_PRECISIONS)?.unwrap_or(TimePrecision::Day);
        let time = IncidentTime { start, end: moment("end")?, precision };
        if time.is_reversed() {
            return Err(Refusal::rejected("end", &self.text("end"), "is before the date"));
        }
        Ok(Some(time))
    }

    fn claims(&self) -> Result<Vec<Claim>, Refusal> {
        let claims: Vec<ClaimRecord> = self.json("claims")?.unwrap_or_default();
        let claim = |own: ClaimRecord| {
            let stance = meant_by(STANCES, &own.stance).ok_or_else(|| {
                Refusal::rejected("claims", &own.stance, "is none of asserts, denies, reports")
            })?;
            Ok(own.into_claim(stance))
        };
        claims.into_iter().map(claim).collect()
    }

    /// What is under no name of this program's own.
    fn more(&self) -> Vec<(String, String)> {
        let others = self.0.0.iter().filter(|(name, _)| !NAMES.contains(&name.as_ref()));
        others.map(|(name, json)| (name.clone().into_owned(), text_of(json).into_owned())).collect()
    }
}

/// The properties of an incident, in the order in which a person wants to read them.
pub(super) fn properties(
    dataset: &Dataset,
    incident: &Incident,
    related: &[RelatedRecord],
    is_drawn: bool,
) -> Result<Vec<(String, serde_json::Value)>, serde_json::Error> {
    use serde_json::{Value, to_value};
    let mut all: Vec<(String, Value)> = Vec::with_capacity(24);
    let mut put = |name: &str, value: Value| {
        let is_empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if !is_empty {
            all.push((name.to_owned(), value));
        }
    };
    let Incident { place, .. } = incident;
    put("title", incident.title.as_str().into());
    if let Some(event_type) = dataset.event_types.get(incident.event_type) {
        put("type", event_type.label.as_str().into());
        put("event_type_id", event_type.id.as_str().into());
        put("marker-color", event_type.color.to_string().into());
        put("marker-symbol", super::style::word_of(event_type.symbol).into());
    }
    if let Some(time) = &incident.time {
        put("date", time.start.to_text().into());
        put("end", time.end.as_ref().map(Moment::to_text).into());
        put("time_precision", word_of(TIME_PRECISIONS, &time.precision).into());
    }
    put("status", word_of(STATUSES, &incident.status).into());
    put("precision", word_of(PRECISIONS, &place.precision).into());
    put("radius_m", place.radius_m.into());
    if is_drawn {
        put("position", to_value([place.position.lon_deg, place.position.lat_deg])?);
    }
    put("place", place.name.as_str().into());
    for (name, text) in
        [("local_name", &place.local_name), ("region", &place.region), ("region_code", &place.region_code)]
    {
        if let Some(text) = text {
            put(name, text.as_str().into());
        }
    }
    put("country", place.country.as_str().into());
    put("summary", incident.summary.as_str().into());
    put("claims", to_value(ClaimRecord::all(&incident.claims, STANCES))?);
    put("sources", to_value(SourceRecord::all(&incident.sources))?);
    let publishers = incident.sources.iter().map(|source| source.publisher.as_str());
    put("source", joined(publishers).into());
    put("url", joined(incident.sources.iter().filter_map(|source| source.url.as_deref())).into());
    put("related", to_value(related)?);
    put("tags", to_value(&incident.tags)?);
    put("actors", to_value(&incident.actors)?);
    if let Some(Deaths { low, best, high }) = incident.deaths {
        put("deaths", best.into());
        put("deaths_low", Some(low).filter(|it| *it != best).into());
        put("deaths_high", Some(high).filter(|it| *it != best).into());
    }
    if is_flat(&incident.more) {
        all.extend(incident.more.iter().map(|(name, text)| (name.clone(), text.as_str().into())));
    } else {
        put("more", to_value(&incident.more)?);
    }
    Ok(all)
}

/// For people and other programs; this one reads the list of sources.
fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Whether what a file says beyond the model can stand beside the properties that have a meaning.
fn is_flat(more: &[(String, String)]) -> bool {
    let is_own = |name: &str| NAMES.contains(&name) || name.is_empty();
    let mut names: Vec<&str> = more.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    !names.windows(2).any(|pair| pair[0] == pair[1]) && !names.into_iter().any(is_own)
}
