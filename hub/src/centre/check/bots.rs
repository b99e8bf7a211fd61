//! Programs that answer.

use super::{Report, words::check_text};
use crate::centre::{BotKind, Centre, OutsideRouter};
use url::{Host, Url};

/// The shortest secret that signs requests, in characters.
const SECRET_CHARS: usize = 16;

pub(super) fn check_bots(centre: &Centre, report: &mut Report) {
    let secret = &centre.webhooks.secret;
    let good = secret.is_empty() || secret.chars().count() >= SECRET_CHARS;
    let what = format!("a secret has at least {SECRET_CHARS} characters");
    report.need(good, "webhooks.secret", what, "make one, such as `openssl rand -hex 32` prints");
    for (login, bot) in &centre.bots {
        let at = format!("bots.{login}");
        for key in &bot.departments {
            let known = centre.departments.contains_key(key);
            report.resolves(known, format!("{at}.departments"), "department", key.as_str());
        }
        let at = format!("{at}.kind");
        match &bot.kind {
            BotKind::Keyword { greeting, groups, stop_words, tries } => {
                if let Some(greeting) = greeting {
                    check_text(&format!("{at}.greeting"), greeting, report);
                }
                report.need(!groups.is_empty(), format!("{at}.groups"), "it has nothing to answer", "add a group");
                for (number, group) in groups.iter().enumerate() {
                    let at = format!("{at}.groups.{number}");
                    check_list(&format!("{at}.words"), &group.words, report);
                    check_list(&format!("{at}.answers"), &group.answers, report);
                    for answer in &group.answers {
                        check_text(&format!("{at}.answers"), answer, report);
                    }
                }
                let spoken = stop_words.iter().all(|word| !word.trim().is_empty());
                report.need(spoken, format!("{at}.stop_words"), "one of them is empty", "take it out");
                report.need(*tries > 0, format!("{at}.tries"), "it gives up before it tries", "put at least 1");
            }
            BotKind::External { address, secret, answer_ms, retries } => {
                check_asked(&at, Asked { address, secret, answer_ms: *answer_ms, retries: *retries }, report);
            }
        }
    }
    if let Some(OutsideRouter { address, secret, answer_ms, retries, everywhere: _ }) = &centre.router {
        check_asked("router", Asked { address, secret, answer_ms: *answer_ms, retries: *retries }, report);
    }
}

/// How a program is asked over HTTP.
struct Asked<'a> {
    address: &'a str,
    secret: &'a str,
    answer_ms: u32,
    retries: u32,
}

fn check_asked(at: &str, asked: Asked<'_>, report: &mut Report) {
    let Asked { address, secret, answer_ms, retries } = asked;
    let what = format!("{address:?} is not an address it can be asked at");
    let remedy = "write an https address, or http on loopback";
    report.need(is_asked_safely(address), format!("{at}.address"), what, remedy);
    let good = secret.chars().count() >= SECRET_CHARS;
    let what = format!("a secret has at least {SECRET_CHARS} characters");
    report.need(good, format!("{at}.secret"), what, "make one, such as `openssl rand -hex 32` prints");
    let good = (100..=60_000).contains(&answer_ms);
    report.need(good, format!("{at}.answer_ms"), "an answer takes 100 to 60000 milliseconds", "put 5000");
    report.need(retries <= 10, format!("{at}.retries"), "customers would wait too long", "put at most 10");
}

fn check_list(at: &str, list: &[String], report: &mut Report) {
    let good = !list.is_empty() && list.iter().all(|text| !text.trim().is_empty());
    report.need(good, at, "it is empty, or one of its entries is", "write at least one");
}

/// Whether nobody on the way can read or change what is asked and answered.
fn is_asked_safely(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let bare = url.username().is_empty() && url.password().is_none();
    bare && (url.scheme() == "https" || url.scheme() == "http" && loopback)
}
