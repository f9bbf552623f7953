//! The structs of dataset format 1: which fields they have, which of them may be left out, and the words of the format.
//! One table that the reader checks against and that its messages quote.

use crate::model::{Precision, ShapeKind, Stance, Status, Symbol, TimePrecision};

/// A struct of the format.
#[derive(Debug)]
pub(super) struct Schema {
    /// The name that may stand before its bracket.
    pub(super) name: &'static str,
    /// Its fields in the order of the format.
    pub(super) fields: &'static [Field],
}

impl Schema {
    /// Whether it has a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }
}

/// A field of a struct.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    /// A value as an author might write it, for advice.
    pub(super) example: &'static str,
}

const fn required(name: &'static str, example: &'static str) -> Field {
    Field { name, is_required: true, example }
}

const fn optional(name: &'static str, example: &'static str) -> Field {
    Field { name, is_required: false, example }
}

pub(super) const DATASET: Schema = Schema {
    name: "Dataset",
    fields: &[
        required("format", "1"),
        required("title", r#""A title""#),
        required("introduction", r#""What it is""#),
        optional("as_of", r#""2025-05-02""#),
        optional("licence", r#""CC0-1.0""#),
        required("event_types", "[...]"),
        required("sources", "[...]"),
        required("incidents", "[...]"),
    ],
};

pub(super) const EVENT_TYPE: Schema = Schema {
    name: "EventType",
    fields: &[
        required("id", r#""flood""#),
        required("label", r#""Flood""#),
        required("color", r##""#0A6BB0""##),
        required("symbol", "Diamond"),
    ],
};

pub(super) const SOURCE: Schema = Schema {
    name: "Source",
    fields: &[
        required("id", r#""gazette""#),
        required("publisher", r#""The River Gazette""#),
        required("title", r#""A headline""#),
        optional("author", r#""A. Writer""#),
        optional("date", r#""2025-05-01""#),
        optional("url", r#""https://...""#),
    ],
};

pub(super) const INCIDENT: Schema = Schema {
    name: "Incident",
    fields: &[
        required("id", r#""market-flood""#),
        required("title", r#""A headline""#),
        required("event_type", r#""flood""#),
        required("place", "Place(...)"),
        optional("time", "Time(...)"),
        required("summary", r#""What happened""#),
        required("status", "Claimed"),
        optional("claims", "[Claim(...)]"),
        required("sources", r#"["gazette"]"#),
        optional("related", "[Related(...)]"),
        optional("tags", r#"["river"]"#),
        optional("actors", r#"["Fire brigade"]"#),
        optional("deaths", "Deaths(low: 1, best: 2, high: 3)"),
        optional("more", r#"[More(name: "weather", value: "rain")]"#),
        optional("shapes", "[Shape(...)]"),
    ],
};

pub(super) const DEATHS: Schema =
    Schema { name: "Deaths", fields: &[required("low", "1"), required("best", "2"), required("high", "3")] };

pub(super) const MORE: Schema =
    Schema { name: "More", fields: &[required("name", r#""weather""#), required("value", r#""rain""#)] };

pub(super) const SHAPE: Schema = Schema {
    name: "Shape",
    fields: &[required("kind", "Line"), required("parts", "[[16.37, 48.20, 16.41, 48.22]]")],
};

pub(super) const PLACE: Schema = Schema {
    name: "Place",
    fields: &[
        required("name", r#""Vienna""#),
        optional("local_name", r#""Wien""#),
        optional("region", r#""Vienna""#),
        optional("region_code", r#""AT-9""#),
        optional("country", r#""AT""#),
        required("position", "(lon: 16.3725, lat: 48.2083)"),
        required("precision", "Settlement"),
        optional("radius_m", "1500.0"),
    ],
};

pub(super) const POSITION: Schema =
    Schema { name: "Position", fields: &[required("lon", "16.3725"), required("lat", "48.2083")] };

pub(super) const TIME: Schema = Schema {
    name: "Time",
    fields: &[
        required("start", r#""2025-05-01""#),
        optional("end", r#""2025-05-01""#),
        required("precision", "Day"),
    ],
};

pub(super) const CLAIM: Schema = Schema {
    name: "Claim",
    fields: &[
        required("speaker", r#""Town council""#),
        required("stance", "Asserts"),
        required("text", r#""What is said""#),
        required("sources", r#"["gazette"]"#),
    ],
};

pub(super) const RELATED: Schema =
    Schema { name: "Related", fields: &[required("id", r#""bridge""#), required("how", r#""same flood""#)] };

/// Words that stand without quotes, with what they mean.
pub(super) type Words<T> = &'static [(&'static str, T)];

pub(super) const SYMBOLS: Words<Symbol> = &[
    ("Circle", Symbol::Circle),
    ("Triangle", Symbol::Triangle),
    ("Diamond", Symbol::Diamond),
    ("Square", Symbol::Square),
    ("Cross", Symbol::Cross),
    ("Plus", Symbol::Plus),
    ("Star", Symbol::Star),
    ("Hexagon", Symbol::Hexagon),
];

pub(super) const PRECISIONS: Words<Precision> = &[
    ("Exact", Precision::Exact),
    ("Settlement", Precision::Settlement),
    ("District", Precision::District),
    ("Region", Precision::Region),
    ("Country", Precision::Country),
];

pub(super) const SHAPE_KINDS: Words<ShapeKind> = &[("Line", ShapeKind::Line), ("Area", ShapeKind::Area)];

pub(super) const TIME_PRECISIONS: Words<TimePrecision> = &[
    ("Minute", TimePrecision::Minute),
    ("Day", TimePrecision::Day),
    ("Week", TimePrecision::Week),
    ("Month", TimePrecision::Month),
    ("Year", TimePrecision::Year),
];

pub(super) const STATUSES: Words<Status> = &[
    ("Unverified", Status::Unverified),
    ("Claimed", Status::Claimed),
    ("Contested", Status::Contested),
    ("StatedByOfficials", Status::StatedByOfficials),
    ("Corroborated", Status::Corroborated),
];

pub(super) const STANCES: Words<Stance> =
    &[("Asserts", Stance::Asserts), ("Denies", Stance::Denies), ("Reports", Stance::Reports)];

/// The word for a value; the inverse of looking it up.
pub(super) fn word_of<T: PartialEq>(words: Words<T>, value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}
