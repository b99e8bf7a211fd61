//! A conversation as a letter: pure.

use jiff::{Timestamp, tz::TimeZone};
use otklik_model::{Author, Dialog, DialogId, FileState, Message, MessageKind, Stamp, clean_name};

/// The longest name in a subject, in Unicode scalar values.
const SUBJECT_CHARS: usize = 80;

/// A letter in two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The words of a language.
struct Words {
    tag: &'static str,
    dialog: &'static str,
    request: &'static str,
    open: &'static str,
    customer: &'static str,
    hub: &'static str,
    file: &'static str,
    place: &'static str,
    metres: &'static str,
    sticker: &'static str,
    refused: &'static str,
    expired: &'static str,
    deleted: &'static str,
    edited: &'static str,
    asks: &'static str,
    left_out: &'static str,
}

const RUSSIAN: Words = Words {
    tag: "ru",
    dialog: "Диалог №",
    request: "Оставлено обращение №",
    open: "Открыть на рабочем месте",
    customer: "Клиент",
    hub: "Автоответ",
    file: "Файл",
    place: "Место",
    metres: "м",
    sticker: "Стикер",
    refused: "не принят антивирусом",
    expired: "больше не хранится",
    deleted: "Сообщение удалено",
    edited: "изменено",
    asks: "Запрошены контакты",
    left_out: "Начало переписки не поместилось в письмо.",
};

const ENGLISH: Words = Words {
    tag: "en",
    dialog: "Dialog No.",
    request: "A request was left, No.",
    open: "Open in the workplace",
    customer: "Customer",
    hub: "Automatic reply",
    file: "File",
    place: "Place",
    metres: "m",
    sticker: "Sticker",
    refused: "refused by the virus scanner",
    expired: "no longer kept",
    deleted: "The message was deleted",
    edited: "edited",
    asks: "Contacts were asked for",
    left_out: "The beginning of the conversation does not fit into the letter.",
};

/// One line of the conversation.
struct Line {
    at: String,
    who: String,
    words: String,
}

/// Writes a conversation. `left_out`: the messages are not all of it.
pub(crate) fn letter(dialog: &Dialog, messages: &[Message], left_out: bool, language: &str, zone: &TimeZone) -> Letter {
    let words = words_of(language);
    compose(dialog, messages, left_out, &Frame { title: words.dialog, foot: None, words }, zone)
}

/// Tells of a request that was left, with what was said in it so far and where it is.
pub(crate) fn request_letter(
    dialog: &Dialog,
    messages: &[Message],
    left_out: bool,
    language: &str,
    zone: &TimeZone,
) -> Letter {
    let words = words_of(language);
    let foot = Some(Foot::leads_to(dialog.id, language));
    compose(dialog, messages, left_out, &Frame { title: words.request, foot, words }, zone)
}

/// Where a dialog is opened, in both forms of a letter.
pub(super) struct Foot {
    pub(super) line: String,
    pub(super) paragraph: String,
}

impl Foot {
    pub(super) fn leads_to(dialog: DialogId, language: &str) -> Self {
        let (open, link) = (words_of(language).open, format!("otklik://dialog/{dialog}"));
        Self { paragraph: format!("<p>{open}: <a href=\"{link}\">{link}</a></p>"), line: format!("{open}: {link}\n") }
    }
}

/// What stands around a conversation.
struct Frame {
    /// Before the dialog's number.
    title: &'static str,
    foot: Option<Foot>,
    words: &'static Words,
}

fn words_of(language: &str) -> &'static Words {
    if language.starts_with("ru") { &RUSSIAN } else { &ENGLISH }
}

fn compose(dialog: &Dialog, messages: &[Message], left_out: bool, frame: &Frame, zone: &TimeZone) -> Letter {
    let Frame { title, foot, words } = frame;
    let customer = match dialog.customer.named {
        true => clean_name(&dialog.customer.name, SUBJECT_CHARS),
        false => format!("{} {}", words.customer, dialog.customer.number),
    };
    let subject = format!("{title} {}: {customer}", dialog.number);
    let lines: Vec<Line> = messages.iter().filter_map(|message| line(message, &customer, words, zone)).collect();
    let left_out = left_out.then_some(words.left_out);
    let foot = foot.as_ref();
    let (text, html) = (plain(&subject, left_out, &lines, foot), page(&subject, left_out, &lines, foot, words));
    Letter { subject, text, html }
}

/// A message as a line; nothing, if it is for operators only or tells only what happened to the dialog.
fn line(message: &Message, customer: &str, words: &Words, zone: &TimeZone) -> Option<Line> {
    let said = match message.kind {
        MessageKind::Note | MessageKind::System | MessageKind::Unknown => return None,
        MessageKind::Text | MessageKind::AutoReply | MessageKind::Contacts | MessageKind::Keyboard => {
            message.text.clone()
        }
        MessageKind::ContactRequest => words.asks.to_owned(),
        MessageKind::File => file(message, words),
        MessageKind::Place => place(message, words),
        MessageKind::Sticker => format!("{} {}", words.sticker, message.text).trim_end().to_owned(),
    };
    let who = match &message.author {
        Author::Customer => customer.to_owned(),
        Author::Operator { name, .. } | Author::Bot { name, .. } => clean_name(name, SUBJECT_CHARS),
        Author::System => words.hub.to_owned(),
        Author::Unknown => return None,
    };
    let said = match (message.details.deleted_at, message.details.edited_at) {
        (Some(_), _) => words.deleted.to_owned(),
        (None, Some(_)) => format!("{said} ({})", words.edited),
        (None, None) => said,
    };
    Some(Line { at: time(message.at, zone), who, words: said })
}

fn file(message: &Message, words: &Words) -> String {
    let Some(file) = &message.details.file else { return message.text.clone() };
    let state = match file.state {
        FileState::Rejected => format!(", {}", words.refused),
        FileState::Expired => format!(", {}", words.expired),
        FileState::Checking | FileState::Ready | FileState::Unknown => String::new(),
    };
    let caption = if message.text.is_empty() { String::new() } else { format!("\n{}", message.text) };
    format!("{}: {} ({} B{state}){caption}", words.file, file.name, file.size)
}

/// Where it is, how far off it may be, and what it is called.
fn place(message: &Message, words: &Words) -> String {
    let Some(spot) = message.details.place else { return message.text.clone() };
    let off = spot.accuracy().map(|metres| format!(" (± {metres} {})", words.metres)).unwrap_or_default();
    let title = if message.text.is_empty() { String::new() } else { format!("\n{}", message.text) };
    format!("{}: {spot}{off}{title}", words.place)
}

pub(super) fn time(at: Stamp, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

fn plain(subject: &str, left_out: Option<&str>, lines: &[Line], foot: Option<&Foot>) -> String {
    let mut text = format!("{subject}\n\n");
    if let Some(said) = left_out {
        text.push_str(&format!("{said}\n\n"));
    }
    for Line { at, who, words } in lines {
        // Words that look like the next line of the conversation are not one: they stand further to the right.
        text.push_str(&format!("[{at}] {who}:\n    {}\n\n", words.replace('\n', "\n    ")));
    }
    text.push_str(foot.map_or("", |foot| &foot.line));
    text
}

fn page(subject: &str, left_out: Option<&str>, lines: &[Line], foot: Option<&Foot>, words: &Words) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>",
        words.tag,
        title = escaped(subject)
    );
    if let Some(said) = left_out {
        page.push_str(&format!("<p><em>{}</em></p>", escaped(said)));
    }
    for Line { at, who, words } in lines {
        let said = escaped(words).replace('\n', "<br>");
        page.push_str(&format!(
            "<p><small>{}</small> <strong><bdi>{}</bdi></strong></p><blockquote dir=\"auto\">{said}</blockquote>",
            escaped(at),
            escaped(who)
        ));
    }
    page.push_str(foot.map_or("", |foot| &foot.paragraph));
    page.push_str("</body></html>");
    page
}

/// A text that is only a text in a page, whatever it looks like.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_model::{
        Attachment, ChannelId, Customer, CustomerId, Details, DialogId, FileId, MessageId, OperatorId, Particulars,
        Seq, Spot,
    };
    use uuid::Uuid;

    fn dialog(name: &str, named: bool) -> Dialog {
        let customer = Customer {
            id: CustomerId(Uuid::nil()),
            name: name.to_owned(),
            number: 368_646,
            named,
            email: None,
            phone: None,
            language: None,
            particulars: Particulars::default(),
        };
        let (id, channel) = (DialogId(Uuid::nil()), ChannelId(Uuid::nil()));
        Dialog { number: 17, ..Dialog::new(id, channel, customer, Stamp(0)) }
    }

    fn message(seq: u32, kind: MessageKind, author: Author, text: &str) -> Message {
        Message {
            id: MessageId(Uuid::nil()),
            client_id: None,
            dialog: DialogId(Uuid::nil()),
            seq,
            kind,
            author,
            text: text.to_owned(),
            at: Stamp(1_766_000_000_000),
            rev: Seq(1),
            details: Details::default(),
        }
    }

    fn ira() -> Author {
        Author::Operator { id: OperatorId(Uuid::nil()), name: "Ира".into() }
    }

    #[test]
    fn what_is_between_operators_stays_there_and_texts_are_texts() {
        let hostile = "<script>alert(\"1\")</script>\n[2025-12-17] Ира:\nда & 'нет'";
        let mut taken_back = message(4, MessageKind::Text, ira(), "");
        taken_back.details.deleted_at = Some(Stamp(1));
        let mut edited = message(5, MessageKind::Text, ira(), "Завтра.");
        edited.details.edited_at = Some(Stamp(1));
        let mut file = message(6, MessageKind::File, Author::Customer, "вот");
        let attachment = Attachment {
            id: FileId(Uuid::nil()),
            name: "<b>.png".into(),
            media: "image/png".into(),
            size: 7,
            state: FileState::Rejected,
            pixels: None,
        };
        file.details.file = Some(attachment);
        let mut place = message(8, MessageKind::Place, Author::Customer, "<u>вход</u>");
        place.details.place = Spot::new(55.751_244, -0.5, Some(20.0)).ok();
        let messages = [
            message(1, MessageKind::Text, Author::Customer, hostile),
            message(2, MessageKind::Note, ira(), "canary of a note"),
            message(3, MessageKind::System, Author::System, "offered canary"),
            taken_back,
            edited,
            file,
            message(7, MessageKind::AutoReply, Author::System, "Мы открыты с девяти."),
            place,
            message(9, MessageKind::Sticker, Author::Customer, "🙂"),
        ];
        let letter = letter(&dialog("Мария <i>\r\nBcc: x", true), &messages, false, "ru", &TimeZone::UTC);
        assert_eq!(letter.subject, "Диалог № 17: Мария <i> Bcc: x");
        for form in [&letter.text, &letter.html] {
            assert!(!form.contains("canary"), "{form}");
            for said in [
                "Сообщение удалено",
                "Завтра. (изменено)",
                "Автоответ",
                "не принят антивирусом",
                "вот",
                "Место: 55.751244, -0.500000 (± 20 м)",
                "Стикер 🙂",
            ] {
                assert!(form.contains(said), "{said}: {form}");
            }
        }
        assert!(!letter.html.contains("<script") && !letter.html.contains("<b>") && !letter.html.contains("<i>"));
        assert!(letter.html.contains("&lt;u&gt;вход") && letter.text.contains("<u>вход</u>"));
        assert!(letter.html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;<br>"), "{}", letter.html);
        assert!(letter.html.contains("да &amp; &#39;нет&#39;"), "{}", letter.html);
        assert!(letter.text.contains("\n    [2025-12-17] Ира:\n    да"), "{}", letter.text);
        assert!(letter.text.contains("[2025-12-17 19:33:20 UTC] Мария"), "{}", letter.text);
    }

    #[test]
    fn a_request_that_was_left_says_so_and_where_it_is() {
        let messages = [
            message(1, MessageKind::Text, Author::Customer, "</body></html> Перезвоните"),
            message(2, MessageKind::Note, ira(), "canary of a note"),
        ];
        let request = |language| request_letter(&dialog("Мария", true), &messages, false, language, &TimeZone::UTC);
        let (russian, english) = (request("ru"), request("en"));
        assert_eq!(russian.subject, "Оставлено обращение № 17: Мария");
        assert_eq!(english.subject, "A request was left, No. 17: Мария");
        let link = "otklik://dialog/00000000-0000-0000-0000-000000000000";
        assert!(russian.text.ends_with(&format!("Открыть на рабочем месте: {link}\n")), "{}", russian.text);
        assert!(
            english.html.ends_with(&format!("<a href=\"{link}\">{link}</a></p></body></html>")),
            "{}",
            english.html
        );
        for form in [&russian.text, &russian.html, &english.text, &english.html] {
            assert!(form.contains("Перезвоните") && !form.contains("canary"), "{form}");
        }
        let plain = letter(&dialog("Мария", true), &messages, false, "ru", &TimeZone::UTC);
        assert!(!plain.text.contains("otklik://") && !plain.html.contains("otklik://"), "an operator's own letter");
    }

    #[test]
    fn in_two_languages() {
        let messages = [message(1, MessageKind::ContactRequest, ira(), "")];
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let russian = letter(&dialog("Customer 368646", false), &messages, true, "ru", &zone);
        assert_eq!(russian.subject, "Диалог № 17: Клиент 368646");
        assert!(russian.text.contains("Запрошены контакты") && russian.text.contains("Начало переписки"));
        assert!(russian.text.contains("22:33:20 MSK") && russian.html.contains("<html lang=\"ru\">"));
        let english = letter(&dialog("Customer 368646", false), &messages, true, "en", &zone);
        assert_eq!(english.subject, "Dialog No. 17: Customer 368646");
        assert!(english.text.contains("Contacts were asked for") && english.html.contains("<html lang=\"en\">"));
    }
}
