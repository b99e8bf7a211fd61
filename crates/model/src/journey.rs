//! Where a customer is, and which pages of the site he was on: asked for when somebody looks, never told by events.

use crate::{Page, Stamp};
use serde::{Deserialize, Serialize};

/// So many pages of a customer are kept; the oldest go first.
pub const MAX_PAGES: usize = 50;

/// A page that a customer went to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PageVisit {
    /// Which.
    #[serde(flatten)]
    pub page: Page,
    /// When he came to it.
    pub at: Stamp,
}

/// What is known of a customer's way here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default)]
pub struct Journey {
    /// The pages he went to, oldest first, [`MAX_PAGES`] at most. The last one is where he is, or was when he left.
    pub pages: Vec<PageVisit>,
    /// Where in the world, as far as his address tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The time zone of his clock, such as "Europe/Moscow": as his browser says, else as his address tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// A place, no finer than a city.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default)]
pub struct Place {
    /// The country, two letters of ISO 3166-1 such as "RU".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<PlaceName>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<PlaceName>,
}

/// What a place is called, in the languages of the workplace; at least in one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default)]
pub struct PlaceName {
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// In Russian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ru: Option<String>,
}

impl Journey {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Goes on with what was seen later. The same page once more is a reload: he came to it when he came to it first.
    pub fn go_on(&mut self, later: Self) {
        let Self { pages, place, zone } = later;
        for visit in pages {
            match self.pages.last_mut() {
                Some(last) if last.page.url == visit.page.url => last.page.title = visit.page.title,
                Some(_) | None => self.pages.push(visit),
            }
        }
        self.pages.drain(..self.pages.len().saturating_sub(MAX_PAGES));
        self.place = place.or(self.place.take());
        self.zone = zone.or(self.zone.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(number: u32, title: &str) -> PageVisit {
        let page = Page { url: format!("https://shop.example.org/{number}"), title: title.to_owned() };
        PageVisit { page, at: Stamp(i64::from(number)) }
    }

    fn of(pages: impl IntoIterator<Item = PageVisit>) -> Journey {
        Journey { pages: pages.into_iter().collect(), ..Journey::default() }
    }

    #[test]
    fn a_journey_goes_on_and_a_reload_is_no_step() {
        let mut journey = of([at(1, "One")]);
        journey.go_on(of([PageVisit { at: Stamp(9), ..at(1, "Another title") }, at(2, "Two")]));
        assert_eq!(journey, of([at(1, "Another title"), at(2, "Two")]));
        journey.go_on(of([at(1, "One")]));
        assert_eq!(journey.pages.len(), 3, "back is a step");
    }

    #[test]
    fn the_oldest_pages_go_first() {
        let mut journey = of((0..40).map(|number| at(number, "")));
        journey.go_on(of((40..70).map(|number| at(number, ""))));
        assert_eq!((journey.pages.len(), &journey.pages[0], &journey.pages[49]), (MAX_PAGES, &at(20, ""), &at(69, "")));
    }

    #[test]
    fn what_is_not_told_again_stays() {
        let place = Some(Place { country: Some("RU".into()), ..Place::default() });
        let mut journey = Journey { place: place.clone(), zone: Some("Europe/Moscow".into()), ..Journey::default() };
        assert!(!journey.is_empty());
        journey.go_on(Journey::default());
        assert_eq!((journey.place.as_ref(), journey.zone.as_deref()), (place.as_ref(), Some("Europe/Moscow")));
        journey.go_on(Journey { zone: Some("Asia/Omsk".into()), ..Journey::default() });
        assert_eq!((journey.place, journey.zone.as_deref()), (place, Some("Asia/Omsk")));
    }
}
