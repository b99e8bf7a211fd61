use super::*;
use crate::words::indexed;
use std::cell::Cell;
use std::convert::Infallible;

/// Messages, the newest last, asked the slow way.
struct Lines {
    lines: Vec<String>,
    asked: Cell<u32>,
}

impl Lines {
    /// Each line as many times as a word must stand there to be more than next to nothing.
    fn often(lines: &[&str]) -> Self {
        let lines = lines.iter().flat_map(|line| vec![(*line).to_owned(); FEW as usize]).collect();
        Self { lines, asked: Cell::new(0) }
    }

    fn found(&self, query: &Query) -> impl Iterator<Item = &String> {
        self.asked.set(self.asked.get() + 1);
        let has = |line: &str, part: &Part| indexed(line).split(' ').any(|entry| part.finds(entry));
        self.lines.iter().rev().filter(move |line| query.parts().iter().all(|part| has(line, part)))
    }
}

impl Index for Lines {
    type Fault = Infallible;

    fn count(&self, query: &Query, upto: u32) -> Result<u32, Infallible> {
        Ok(self.found(query).take(upto as usize).count() as u32)
    }

    fn newest(&self, query: &Query, limit: u32) -> Result<Vec<String>, Infallible> {
        Ok(self.found(query).take(limit as usize).cloned().collect())
    }
}

fn meant(lines: &Lines, text: &str) -> Option<String> {
    let Ok(mended) = mend(text, lines);
    mended.map(|mended| mended.words)
}

#[test]
fn a_slip_is_mended_by_what_people_wrote() {
    let lines = Lines::often(&["Где доставка заказа?", "Верните деньги за кроссовки", "Delivery to Kazan", "Пиши"]);
    for (typed, words) in [
        ("доставкка", Some("доставка")),
        ("заказ даставка ", Some("заказ доставка ")),
        ("кросовки", Some("кроссовки")),
        ("Кроссвоки, деньги", Some("кроссовки, деньги")),
        ("delivrey kazan", Some("delivery kazan")),
        ("доствка зкаказ", Some("доставка заказ")),
        // Right, and there.
        ("доставка", None),
        // Their words do not meet in any message.
        ("доставка деньги", None),
        ("достваки деньги", None),
        // Nothing like it.
        ("холодильник", None),
        // Too short to be doubted.
        ("паши", None),
        ("", None),
        ("?!", None),
    ] {
        assert_eq!(meant(&lines, typed).as_deref(), words, "{typed:?}");
    }
}

#[test]
fn words_in_the_wrong_layout_are_put_into_the_right_one() {
    let lines = Lines::often(&["Хочу iPhone", "привет", "ёлка искусственная", "Любовь и кобылы"]);
    for (typed, words) in [
        ("ghbdtn", Some("привет")),
        ("ghbdtn, ", Some("привет ")),
        ("ghbdtn!", Some("привет!")),
        ("[jxe iphone", Some("хочу iphone")),
        ("шзрщту", Some("iphone")),
        ("`krf", Some("ёлка")),
        ("ghbd", Some("прив")),
        ("k.,jdm", Some("любовь")),
        ("bcreccndtyyfz", Some("искусственная")),
        // A slip in the wrong layout.
        ("bcrecndtyyfz", None),
        ("iphone", None),
        ("12345", None),
    ] {
        assert_eq!(meant(&lines, typed).as_deref(), words, "{typed:?}");
    }
}

#[test]
fn what_is_told_is_what_was_typed_and_what_is_looked_for_instead() {
    let lines = Lines::often(&["доставка заказа"]);
    let Ok(Some(mended)) = mend("Pfrfp  Доствка", &lines) else { panic!("not mended") };
    let slips: Vec<(&str, &str)> = mended.slips.iter().map(|slip| (slip.typed.as_str(), slip.meant.as_str())).collect();
    assert_eq!(slips, [("Pfrfp", "Заказ"), ("Доствка", "доставка")]);
    assert_eq!(mended.words, "Заказ  доставка");
    assert_eq!(mended.query.spans("Доставка заказов").len(), 2);
}

#[test]
fn a_frequent_word_is_meant_rather_than_a_rare_one_unless_the_slip_is_likelier() {
    let mut lines = Lines::often(&["картина", "корзина"]);
    lines.lines.extend(vec!["корзинка".to_owned(); 2]);
    // One letter from both: the next key, or a far one.
    lines.lines.extend(vec!["картинг".to_owned(); 20]);
    assert_eq!(meant(&lines, "картинп").as_deref(), Some("картинг"));
    assert_eq!(meant(&lines, "корзнна").as_deref(), Some("корзина"));
}

#[test]
fn few_questions_are_asked_however_much_was_typed() {
    let lines = Lines::often(&["доставка"]);
    let text = "абракадабра ".repeat(1_000);
    assert_eq!(meant(&lines, &text), None);
    assert!(lines.asked.get() < 50, "{}", lines.asked.get());
}
