//! A value of a column as the text of a cell: as a table in a text file would have it.

use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::Int96;
use parquet::schema::types::ColumnDescriptor;

/// Bytes that are no text are written as digits; of more than these only the beginning.
const SHOWN_BYTES: usize = 64;

/// The day that Julian day numbers of times of the old kind count 1970-01-01 as.
const JULIAN_EPOCH_DAY: i64 = 2_440_588;

/// What the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They are what they are: numbers, truth values.
    Plain,
    /// Integers without a sign, of so many bits.
    Unsigned(u32),
    /// Texts, or bytes that may be text.
    Text,
    /// Integers that count 10 to the power of minus this.
    Decimal(u32),
    /// Days since 1970.
    Date,
    /// A time of day in so many parts of a second.
    TimeOfDay(i64),
    /// Parts of a second since 1970: how many make a second, and whether it is UTC.
    Timestamp {
        /// How many make a second.
        per_second: i64,
        /// Whether they are counted in UTC; else in a zone that nobody knows.
        is_utc: bool,
    },
    /// A number of 16 bits.
    Half,
    /// A universally unique identifier.
    Uuid,
    /// A geometry as well-known binary.
    Geometry,
}

impl Kind {
    /// What the schema says of a column.
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let scale = |scale: i32| Self::Decimal(u32::try_from(scale).unwrap_or(0).min(38));
        if let Some(logical) = column.logical_type_ref() {
            return match logical {
                LogicalType::Decimal(decimal) => scale(decimal.scale),
                LogicalType::Date => Self::Date,
                LogicalType::Time(time) => Self::TimeOfDay(per_second(time.unit)),
                LogicalType::Timestamp(time) => {
                    Self::Timestamp { per_second: per_second(time.unit), is_utc: time.is_adjusted_to_u_t_c }
                }
                LogicalType::Integer(integer) if !integer.is_signed => {
                    Self::Unsigned(u32::try_from(integer.bit_width).unwrap_or(64))
                }
                LogicalType::Float16 => Self::Half,
                LogicalType::Uuid => Self::Uuid,
                LogicalType::Geometry(_) | LogicalType::Geography(_) => Self::Geometry,
                _ => Self::physical(column),
            };
        }
        let timestamp = |per_second| Self::Timestamp { per_second, is_utc: true };
        match column.converted_type() {
            ConvertedType::DECIMAL => scale(column.type_scale()),
            ConvertedType::DATE => Self::Date,
            ConvertedType::TIME_MILLIS => Self::TimeOfDay(1000),
            ConvertedType::TIME_MICROS => Self::TimeOfDay(1_000_000),
            ConvertedType::TIMESTAMP_MILLIS => timestamp(1000),
            ConvertedType::TIMESTAMP_MICROS => timestamp(1_000_000),
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 => Self::Unsigned(32),
            ConvertedType::UINT_64 => Self::Unsigned(64),
            _ => Self::physical(column),
        }
    }

    fn physical(column: &ColumnDescriptor) -> Self {
        match column.physical_type() {
            Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => Self::Text,
            _ => Self::Plain,
        }
    }
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// Adds an integer, or what it stands for.
pub(super) fn integer(value: i64, kind: &Kind, out: &mut String) {
    let written = match *kind {
        Kind::Unsigned(bits) if bits <= 32 => write!(out, "{}", value as u32),
        Kind::Unsigned(_) => write!(out, "{}", value as u64),
        Kind::Decimal(scale) => {
            decimal(value.into(), scale, out);
            Ok(())
        }
        Kind::Date => match date_of(value) {
            Some(date) => write!(out, "{date}"),
            None => write!(out, "{value}"),
        },
        Kind::TimeOfDay(per_second) => match time_of_day(value, per_second) {
            Some(time) => write!(out, "{time}"),
            None => write!(out, "{value}"),
        },
        Kind::Timestamp { per_second, is_utc } => {
            timestamp(value, per_second, is_utc, out);
            Ok(())
        }
        _ => write!(out, "{value}"),
    };
    // Writing to a text does not fail.
    let _ = written;
}

/// The day so many days after 1970-01-01.
pub(super) fn date_of(days: i64) -> Option<Date> {
    // The calendar ends after some seven million days; the span must not be longer than it can be.
    (days.abs() < 7_000_000).then(|| Date::constant(1970, 1, 1).checked_add(days.days()).ok()).flatten()
}

fn time_of_day(value: i64, per_second: i64) -> Option<Time> {
    let seconds = value.div_euclid(per_second);
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let part = |value: i64| i8::try_from(value).ok();
    Time::new(
        part(seconds / 3600)?,
        part(seconds / 60 % 60)?,
        part(seconds % 60)?,
        i32::try_from(nanos).ok()?,
    )
    .ok()
}

/// A time of day that is unknown to the zone is a day only where it is midnight: that is how tables keep days.
fn timestamp(value: i64, per_second: i64, is_utc: bool, out: &mut String) {
    let written = match instant(value, per_second) {
        Some(instant) if is_utc => write!(out, "{instant}"),
        Some(instant) => {
            let local: DateTime = Offset::UTC.to_datetime(instant);
            if local.time() == Time::midnight() {
                write!(out, "{}", local.date())
            } else {
                write!(out, "{local}")
            }
        }
        None => write!(out, "{value}"),
    };
    let _ = written;
}

/// The instant so many parts of a second after 1970.
pub(super) fn instant(value: i64, per_second: i64) -> Option<Timestamp> {
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    Timestamp::new(value.div_euclid(per_second), i32::try_from(nanos).ok()?).ok()
}

/// Adds a time of the old kind, whose zone nobody knows.
pub(super) fn old_time(value: &Int96, out: &mut String) {
    let [low, high, day] = *value.data() else { return };
    let nanos = (u64::from(high) << 32 | u64::from(low)).cast_signed();
    let seconds = (i64::from(day) - JULIAN_EPOCH_DAY) * 86_400 + nanos.div_euclid(1_000_000_000);
    match Timestamp::new(seconds, nanos.rem_euclid(1_000_000_000) as i32) {
        Ok(instant) => timestamp(instant.as_microsecond(), 1_000_000, false, out),
        Err(_) => {
            let _ = write!(out, "{day}:{nanos}");
        }
    }
}

/// Adds a number; what is not a number is nothing, as tables have it.
pub(super) fn number(value: f64, text: &str, out: &mut String) {
    if !value.is_nan() {
        out.push_str(text);
    }
}

/// Adds bytes, or what they stand for.
pub(super) fn bytes(bytes: &[u8], kind: &Kind, out: &mut String) {
    match *kind {
        Kind::Decimal(scale) if bytes.len() <= 16 => {
            let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
            let value = bytes
                .iter()
                .fold(if is_negative { -1_i128 } else { 0 }, |value, &byte| value << 8 | i128::from(byte));
            decimal(value, scale, out);
        }
        Kind::Half if bytes.len() == 2 => {
            let value = half(u16::from_le_bytes([bytes[0], bytes[1]]));
            number(value.into(), &value.to_string(), out);
        }
        Kind::Uuid if bytes.len() == 16 => {
            for (n, byte) in bytes.iter().enumerate() {
                let dash = if matches!(n, 4 | 6 | 8 | 10) { "-" } else { "" };
                let _ = write!(out, "{dash}{byte:02x}");
            }
        }
        Kind::Geometry => digits(bytes, out),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => out.push_str(text),
            Err(_) => digits(bytes, out),
        },
    }
}

fn digits(bytes: &[u8], out: &mut String) {
    out.push_str("0x");
    for byte in bytes.iter().take(SHOWN_BYTES) {
        let _ = write!(out, "{byte:02X}");
    }
    if bytes.len() > SHOWN_BYTES {
        out.push('…');
    }
}

fn decimal(value: i128, scale: u32, out: &mut String) {
    let digits = value.unsigned_abs().to_string();
    let scale = scale as usize;
    if value < 0 {
        out.push('-');
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = padded.split_at(padded.len() - scale);
    out.push_str(whole);
    if !part.is_empty() {
        out.push('.');
        out.push_str(part);
    }
}

/// A number of 16 bits.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f32::from(bits & 0x3FF));
    match exponent {
        0 => sign * fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_integer(value: i64, kind: Kind) -> String {
        let mut out = String::new();
        integer(value, &kind, &mut out);
        out
    }

    fn of_bytes(value: &[u8], kind: Kind) -> String {
        let mut out = String::new();
        bytes(value, &kind, &mut out);
        out
    }

    #[test]
    fn integers_are_written_as_what_they_stand_for() {
        let utc = |per_second| Kind::Timestamp { per_second, is_utc: true };
        let local = Kind::Timestamp { per_second: 1000, is_utc: false };
        for (value, kind, text) in [
            (-5, Kind::Plain, "-5"),
            (-1, Kind::Unsigned(32), "4294967295"),
            (-1, Kind::Unsigned(64), "18446744073709551615"),
            (-1234, Kind::Decimal(2), "-12.34"),
            (5, Kind::Decimal(3), "0.005"),
            (20_209, Kind::Date, "2025-05-01"),
            (i64::MAX, Kind::Date, "9223372036854775807"),
            (23_400_000, Kind::TimeOfDay(1000), "06:30:00"),
            (i64::MIN, Kind::TimeOfDay(1_000_000_000), "-9223372036854775808"),
            (1_746_081_000, utc(1), "2025-05-01T06:30:00Z"),
            (1_746_081_000_500, utc(1000), "2025-05-01T06:30:00.5Z"),
            (-1, utc(1_000_000_000), "1969-12-31T23:59:59.999999999Z"),
            (i64::MAX, utc(1000), "9223372036854775807"),
            (1_746_057_600_000, local, "2025-05-01"),
            (1_746_081_000_000, local, "2025-05-01T06:30:00"),
        ] {
            assert_eq!(of_integer(value, kind), text);
        }
    }

    #[test]
    fn bytes_are_written_as_what_they_stand_for() {
        assert_eq!(of_bytes("Орёл".as_bytes(), Kind::Text), "Орёл");
        assert_eq!(of_bytes(&[0xFF, 0x00], Kind::Text), "0xFF00");
        assert!(of_bytes(&[0xFF; 1000], Kind::Text).len() < 200);
        assert_eq!(of_bytes(&[0xFF, 0x9C], Kind::Decimal(2)), "-1.00");
        assert_eq!(of_bytes(&[0x00, 0x3C], Kind::Half), "1");
        assert_eq!(of_bytes(&[0x11; 16], Kind::Uuid), "11111111-1111-1111-1111-111111111111");
    }
}
