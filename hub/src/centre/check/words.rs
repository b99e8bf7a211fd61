//! Words of the hub, ready answers, the survey.

use super::{Report, check_language};
use crate::centre::{Centre, Occasion};
use otklik_model::MAX_TEXT_CHARS;
use std::collections::{BTreeMap, BTreeSet};

/// The variables that every text may use.
const VARIABLES: [&str; 6] = ["customer", "operator", "greeting", "number", "department", "centre"];

/// The longest warning to operators, in characters: it stands in a small question.
const LEAVING_CHARS: usize = 500;

pub(super) fn check_words(centre: &Centre, report: &mut Report) {
    check_occasions("words.all", &centre.words.all, report);
    for (channel, occasions) in &centre.words.channels {
        let at = format!("words.channels.{channel}");
        report.channel(&at, channel);
        check_occasions(&at, occasions, report);
    }
    check_templates(centre, report);
    check_survey(centre, report);
    for (language, text) in &centre.leaving_words {
        let at = format!("leaving_words.{language}");
        check_language(&at, language, report);
        let good = (1..=LEAVING_CHARS).contains(&text.trim().chars().count());
        let what = format!("a warning has 1 to {LEAVING_CHARS} characters");
        report.need(good, &at, what, "write what operators are to think of, or leave the language out");
    }
}

fn check_occasions(at: &str, occasions: &BTreeMap<Occasion, BTreeMap<String, String>>, report: &mut Report) {
    for (occasion, texts) in occasions {
        check_texts(&format!("{at}.{}", super::words::name_of(*occasion)), texts, report);
    }
}

/// An occasion as the document spells it.
fn name_of(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::NewOpen => "new_open",
        Occasion::NewClosed => "new_closed",
        Occasion::KnownOpen => "known_open",
        Occasion::KnownClosed => "known_closed",
        Occasion::Waiting => "waiting",
        Occasion::Busy => "busy",
        Occasion::Accepted => "accepted",
        Occasion::Closed => "closed",
        Occasion::Blocked => "blocked",
    }
}

fn check_templates(centre: &Centre, report: &mut Report) {
    let mut commands = BTreeSet::new();
    for (name, template) in &centre.templates {
        let at = format!("templates.{name}");
        super::check_name(&at, name, report);
        report.need(!template.texts.is_empty(), format!("{at}.texts"), "it says nothing", "write texts.ru or texts.en");
        check_texts(&format!("{at}.texts"), &template.texts, report);
        for key in &template.departments {
            let known = centre.departments.contains_key(key);
            report.resolves(known, format!("{at}.departments"), "department", key.as_str());
        }
        if let Some(command) = &template.command {
            let at = format!("{at}.command");
            let good = !command.is_empty() && command.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
            report.need(
                good,
                &at,
                format!("{command:?} cannot be typed after '/'"),
                "use letters, digits, '-' and '_'",
            );
            let new = commands.insert(command.to_lowercase());
            report.need(new, &at, format!("/{command} leads to two templates"), "give one of them another command");
        }
    }
}

fn check_survey(centre: &Centre, report: &mut Report) {
    let counts: BTreeSet<_> = centre.survey.questions.values().map(Vec::len).collect();
    let what = "one language has more questions than another";
    report.need(counts.len() <= 1, "survey.questions", what, "write every question in every language");
    for (language, questions) in &centre.survey.questions {
        let at = format!("survey.questions.{language}");
        check_language(&at, language, report);
        for question in questions {
            check_text(&at, question, report);
        }
    }
}

/// Words by language.
pub(super) fn check_texts(at: &str, texts: &BTreeMap<String, String>, report: &mut Report) {
    for (language, text) in texts {
        let at = format!("{at}.{language}");
        check_language(&at, language, report);
        check_text(&at, text, report);
    }
}

/// Something that is said to customers.
pub(super) fn check_text(at: &str, text: &str, report: &mut Report) {
    let most = usize::try_from(MAX_TEXT_CHARS).unwrap_or(usize::MAX);
    let good = !text.trim().is_empty() && text.chars().count() <= most;
    report.need(good, at, format!("a text has 1 to {most} characters"), "write what is to be said");
    for (name, fallback) in variables(text) {
        let known = VARIABLES.contains(&name) || fallback;
        let what = format!("{{{name}}} is not a variable of every customer");
        let remedy = format!("use one of {}, or give a fallback: {{{name}|...}}", VARIABLES.join(", "));
        report.need(known, at, what, remedy);
    }
}

/// The variables of a text, and whether each has a fallback.
fn variables(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split('{').skip(1).filter_map(|rest| {
        let (inside, _) = rest.split_once('}')?;
        let (name, fallback) = inside.split_once('|').map_or((inside, false), |(name, _)| (name, true));
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        (!name.is_empty() && name.chars().all(plain)).then_some((name, fallback))
    })
}
