//! Time zones by IANA name, from the tz database inside the binary: no file is read.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of that IANA name in any case, or nothing when there is none.
///
/// ```
/// assert!(domain::zone::get("europe/berlin").is_some());
/// assert!(domain::zone::get("Mars/Olympus").is_none());
/// ```
pub fn get(name: &str) -> Option<TimeZone> {
    let zone = BUNDLED.get(name).ok()?;
    zone.iana_name().is_some().then_some(zone)
}

/// Every name the database knows, sorted.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = BUNDLED
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| get(name).is_some())
        .collect();
    names.sort_unstable();
    names
}

/// The name of a zone that exists, in its canonical case ("Europe/Berlin").
#[derive(Clone)]
pub struct ZoneName(TimeZone);

/// A zone name that the tz database does not know (code `zone_unknown`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone {0:?}: use a name such as Europe/Berlin or UTC")]
pub struct ZoneUnknown(pub String);

impl ZoneName {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The name as the tz database writes it.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The zone itself, for computing.
    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }
}

impl Default for ZoneName {
    fn default() -> Self {
        Self::UTC
    }
}

impl FromStr for ZoneName {
    type Err = ZoneUnknown;

    fn from_str(name: &str) -> Result<Self, ZoneUnknown> {
        let unknown = || ZoneUnknown(name.chars().take(60).collect());
        get(name).map(Self).ok_or_else(unknown)
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZoneName({})", self.as_str())
    }
}

impl PartialEq for ZoneName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ZoneName {}

impl PartialOrd for ZoneName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ZoneName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl std::hash::Hash for ZoneName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Serialize for ZoneName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse()
            .map_err(|error| serde::de::Error::custom(format_args!("zone_unknown: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_in_its_canonical_case() {
        let check = |given: &str, kept: Option<&str>| {
            let name = given.parse::<ZoneName>().ok();
            assert_eq!(name.as_ref().map(ZoneName::as_str), kept, "{given}");
        };
        check("europe/BERLIN", Some("Europe/Berlin"));
        check("Asia/Calcutta", Some("Asia/Calcutta"));
        check("utc", Some("UTC"));
        check("Etc/Unknown", None);
        check("", None);
        check("../etc/passwd", None);
        check("+02:00", None);
    }

    #[test]
    fn every_name_of_the_database_parses_to_itself() {
        let names = names();
        assert!(names.len() > 400, "{}", names.len());
        for name in names {
            assert_eq!(
                name.parse::<ZoneName>().as_ref().map(ZoneName::as_str),
                Ok(name.as_str())
            );
        }
    }
}
