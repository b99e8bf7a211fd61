//! What working hours mean: open or not at a moment, and until when.
//!
//! The wall clock of the zone decides, also when it is put forward or back: a moment is open when the clock then shows
//! a time inside of a span. A time that the clock skips is never shown; one that it shows twice counts twice.

use super::{Day, Hours, Span};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Weekday},
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};
use otklik_model::Stamp;
use std::{collections::BTreeMap, sync::LazyLock};
use thiserror::Error;

const DAY_MINUTES: u16 = 24 * 60;
/// Weeks without any exception: what has not changed by then, no week changes. One would do, but for times that the
/// clock skips.
const CALM_WEEKS: i32 = 3;
/// The 29th of February comes back after eight years at most.
const YEARLY_DAYS: i32 = 9 * 366;

/// The bundled database and never the machine's, so that a centre means the same everywhere.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Why working hours make no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HoursError {
    /// No such time zone.
    #[error("\"{0}\" is no time zone; write one of the IANA database, such as \"Europe/Moscow\"")]
    Zone(String),
    /// No time of day.
    #[error("\"{0}\" is no time of day; write it as \"09:00\", the end of the day as \"24:00\"")]
    Time(String),
    /// No date.
    #[error("\"{0}\" is no date; write it as \"2026-05-09\", or as \"05-09\" for every year")]
    Date(String),
}

/// Whether it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursState {
    /// Open.
    pub open: bool,
    /// The moment from which that is no longer so; `None`: it stays so.
    pub changes_at: Option<Stamp>,
}

/// Working hours that make sense.
#[derive(Clone, Debug)]
pub struct Schedule {
    zone: TimeZone,
    week: BTreeMap<Day, Vec<Minutes>>,
    days: BTreeMap<Date, Vec<Minutes>>,
    yearly: BTreeMap<(i8, i8), Vec<Minutes>>,
}

/// A span in minutes from the midnight of the day it begins on; `to` is after `from`, at most a day.
#[derive(Clone, Copy, Debug)]
struct Minutes {
    from: u16,
    to: u16,
}

impl Hours {
    /// Reads the hours.
    ///
    /// # Errors
    /// [`HoursError`], for the first thing that makes no sense.
    pub fn check(&self) -> Result<Schedule, HoursError> {
        let zone = read_zone(&self.zone)?;
        let mut schedule = Schedule { zone, week: BTreeMap::new(), days: BTreeMap::new(), yearly: BTreeMap::new() };
        for (day, spans) in &self.week {
            schedule.week.insert(*day, read_spans(spans)?);
        }
        for (date, exception) in &self.exceptions {
            let spans = read_spans(&exception.open)?;
            match read_date(date)? {
                OneDay::Once(date) => schedule.days.insert(date, spans),
                OneDay::EveryYear(month, day) => schedule.yearly.insert((month, day), spans),
            };
        }
        Ok(schedule)
    }
}

/// Whether a zone is one of the bundled database.
pub(in crate::centre) fn is_zone(name: &str) -> bool {
    read_zone(name).is_ok()
}

/// Whether a date can stand among the exceptions.
pub(in crate::centre) fn is_date(text: &str) -> bool {
    read_date(text).is_ok()
}

/// The minutes of a span from the midnight of the day it begins on, the end after the beginning.
pub(in crate::centre) fn minutes_of(span: &Span) -> Result<(u16, u16), HoursError> {
    read_span(span).map(|Minutes { from, to }| (from, to))
}

/// A moment of universal time, after a pattern of strftime.
pub(in crate::centre) fn in_utc(at: Stamp, pattern: &str) -> String {
    TimeZone::UTC.to_datetime(timestamp(at)).strftime(pattern).to_string()
}

impl Schedule {
    /// Whether it is open at a moment, and when that changes.
    #[must_use]
    pub fn state_at(&self, at: Stamp) -> HoursState {
        let at = timestamp(at);
        let open = self.is_open(at);
        HoursState { open, changes_at: self.next_change(at, open).map(|change| Stamp(change.as_millisecond())) }
    }

    /// The day and the hour (0 to 23) that its wall clock shows.
    #[must_use]
    pub fn shown_at(&self, at: Stamp) -> (Day, u8) {
        let shown = self.zone.to_datetime(timestamp(at));
        (day_of(shown.date()), shown.hour().unsigned_abs())
    }

    /// What its calendar and its wall clock show, after a pattern of strftime.
    pub(in crate::centre) fn written(&self, at: Stamp, pattern: &str) -> String {
        self.zone.to_datetime(timestamp(at)).strftime(pattern).to_string()
    }

    fn is_open(&self, at: Timestamp) -> bool {
        let shown = self.zone.to_datetime(at);
        let minute = u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs());
        let today = self.spans_of(shown.date()).iter().any(|span| (span.from..span.to).contains(&minute));
        let night = || {
            let Ok(yesterday) = shown.date().yesterday() else { return false };
            let minute = minute + DAY_MINUTES;
            self.spans_of(yesterday).iter().any(|span| (span.from..span.to).contains(&minute))
        };
        today || night()
    }

    /// The spans that begin on a day.
    fn spans_of(&self, date: Date) -> &[Minutes] {
        let differs = self.days.get(&date).or_else(|| self.yearly.get(&(date.month(), date.day())));
        differs.or_else(|| self.week.get(&day_of(date))).map_or(&[], Vec::as_slice)
    }

    /// Looks week by week at every moment at which something can change, in their order: where a span begins or
    /// ends, and where the clock is put forward or back.
    fn next_change(&self, at: Timestamp, open: bool) -> Option<Timestamp> {
        let mut from = at;
        let mut calm = 0;
        let today = self.zone.to_datetime(at).date();
        let last_date = self.days.last_key_value().map_or(today, |(date, _)| (*date).max(today));
        let yearly_days = if self.yearly.is_empty() { 0 } else { YEARLY_DAYS };
        let end = last_date.saturating_add((yearly_days + 7 * CALM_WEEKS).days());
        loop {
            let to = from.checked_add((7 * 24).hours()).ok()?;
            // Two days more on both sides: nights, offsets from universal time, and a day that was skipped.
            let first = self.zone.to_datetime(from).date().saturating_sub(2.days());
            let last = self.zone.to_datetime(to).date().saturating_add(2.days());
            let moments = self.moments(first, last, from, to);
            if let Some(change) = moments.into_iter().find(|moment| self.is_open(*moment) != open) {
                return Some(change);
            }
            let differs = self.exception_from(first).filter(|date| *date <= last);
            calm = if differs.is_some() { 0 } else { calm + 1 };
            from = to;
            if calm >= CALM_WEEKS {
                let next = self.exception_from(last)?.saturating_sub(3.days());
                from = from.max(self.zone.to_timestamp(next.at(0, 0, 0, 0)).ok()?);
            }
            if self.zone.to_datetime(from).date() > end {
                return None;
            }
        }
    }

    /// The first date at or after this one that differs.
    fn exception_from(&self, day: Date) -> Option<Date> {
        let dated = self.days.range(day..).next().map(|(date, _)| *date);
        let yearly = self.yearly.keys().filter_map(|(month, of_month)| {
            let mut dates =
                (day.year()..=day.year().saturating_add(9)).filter_map(|year| Date::new(year, *month, *of_month).ok());
            dates.find(|date| *date >= day)
        });
        dated.into_iter().chain(yearly).min()
    }

    /// Moments after `from` and up to `to` at which something may change, sorted, by what is written for these dates.
    fn moments(&self, first: Date, last: Date, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let mut moments = Vec::new();
        for date in first.series(1.day()).take_while(|date| *date <= last) {
            let midnight = date.at(0, 0, 0, 0);
            for minute in self.spans_of(date).iter().flat_map(|span| [span.from, span.to]) {
                if let Ok(shown) = midnight.checked_add(i64::from(minute).minutes()) {
                    self.when_shown(shown, &mut moments);
                }
            }
        }
        moments.extend(self.zone.following(from).map(|jump| jump.timestamp()).take_while(|jump| *jump <= to));
        moments.retain(|moment| *moment > from && *moment <= to);
        moments.sort_unstable();
        moments
    }

    /// The moments at which the clock comes to show this: none if it skips it, two if it is put back over it.
    fn when_shown(&self, shown: DateTime, moments: &mut Vec<Timestamp>) {
        match self.zone.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => moments.extend(offset.to_timestamp(shown).ok()),
            AmbiguousOffset::Fold { before, after } => {
                moments.extend([before, after].iter().filter_map(|offset| offset.to_timestamp(shown).ok()));
            }
            AmbiguousOffset::Gap { .. } => {}
        }
    }
}

fn timestamp(at: Stamp) -> Timestamp {
    let most = Timestamp::MAX.as_millisecond();
    Timestamp::from_millisecond(at.0.clamp(-most, most)).unwrap_or(Timestamp::MAX)
}

fn day_of(date: Date) -> Day {
    match date.weekday() {
        Weekday::Monday => Day::Monday,
        Weekday::Tuesday => Day::Tuesday,
        Weekday::Wednesday => Day::Wednesday,
        Weekday::Thursday => Day::Thursday,
        Weekday::Friday => Day::Friday,
        Weekday::Saturday => Day::Saturday,
        Weekday::Sunday => Day::Sunday,
    }
}

fn read_zone(name: &str) -> Result<TimeZone, HoursError> {
    ZONES.get(name).map_err(|_| HoursError::Zone(name.to_owned()))
}

fn read_spans(spans: &[Span]) -> Result<Vec<Minutes>, HoursError> {
    spans.iter().map(read_span).collect()
}

fn read_span(span: &Span) -> Result<Minutes, HoursError> {
    let from = read_time(&span.from).filter(|from| *from < DAY_MINUTES);
    let from = from.ok_or_else(|| HoursError::Time(span.from.clone()))?;
    let to = read_time(&span.to).ok_or_else(|| HoursError::Time(span.to.clone()))?;
    Ok(Minutes { from, to: if to > from { to } else { to + DAY_MINUTES } })
}

/// "09:00" to "24:00", in minutes.
fn read_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (two_digits(hours)?.into(), two_digits(minutes)?.into());
    (minutes < 60 && hours * 60 + minutes <= DAY_MINUTES).then_some(hours * 60 + minutes)
}

/// A day that differs.
enum OneDay {
    Once(Date),
    EveryYear(i8, i8),
}

/// "2026-05-09" or "05-09".
fn read_date(text: &str) -> Result<OneDay, HoursError> {
    let wrong = || HoursError::Date(text.to_owned());
    let number = |part: &str| two_digits(part).and_then(|number| i8::try_from(number).ok()).ok_or_else(wrong);
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) => {
            let date = Date::new(year.parse().map_err(|_| wrong())?, number(month)?, number(day)?);
            date.map(OneDay::Once).map_err(|_| wrong())
        }
        [month, day] => {
            // A leap year has all days there are.
            let date = Date::new(2024, number(month)?, number(day)?).map_err(|_| wrong())?;
            Ok(OneDay::EveryYear(date.month(), date.day()))
        }
        _ => Err(wrong()),
    }
}

fn two_digits(text: &str) -> Option<u8> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
