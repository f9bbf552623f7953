//! Positions and lengths written no more exactly than they are known: on a map that is about a pixel.

use super::LonLat;

/// How many decimals a number has if its last place is to be worth about `step`, at least half of it. Negative: the
/// number is rounded to tens, hundreds and so on.
#[must_use]
pub fn decimals_of(step: f64) -> i32 {
    /// More says nothing that anybody could measure.
    const MOST: f64 = 7.0;
    if !(step > 0.0 && step.is_finite()) {
        return 0;
    }
    (-(step / 2.0).log10()).floor().clamp(-MOST, MOST) as i32
}

/// The number rounded so that its last place is worth about `step`, and how many decimals it then has.
#[must_use]
pub fn rounded(number: f64, step: f64) -> (f64, usize) {
    let decimals = decimals_of(step);
    let place = 10f64.powi(-decimals);
    // Rounding to decimals is left to whoever writes the number.
    let number = if decimals < 0 { (number / place).round() * place } else { number };
    (number, usize::try_from(decimals).unwrap_or(0))
}

impl LonLat {
    /// Decimal degrees as programs take them, latitude first: `51.53, 34.05`. `pixel_deg` is how exactly they are known.
    #[must_use]
    pub fn to_plain_text(self, pixel_deg: f64) -> String {
        self.numbers(pixel_deg).join(", ")
    }

    /// A `geo:` URI (RFC 5870): `geo:51.53,34.05`.
    #[must_use]
    pub fn to_geo_uri(self, pixel_deg: f64) -> String {
        ["geo:", &self.numbers(pixel_deg).join(",")].concat()
    }

    /// The same with hemispheres, for the eye: `51.53° N, 34.05° E`.
    #[must_use]
    pub fn to_decimal_text_within(self, pixel_deg: f64) -> String {
        let decimals = decimals_of(pixel_deg).max(0) as usize;
        let (ns, ew) = self.hemispheres();
        format!("{:.decimals$}° {ns}, {:.decimals$}° {ew}", self.lat_deg.abs(), self.lon_deg.abs())
    }

    /// Degrees, minutes and seconds, as far as they are known: `51°32′ N, 34°03′ E`.
    #[must_use]
    pub fn to_dms_text_within(self, pixel_deg: f64) -> String {
        let (ns, ew) = self.hemispheres();
        format!("{} {ns}, {} {ew}", dms(self.lat_deg, pixel_deg), dms(self.lon_deg, pixel_deg))
    }

    /// Latitude and longitude. Minus zero is none.
    fn numbers(self, pixel_deg: f64) -> [String; 2] {
        let decimals = decimals_of(pixel_deg).max(0) as usize;
        [self.lat_deg, self.lon_deg].map(|degrees| {
            let text = format!("{degrees:.decimals$}");
            let is_zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
            if is_zero { text.trim_start_matches('-').to_owned() } else { text }
        })
    }
}

/// Sixtieths are a long way apart: in between, minutes have a decimal.
fn dms(degrees: f64, pixel_deg: f64) -> String {
    let (size, pixel_s) = (degrees.abs(), pixel_deg * 3600.0);
    if pixel_s >= 360.0 {
        return format!("{size:.0}°");
    }
    if pixel_s > 2.0 {
        let tenths: u32 = if pixel_s > 12.0 { 1 } else { 10 };
        let count = (size * 60.0 * f64::from(tenths)).round() as u64;
        let (minutes, rest) = (count / u64::from(tenths), count % u64::from(tenths));
        let fraction = if tenths == 1 { String::new() } else { format!(".{rest}") };
        return format!("{}°{:02}{fraction}′", minutes / 60, minutes % 60);
    }
    let decimals = decimals_of(pixel_s).clamp(0, 2) as usize;
    let parts = 10_u64.pow(decimals as u32);
    let count = (size * 3600.0 * parts as f64).round() as u64;
    let (seconds, rest) = (count / parts, count % parts);
    let fraction = if decimals == 0 { String::new() } else { format!(".{rest:0decimals$}") };
    format!("{}°{:02}′{:02}{fraction}″", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::coordinates::parse;
    use proptest::prelude::*;

    const HERE: LonLat = LonLat::new(34.284_612, -51.277_238);

    #[test]
    fn positions_have_no_more_decimals_than_the_zoom_gives() {
        for (pixel_deg, plain, dms) in [
            (360.0 / 256.0, "-51, 34", "51° S, 34° E"),
            (0.0039, "-51.28, 34.28", "51°17′ S, 34°17′ E"),
            (0.000_7, "-51.277, 34.285", "51°16.6′ S, 34°17.1′ E"),
            (0.000_19, "-51.2772, 34.2846", "51°16′38″ S, 34°17′05″ E"),
            (0.000_001_4, "-51.277238, 34.284612", "51°16′38.06″ S, 34°17′04.60″ E"),
        ] {
            assert_eq!(HERE.to_plain_text(pixel_deg), plain);
            assert_eq!(HERE.to_dms_text_within(pixel_deg), dms);
        }
        assert_eq!(HERE.to_geo_uri(0.0039), "geo:-51.28,34.28");
        assert_eq!(HERE.to_decimal_text_within(0.0039), "51.28° S, 34.28° E");
        assert_eq!(LonLat::new(-0.001, 0.0).to_plain_text(0.01), "0.00, 0.00");
    }

    #[test]
    fn lengths_lose_places_where_a_pixel_is_long() {
        assert_eq!(rounded(1234.567, 0.076), (1234.567, 1));
        assert_eq!(rounded(1234.567, 19.5), (1230.0, 0));
        assert_eq!(rounded(1234.567, 1.5), (1234.567, 0));
        assert_eq!(rounded(1.0, f64::NAN), (1.0, 0));
    }

    proptest! {
        #[test]
        fn what_is_copied_is_read_back_within_a_few_pixels(
            lon in -179.0..179.0_f64, lat in -85.0..85.0_f64, zoom in 0.0..20.0_f64
        ) {
            let pixel_deg = 360.0 / (256.0 * zoom.exp2());
            let here = LonLat::new(lon, lat);
            for (text, tolerance) in [
                (here.to_plain_text(pixel_deg), 1.0),
                (here.to_geo_uri(pixel_deg), 1.0),
                (here.to_decimal_text_within(pixel_deg), 1.0),
                (here.to_dms_text_within(pixel_deg), 5.0),
            ] {
                let back = parse(&text).expect("it can be read").position;
                let error = (back.lon_deg - lon).abs().max((back.lat_deg - lat).abs());
                prop_assert!(error <= 5.01 * tolerance * pixel_deg.max(4e-6), "{text}: {error}");
            }
        }
    }
}
