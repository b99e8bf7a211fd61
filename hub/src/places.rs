//! Where in the world an address is: a MaxMind database in a file of this machine. The address is asked about nowhere
//! else, and goes no further than here.

use maxminddb::{MaxMindDbError, Reader, geoip2};
use otklik_model::{Place, PlaceName, clean_name};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The longest name of a place, in Unicode scalar values.
const NAME_CHARS: usize = 100;

/// Why a file is no database of places.
#[derive(Debug, Error)]
pub enum PlacesError {
    /// It cannot be read, or is damaged.
    #[error("the database of places {} cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<MaxMindDbError>,
    },
    /// It is a database of something else.
    #[error("the database of places {}: one of cities or countries is wanted, this is one of kind {kind:?}", path.display())]
    OtherKind {
        /// Which.
        path: PathBuf,
        /// What it says it is.
        kind: String,
    },
}

/// Where an address is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// No finer than a city.
    pub place: Option<Place>,
    /// The time zone there.
    pub zone: Option<String>,
}

/// A database of places.
pub struct Places(Reader<Vec<u8>>);

impl Places {
    /// Reads the file, which may be replaced afterwards.
    ///
    /// # Errors
    /// [`PlacesError`].
    pub fn open(path: &Path) -> Result<Self, PlacesError> {
        let reader = Reader::open_readfile(path)
            .map_err(|source| PlacesError::Unreadable { path: path.to_owned(), source: Box::new(source) })?;
        let kind = &reader.metadata().database_type;
        if !["City", "Country", "Enterprise"].iter().any(|known| kind.contains(known)) {
            return Err(PlacesError::OtherKind { path: path.to_owned(), kind: kind.clone() });
        }
        Ok(Self(reader))
    }

    /// Where an address is, as far as the database knows.
    #[must_use]
    pub fn find(&self, address: IpAddr) -> Located {
        let found = self.0.lookup(address.to_canonical()).and_then(|found| found.decode::<geoip2::City<'_>>());
        match found {
            Ok(Some(found)) => located(&found),
            Ok(None) => Located::default(),
            Err(error) => {
                // Of one record, or of an IPv6 address in a database of IPv4: nobody waits for it.
                tracing::debug!(%error, "the database of places has no answer");
                Located::default()
            }
        }
    }
}

fn located(found: &geoip2::City<'_>) -> Located {
    let code = found.country.iso_code.filter(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()));
    let place = Place {
        country: code.map(str::to_owned),
        region: found.subdivisions.first().and_then(|region| named(&region.names)),
        city: named(&found.city.names),
    };
    Located {
        place: Some(place).filter(|place| *place != Place::default()),
        zone: found.location.time_zone.and_then(known_zone),
    }
}

fn named(names: &geoip2::Names<'_>) -> Option<PlaceName> {
    let clean = |name: Option<&str>| name.map(|name| clean_name(name, NAME_CHARS)).filter(|name| !name.is_empty());
    let name = PlaceName { en: clean(names.english), ru: clean(names.russian) };
    Some(name).filter(|name| *name != PlaceName::default())
}

/// A time zone by its name in the IANA database; nothing, if there is no such one.
#[must_use]
pub fn known_zone(name: &str) -> Option<String> {
    let zone = jiff::tz::TimeZone::get(name).ok()?;
    zone.iana_name().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_that_there_is() {
        assert_eq!(known_zone("europe/moscow").as_deref(), Some("Europe/Moscow"));
        for bad in ["", "Europe", "Europe/Moscow\0", "../../etc/passwd", "Mars/Olympus", &"x".repeat(9_000)] {
            assert_eq!(known_zone(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_no_database_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("places.mmdb");
        let told = |path: &Path| Places::open(path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told(&path).contains("places.mmdb cannot be read"), "{}", told(&path));
        std::fs::write(&path, "this is no database of places").unwrap();
        assert!(told(&path).contains("places.mmdb cannot be read"), "{}", told(&path));
    }
}
