//! Hours against a model that walks through the years minute by minute, and the cases people argue about.

use super::*;
use jiff::{
    Timestamp, ToSpan,
    civil::Date,
    tz::{TimeZone, TimeZoneDatabase},
};
use otklik_model::Stamp;
use proptest::prelude::*;
use std::collections::HashSet;

const DAYS: [Day; 7] =
    [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];

fn span(from: &str, to: &str) -> Span {
    Span { from: from.into(), to: to.into() }
}

fn hours(zone: &str, week: &[(Day, &[(&str, &str)])], exceptions: &[(&str, &[(&str, &str)])]) -> Hours {
    let spans = |spans: &[(&str, &str)]| spans.iter().map(|(from, to)| span(from, to)).collect::<Vec<_>>();
    let exception = |open: &[(&str, &str)]| Exception { name: "differs".into(), open: spans(open) };
    Hours {
        zone: zone.into(),
        week: week.iter().map(|(day, open)| (*day, spans(open))).collect(),
        exceptions: exceptions.iter().map(|(date, open)| ((*date).to_owned(), exception(open))).collect(),
    }
}

fn stamp(text: &str) -> Stamp {
    Stamp(text.parse::<Timestamp>().unwrap().as_millisecond())
}

/// Whether it is open, and when that changes, in universal time.
fn told(hours: &Hours, at: &str) -> (bool, Option<String>) {
    let state = hours.check().unwrap().state_at(stamp(at));
    let text = |at: Stamp| Timestamp::from_millisecond(at.0).unwrap().to_string();
    (state.open, state.changes_at.map(text))
}

fn says(hours: &Hours, at: &str, open: bool, changes: Option<&str>) {
    assert_eq!(told(hours, at), (open, changes.map(str::to_owned)), "at {at}");
}

#[test]
fn an_office_week_in_moscow() {
    let week: Vec<(Day, &[(&str, &str)])> =
        DAYS[..5].iter().map(|day| (*day, [("09:00", "13:00"), ("14:00", "18:00")].as_slice())).collect();
    let moscow = hours("Europe/Moscow", &week, &[("2026-05-11", &[]), ("05-09", &[])]);
    // Moscow is three hours ahead of universal time.
    says(&moscow, "2026-05-06T05:59:59Z", false, Some("2026-05-06T06:00:00Z"));
    says(&moscow, "2026-05-06T06:00:00Z", true, Some("2026-05-06T10:00:00Z"));
    says(&moscow, "2026-05-06T10:30:00Z", false, Some("2026-05-06T11:00:00Z"));
    // Friday evening; the weekend; Monday is a day off: Tuesday.
    says(&moscow, "2026-05-08T15:00:00Z", false, Some("2026-05-12T06:00:00Z"));
}

#[test]
fn a_night_shift_ends_on_the_next_day_even_if_that_day_is_off() {
    let night = hours("Europe/Moscow", &[(Day::Friday, &[("22:00", "06:00")])], &[("2026-05-09", &[])]);
    says(&night, "2026-05-08T19:00:00Z", true, Some("2026-05-09T03:00:00Z"));
    says(&night, "2026-05-09T03:00:00Z", false, Some("2026-05-15T19:00:00Z"));
}

#[test]
fn spans_that_touch_are_one_and_the_end_of_the_day_is_the_beginning_of_the_next() {
    let all: Vec<(Day, &[(&str, &str)])> = DAYS.iter().map(|day| (*day, [("00:00", "24:00")].as_slice())).collect();
    says(&hours("Asia/Kolkata", &all, &[]), "2026-05-08T19:00:00Z", true, None);
    says(&hours("Asia/Kolkata", &[], &[]), "2026-05-08T19:00:00Z", false, None);
    let round = hours("Asia/Kolkata", &[(Day::Monday, &[("10:00", "10:00")])], &[]);
    says(&round, "2026-05-04T04:30:00Z", true, Some("2026-05-05T04:30:00Z"));
    // The one day in many years that differs is found.
    let far = hours("Asia/Kolkata", &all, &[("2031-01-01", &[("12:00", "24:00")])]);
    says(&far, "2026-05-08T19:00:00Z", true, Some("2030-12-31T18:30:00Z"));
    let leap = hours("Asia/Kolkata", &[], &[("02-29", &[("00:00", "01:00")])]);
    says(&leap, "2025-05-08T19:00:00Z", false, Some("2028-02-28T18:30:00Z"));
}

#[test]
fn the_clock_is_put_forward_and_back_in_berlin() {
    let sunday = hours("Europe/Berlin", &[(Day::Sunday, &[("02:30", "05:00")])], &[]);
    // 2026-03-29: 02:00 becomes 03:00, so 02:30 is never shown and it opens with the jump.
    says(&sunday, "2026-03-29T00:59:59Z", false, Some("2026-03-29T01:00:00Z"));
    says(&sunday, "2026-03-29T01:00:00Z", true, Some("2026-03-29T03:00:00Z"));
    // 2026-10-25: 03:00 becomes 02:00, so 02:30 is shown twice.
    says(&sunday, "2026-10-25T00:30:00Z", true, Some("2026-10-25T01:00:00Z"));
    says(&sunday, "2026-10-25T01:00:00Z", false, Some("2026-10-25T01:30:00Z"));
    says(&sunday, "2026-10-25T01:30:00Z", true, Some("2026-10-25T04:00:00Z"));
}

#[test]
fn what_makes_no_sense_is_said() {
    let bad = |zone: &str, from: &str, to: &str, date: &str| {
        hours(zone, &[(Day::Monday, &[(from, to)])], &[(date, &[])]).check().unwrap_err()
    };
    assert_eq!(bad("Mars/Base", "09:00", "10:00", "2026-01-01"), HoursError::Zone("Mars/Base".into()));
    for time in ["9:00", "09.00", "24:01", "25:00", "09:60", "", "-1:00", "+1:00", "09:00:00"] {
        assert_eq!(bad("UTC", "09:00", time, "2026-01-01"), HoursError::Time(time.into()));
    }
    assert_eq!(bad("UTC", "24:00", "01:00", "2026-01-01"), HoursError::Time("24:00".into()));
    for date in ["2026-02-29", "02-30", "26-01-01", "2026/01/01", "13-01", "", "1-1", "2026-01-01-01"] {
        assert_eq!(bad("UTC", "09:00", "10:00", date), HoursError::Date(date.into()));
    }
}

/// The hours painted onto a calendar, minute by minute, and read off a wall clock.
struct Painted {
    zone: TimeZone,
    /// By minute of the wall clock since the Unix epoch.
    open: HashSet<i64>,
}

impl Painted {
    fn new(hours: &Hours, from: Date, days: i32) -> Self {
        let minute = |text: &str| text[..2].parse::<i64>().unwrap() * 60 + text[3..].parse::<i64>().unwrap();
        let mut open = HashSet::new();
        for nth in -2..days {
            let date = from.saturating_add(nth.days());
            let (full, short) = (date.to_string(), date.to_string()[5..].to_owned());
            let day = DAYS[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()];
            let differs = hours.exceptions.get(&full).or_else(|| hours.exceptions.get(&short)).map(|day| &day.open);
            let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap().as_second() / 60;
            for span in differs.or_else(|| hours.week.get(&day)).into_iter().flatten() {
                let mut at = minute(&span.from);
                loop {
                    open.insert(midnight + at);
                    at += 1;
                    if at == minute(&span.to) || at == minute(&span.to) + 24 * 60 {
                        break;
                    }
                }
            }
        }
        let zone = TimeZoneDatabase::bundled().get(&hours.zone).unwrap();
        Self { zone, open }
    }

    fn is_open(&self, at: Timestamp) -> bool {
        let shown = at.as_second() + i64::from(self.zone.to_offset(at).seconds());
        self.open.contains(&(shown / 60))
    }
}

fn any_time(night: bool) -> impl Strategy<Value = String> {
    // Around the hours at which clocks are put forward and back, and any other.
    let odd = if night { 0..4u32 } else { 0..24u32 };
    (odd, prop_oneof![Just(0u32), Just(30), 0..60u32]).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
}

fn any_span() -> impl Strategy<Value = Span> {
    let to = prop_oneof![any_time(true), any_time(false), Just("24:00".to_owned())];
    (prop_oneof![any_time(true), any_time(false)], to).prop_map(|(from, to)| Span { from, to })
}

fn any_hours() -> impl Strategy<Value = (Hours, Date)> {
    let zones =
        ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Europe/Moscow", "Australia/Lord_Howe", "Pacific/Apia"];
    let spans = || prop::collection::vec(any_span(), 0..3);
    let day = prop::sample::select(DAYS.to_vec());
    let week = prop::collection::btree_map(day, spans(), 0..8);
    let date = (1..13u32, 1..29u32, any::<bool>());
    // Years in which Sao Paulo and Moscow still changed their clocks, and in which Apia skipped a day.
    let year = 2009..2027i16;
    (prop::sample::select(zones.to_vec()), week, prop::collection::vec((date, spans()), 0..6), year, 1..13i8).prop_map(
        |(zone, week, exceptions, year, month)| {
            let dated = exceptions.into_iter().map(|((month, day, yearly), open)| {
                let date = if yearly { format!("{month:02}-{day:02}") } else { format!("{year}-{month:02}-{day:02}") };
                (date, Exception { name: "differs".into(), open })
            });
            let hours = Hours { zone: zone.to_owned(), week, exceptions: dated.collect() };
            (hours, Date::new(year, month, 1).unwrap())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Half a year of minutes each, so that every case meets a change of the clock where there is one.
    #[test]
    fn it_says_what_a_walk_minute_by_minute_says((hours, from) in any_hours(), offset in 0..60_000i64) {
        const DAYS: i32 = 184;
        let painted = Painted::new(&hours, from, DAYS + 3);
        let schedule = hours.check().unwrap();
        let start = painted.zone.to_timestamp(from.at(0, 0, 0, 0)).unwrap();
        let minutes = i64::from(DAYS) * 24 * 60;
        let at = |minute: i64| start.checked_add(minute.minutes()).unwrap();
        let walked: Vec<bool> = (0..minutes).map(|minute| painted.is_open(at(minute))).collect();
        let mut since = 0;
        for minute in 1..minutes {
            let nth = usize::try_from(minute).unwrap();
            let flip = walked[nth] != walked[nth - 1];
            if !flip && minute + 1 < minutes {
                continue;
            }
            // At the beginning, inside and at the end of what has just ended.
            for probe in [since, (since + minute) / 2, minute - 1] {
                let millis = at(probe).as_millisecond() + offset;
                let state = schedule.state_at(Stamp(millis));
                prop_assert_eq!(state.open, walked[usize::try_from(probe).unwrap()], "open at {} in {:?}", at(probe), &hours);
                if flip {
                    let expected = Some(Stamp(at(minute).as_millisecond()));
                    prop_assert_eq!(state.changes_at, expected, "after {} in {:?}", at(probe), &hours);
                } else {
                    let later = state.changes_at.is_none_or(|change| change.0 >= at(minute).as_millisecond());
                    prop_assert!(later, "after {} in {:?}", at(probe), &hours);
                }
            }
            since = minute;
        }
    }
}
