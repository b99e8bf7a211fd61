//! A point on the Earth that a customer shares.
//!
//! Kept in whole millionths of a degree, a tenth of a metre: two of them are equal or not, and what is written down is
//! read back the same. [`crate::Place`] is another thing: the city that an address of the network tells.

use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use std::fmt;

/// The longest title of a shared place, in Unicode scalar values.
pub const MAX_SPOT_TITLE_CHARS: u32 = 200;

/// Parts of a degree.
const PARTS: f64 = 1_000_000.0;
/// Half-way round the Earth, in metres: whoever may be further off is told nothing by it.
const FURTHEST_M: f64 = 20_037_509.0;

/// A point on the Earth, in degrees of WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Spot {
    /// Degrees north of the equator, from -90 to 90.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    latitude: i32,
    /// Degrees east of Greenwich, from -180 to 180.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    longitude: i32,
    /// How far off it may be, in metres.
    accuracy: Option<u32>,
}

/// No point on the Earth, or an accuracy that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpotError;

/// As it is written down.
#[derive(Serialize, Deserialize)]
struct Degrees {
    latitude: f64,
    longitude: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accuracy: Option<u32>,
}

impl Spot {
    /// A point by its degrees, and how far off it may be in metres, which is rounded up.
    ///
    /// # Errors
    /// [`SpotError`] beyond -90 to 90 and -180 to 180, for an accuracy below nothing or beyond half-way round the
    /// Earth, and for what is no number.
    pub fn new(latitude: f64, longitude: f64, accuracy: Option<f64>) -> Result<Self, SpotError> {
        let accuracy = match accuracy {
            None => None,
            Some(metres) if (0.0..=FURTHEST_M).contains(&metres) => Some(metres.ceil() as u32),
            Some(_) => return Err(SpotError),
        };
        Ok(Self { latitude: parts(latitude, 90.0)?, longitude: parts(longitude, 180.0)?, accuracy })
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / PARTS
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / PARTS
    }

    /// How far off it may be, in metres.
    #[must_use]
    pub fn accuracy(self) -> Option<u32> {
        self.accuracy
    }
}

/// Degrees in their parts. What is no number is within nothing.
fn parts(degrees: f64, most: f64) -> Result<i32, SpotError> {
    if (-most..=most).contains(&degrees) { Ok((degrees * PARTS).round() as i32) } else { Err(SpotError) }
}

impl fmt::Display for Spot {
    /// As people write it: latitude, then longitude.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.6}, {:.6}", self.latitude(), self.longitude())
    }
}

impl fmt::Display for SpotError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no point on the Earth")
    }
}

impl std::error::Error for SpotError {}

impl TryFrom<Degrees> for Spot {
    type Error = SpotError;
    fn try_from(Degrees { latitude, longitude, accuracy }: Degrees) -> Result<Self, SpotError> {
        Self::new(latitude, longitude, accuracy.map(f64::from))
    }
}

impl From<Spot> for Degrees {
    fn from(spot: Spot) -> Self {
        Self { latitude: spot.latitude(), longitude: spot.longitude(), accuracy: spot.accuracy }
    }
}

/// A point, if what is told is one: of a message that tells nonsense the rest is shown all the same.
pub(crate) fn if_any<'de, D: Deserializer<'de>>(told: D) -> Result<Option<Spot>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        Spot(Spot),
        Other(IgnoredAny),
    }
    Ok(match Told::deserialize(told)? {
        Told::Spot(spot) => Some(spot),
        Told::Other(_) => None,
    })
}

#[cfg(test)]
mod tests;
