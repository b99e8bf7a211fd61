//! Working hours: dates, spans, zones.

use super::Report;
use crate::centre::{
    Centre, Span,
    hours::{is_date, is_zone, minutes_of},
};

pub(super) fn check_hours(centre: &Centre, report: &mut Report) {
    if let Some(hours) = &centre.default_hours {
        report.resolves(centre.hours.contains_key(hours), "default_hours", "schedule", hours);
    }
    for (name, hours) in &centre.hours {
        let at = format!("hours.{name}");
        let what = format!("{:?} is not a time zone", hours.zone);
        report.need(is_zone(&hours.zone), format!("{at}.zone"), what, "write it as Europe/Moscow");
        for (day, spans) in &hours.week {
            check_spans(&format!("{at}.week.{}", format!("{day:?}").to_lowercase()), spans, report);
        }
        for (date, exception) in &hours.exceptions {
            let at = format!("{at}.exceptions.{date}");
            let todo = "write it as 2026-05-09, or as 05-09 for every year";
            report.need(is_date(date), &at, format!("{date:?} is not a date"), todo);
            check_spans(&format!("{at}.open"), &exception.open, report);
        }
    }
}

fn check_spans(at: &str, spans: &[Span], report: &mut Report) {
    let mut taken: Vec<(u16, u16)> = Vec::new();
    for span in spans {
        let Span { from, to } = span;
        let Ok((begin, end)) = minutes_of(span) else {
            report.add(at, format!("{from:?} to {to:?} is not a span"), "write times as 09:00, the last one as 24:00");
            continue;
        };
        let apart = taken.iter().all(|(from, to)| end <= *from || *to <= begin);
        report.need(apart, at, format!("{from} to {to} overlaps with another span"), "make one span of both");
        taken.push((begin, end));
    }
}
