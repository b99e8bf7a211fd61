use super::{Spot, SpotError};
use crate::{Details, MessageKind};
use proptest::prelude::*;

fn told(json: &str) -> Details {
    serde_json::from_str(json).unwrap()
}

#[test]
fn only_points_on_the_earth() {
    for (latitude, longitude, accuracy) in [
        (0.0, 0.0, None),
        (-0.0, -0.0, Some(-0.0)),
        (90.0, 180.0, Some(0.0)),
        (-90.0, -180.0, Some(20_037_508.0)),
        (55.751_244, 37.618_423, Some(12.1)),
    ] {
        assert!(Spot::new(latitude, longitude, accuracy).is_ok(), "{latitude} {longitude} {accuracy:?}");
    }
    for (latitude, longitude, accuracy) in [
        (90.000_001, 0.0, None),
        (-91.0, 0.0, None),
        (0.0, 180.000_001, None),
        (0.0, -181.0, None),
        (f64::NAN, 0.0, None),
        (0.0, f64::NAN, None),
        (f64::INFINITY, 0.0, None),
        (0.0, f64::NEG_INFINITY, None),
        (1e308, 1e308, None),
        (0.0, 0.0, Some(-1.0)),
        (0.0, 0.0, Some(f64::NAN)),
        (0.0, 0.0, Some(f64::INFINITY)),
        (0.0, 0.0, Some(1e9)),
    ] {
        let found = Spot::new(latitude, longitude, accuracy);
        assert_eq!(found, Err(SpotError), "{latitude} {longitude} {accuracy:?}");
    }
}

#[test]
fn is_read_as_people_write_it() {
    for (latitude, longitude, written) in [
        (55.751_244_4, 37.618_423, "55.751244, 37.618423"),
        (-0.000_000_4, 0.000_000_5, "0.000000, 0.000001"),
        (-33.9, -180.0, "-33.900000, -180.000000"),
    ] {
        assert_eq!(Spot::new(latitude, longitude, None).unwrap().to_string(), written);
    }
    assert_eq!(Spot::new(0.0, 0.0, Some(12.1)).unwrap().accuracy(), Some(13), "no nearer than it is");
}

#[test]
fn of_a_message_that_tells_nonsense_the_rest_stands() {
    let spot = Spot::new(55.751_244, 37.618_423, Some(20.0)).unwrap();
    assert_eq!(told(r#"{"place":{"latitude":55.751244,"longitude":37.618423,"accuracy":20}}"#).place, Some(spot));
    for nonsense in [
        r#"{"latitude":91,"longitude":0}"#,
        r#"{"latitude":"55.7","longitude":"37.6"}"#,
        r#"{"latitude":55.7}"#,
        r#"{"latitude":1,"longitude":1,"accuracy":-5}"#,
        r#"{"latitude":1,"longitude":1,"accuracy":1000000000}"#,
        "null",
        "7",
        r#""55.7, 37.6""#,
        "[55.7,37.6,{}]",
    ] {
        let found = told(&format!(r#"{{"edited_at":5,"place":{nonsense}}}"#));
        assert_eq!((found.place, found.edited_at.is_some()), (None, true), "{nonsense}");
    }
}

#[test]
fn kinds_have_names_and_one_that_is_not_known_is_no_error() {
    let kind = |name: &str| serde_json::from_str::<MessageKind>(&format!("\"{name}\"")).unwrap();
    assert_eq!((kind("place"), kind("sticker")), (MessageKind::Place, MessageKind::Sticker));
    assert_eq!(kind("hologram"), MessageKind::Unknown);
    assert_eq!(serde_json::to_string(&[MessageKind::Place, MessageKind::Sticker]).unwrap(), r#"["place","sticker"]"#);
}

proptest! {
    /// Whatever is written down is read back the same, and stands where it was told to within a part of a degree.
    #[test]
    fn there_and_back(latitude in -90.0..=90.0, longitude in -180.0..=180.0, accuracy in prop::option::of(0.0..=20_037_508.0)) {
        let spot = Spot::new(latitude, longitude, accuracy).unwrap();
        let near = |one: f64, other: f64| (one - other).abs() <= 0.000_000_51;
        prop_assert!(near(spot.latitude(), latitude) && near(spot.longitude(), longitude));
        let written = serde_json::to_string(&spot).unwrap();
        prop_assert_eq!(serde_json::from_str::<Spot>(&written).unwrap(), spot);
    }

    /// No two numbers make anything but a point on the Earth or an error.
    #[test]
    fn any_numbers(latitude in any::<f64>(), longitude in any::<f64>(), accuracy in any::<Option<f64>>()) {
        if let Ok(spot) = Spot::new(latitude, longitude, accuracy) {
            prop_assert!(spot.latitude().abs() <= 90.0 && spot.longitude().abs() <= 180.0);
        }
    }
}
