//! The other forms of a Russian word that was asked for.
//!
//! Snowball cuts endings off a word without knowing what it is, so the forms of one word often end as different stems
//! (приём: "при", приёма: "прием"). Nothing can be asked of a stem; but the word itself can be declined and conjugated
//! by every pattern it may follow, and each form stemmed the way the index stemmed it. Forms that do not exist stem to
//! entries that are not there and cost next to nothing. What follows no pattern stands in `irregular.txt`. Only
//! questions pass through here: changing it does not change what is on disk.

use crate::words::stem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const VOWELS: &str = "аеиоуыэюя";

/// What may follow the root of a noun.
const NOUN: &[&str] = &[
    "", "а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й", "ом", "ем", "ей", "ой", "ью", "ов", "ев", "ам", "ям", "ами",
    "ями", "ах", "ях", "ия", "ие", "ии", "ию", "ием", "ией", "ий",
];

/// What may follow the root of an adjective.
const ADJECTIVE: &[&str] = &[
    "", "ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", "ому", "ему", "ым", "им", "ом", "ем", "ей",
    "ую", "юю", "ых", "их", "ыми", "ими", "а", "о", "ы",
];

/// What follows the stem of a verb's infinitive.
const PAST: &[&str] = &["ть", "л", "ла", "ло", "ли", "в", "вши", "н", "на", "но", "ны"];
const PRESENT: &[&str] = &["ю", "ешь", "ет", "ем", "ете", "ют", "у", "ут", "ишь", "ит", "им", "ите", "ат", "ят"];
const FIRST_PRESENT: &[&str] = &["ю", "ешь", "ет", "ем", "ете", "ют", "у", "ут"];
const COMMAND: &[&str] = &["и", "ите", "ь", "ьте", "й", "йте"];
const PASSIVE: &[&str] = &["я", "а", "ен", "ена", "ено", "ены", "има", "имо", "имы"];

/// How the end of a root changes when a verb is conjugated, in both directions.
const CHANGES: &[(&str, &[&str])] = &[
    ("ст", &["щ"]),
    ("ск", &["щ"]),
    ("т", &["ч", "щ"]),
    ("д", &["ж", "жд"]),
    ("з", &["ж"]),
    ("с", &["ш"]),
    ("к", &["ч"]),
    ("г", &["ж"]),
    ("х", &["ш"]),
    ("б", &["бл"]),
    ("п", &["пл"]),
    ("в", &["вл"]),
    ("м", &["мл"]),
    ("ч", &["т", "к"]),
    ("щ", &["ст", "ск", "т"]),
    ("ж", &["д", "з", "г"]),
    ("ш", &["с", "х"]),
    ("жд", &["д"]),
    ("бл", &["б"]),
    ("пл", &["п"]),
    ("вл", &["в"]),
    ("мл", &["м"]),
];

/// The entries under which the index may hold a form of this normal Russian word.
pub(crate) fn entries(normal: &str) -> BTreeSet<String> {
    let mut forms = Forms { normal, reflexive: reflexive(normal), entries: BTreeSet::new() };
    forms.noun();
    forms.adjective();
    forms.verb();
    forms.irregular();
    // Entries of one letter are prepositions, unless that is what was asked for.
    forms.entries.retain(|entry| entry.chars().count() > 1);
    forms.entries.insert(stem(normal).into_owned());
    forms.entries
}

/// The endings of a reflexive verb are followed by ся or сь.
fn reflexive(normal: &str) -> bool {
    normal.ends_with("ся") || normal.ends_with("сь")
}

struct Forms<'a> {
    normal: &'a str,
    reflexive: bool,
    entries: BTreeSet<String>,
}

impl Forms<'_> {
    fn noun(&mut self) {
        let mut roots = roots(self.normal, NOUN);
        let young: Vec<String> = roots.iter().filter_map(|root| young(root)).collect();
        let moved: Vec<String> = roots.iter().flat_map(|root| fleeting(root)).collect();
        roots.extend(young.into_iter().chain(moved));
        self.attach(&roots, NOUN);
    }

    fn adjective(&mut self) {
        let mut roots = roots(self.normal, ADJECTIVE);
        let moved: Vec<String> = roots.iter().flat_map(|root| fleeting(root)).collect();
        roots.extend(moved);
        self.attach(&roots, ADJECTIVE);
    }

    fn verb(&mut self) {
        let base =
            if self.reflexive { self.normal.get(..self.normal.len() - 4).unwrap_or_default() } else { self.normal };
        for infinitive in roots(base, PAST) {
            self.conjugate(&infinitive);
        }
        for ending in PRESENT.iter().chain(COMMAND).chain(PASSIVE) {
            for root in roots(base, &[ending]) {
                self.by_present(&root, ending);
            }
        }
        if let Some(root) = base.strip_suffix("ти").filter(|root| long_enough(root)) {
            self.hard_verb(root);
        }
    }

    /// All forms of the verb whose infinitive is `stem` and "ть".
    fn conjugate(&mut self, stem: &str) {
        self.attach_verb(&[stem], PAST);
        for theme in ["ова", "ева"] {
            if let Some(root) = stem.strip_suffix(theme) {
                let roots = [format!("{root}у"), format!("{root}ю")];
                self.attach_verb(&roots, PRESENT);
                self.attach_verb(&roots, &["й", "йте", "я", "ема", "емо", "емы"]);
            }
        }
        let Some(last) = stem.chars().next_back() else { return };
        let root = &stem[..stem.len() - last.len_utf8()];
        match last {
            'а' | 'я' | 'е' | 'и' => {
                self.attach_verb(&[stem], FIRST_PRESENT);
                self.attach_verb(&[stem], &["й", "йте", "я", "ема", "емо", "емы"]);
                let mut roots = changed(root);
                roots.push(root.to_owned());
                for endings in [PRESENT, COMMAND, PASSIVE] {
                    self.attach_verb(&roots, endings);
                }
            }
            'у' => {
                self.attach_verb(&[stem, root], FIRST_PRESENT);
                self.attach_verb(&[root], COMMAND);
                self.attach_verb(&[stem], &["т", "та", "то", "ты"]);
            }
            'ы' => {
                self.attach_verb(&[format!("{root}о")], FIRST_PRESENT);
                self.attach_verb(&[format!("{root}о")], COMMAND);
                self.attach_verb(&[stem], &["т", "та", "то", "ты"]);
            }
            _ => {}
        }
    }

    /// All forms of the verbs that may have `root` and `ending` as one of theirs.
    fn by_present(&mut self, root: &str, ending: &str) {
        let Some(last) = root.chars().next_back() else { return };
        let short = &root[..root.len() - last.len_utf8()];
        if VOWELS.contains(last) {
            self.conjugate(root);
            match last {
                'у' | 'ю' => {
                    self.conjugate(&format!("{short}ова"));
                    self.conjugate(&format!("{short}ева"));
                }
                'о' => self.conjugate(&format!("{short}ы")),
                _ => {}
            }
            return;
        }
        let mut roots = changed(root);
        roots.push(root.to_owned());
        for root in roots {
            if FIRST_PRESENT.contains(&ending) || COMMAND.contains(&ending) {
                self.conjugate(&format!("{root}а"));
            }
            self.conjugate(&format!("{root}и"));
        }
        if last == 'н' {
            self.conjugate(&format!("{root}у"));
        }
    }

    /// Verbs on -ти: везти, вести (веду), плести (плету).
    fn hard_verb(&mut self, root: &str) {
        let mut roots = vec![root.to_owned()];
        if let Some(short) = root.strip_suffix('с') {
            roots.extend(["д", "т", ""].map(|end| format!("{short}{end}")));
        }
        for endings in [FIRST_PRESENT, COMMAND, PASSIVE, &["", "л", "ла", "ло", "ли"]] {
            self.attach_verb(&roots, endings);
        }
    }

    fn irregular(&mut self) {
        for family in irregular().get(self.normal).into_iter().flatten() {
            self.entries.extend(family.iter().map(|form| stem(form).into_owned()));
        }
    }

    fn attach(&mut self, roots: &BTreeSet<String>, endings: &[&str]) {
        for root in roots {
            self.entries.extend(endings.iter().map(|ending| stem(&format!("{root}{ending}")).into_owned()));
        }
    }

    fn attach_verb(&mut self, roots: &[impl AsRef<str>], endings: &[&str]) {
        for root in roots {
            for ending in endings {
                let form = format!("{}{ending}", root.as_ref());
                if self.reflexive {
                    let tail = if form.ends_with(|c| VOWELS.contains(c)) { "сь" } else { "ся" };
                    self.entries.insert(stem(&format!("{form}{tail}")).into_owned());
                }
                self.entries.insert(stem(&form).into_owned());
            }
        }
    }
}

/// What is left of a word without each of the endings it has; at least three letters.
fn roots(word: &str, endings: &[&str]) -> BTreeSet<String> {
    let left = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    left.filter(|root| long_enough(root)).map(str::to_owned).collect()
}

fn long_enough(root: &str) -> bool {
    root.chars().count() >= 3
}

/// The roots a vowel enters or leaves: сумка, сумок; отец, отца; письмо, писем; заём, займа.
fn fleeting(root: &str) -> Vec<String> {
    let letters: Vec<char> = root.chars().collect();
    let [head @ .., third, second, last] = letters.as_slice() else { return Vec::new() };
    let is_vowel = |c: &char| VOWELS.contains(*c);
    if is_vowel(last) || matches!(last, 'ь' | 'й') {
        return Vec::new();
    }
    let head: String = head.iter().chain([third]).collect();
    match second {
        'о' | 'е' if !is_vowel(third) => vec![format!("{head}{last}"), format!("{head}ь{last}")],
        'е' => vec![format!("{head}й{last}")],
        'й' | 'ь' => vec![format!("{head}е{last}")],
        _ if !is_vowel(second) && matches!(last, 'к' | 'ц' | 'н' | 'л' | 'р' | 'г') => {
            vec![format!("{head}{second}о{last}"), format!("{head}{second}е{last}")]
        }
        _ => Vec::new(),
    }
}

/// Young animals, and pieces of that pattern: котёнок, котята.
fn young(root: &str) -> Option<String> {
    let pairs = [("енок", "ят"), ("онок", "ат"), ("ят", "енок")];
    pairs.iter().find_map(|(from, to)| root.strip_suffix(from).map(|start| format!("{start}{to}")))
}

/// The roots a verb's root may change into.
fn changed(root: &str) -> Vec<String> {
    CHANGES
        .iter()
        .filter_map(|(from, to)| Some((root.strip_suffix(from).filter(|start| start.chars().count() >= 2)?, to)))
        .flat_map(|(start, to)| to.iter().map(move |end| format!("{start}{end}")))
        .collect()
}

/// Each irregular form with the families it is in.
fn irregular() -> &'static BTreeMap<String, Vec<Vec<String>>> {
    static FAMILIES: OnceLock<BTreeMap<String, Vec<Vec<String>>>> = OnceLock::new();
    FAMILIES.get_or_init(|| {
        let mut by_form: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        let lines = include_str!("forms/irregular.txt").lines().filter(|line| !line.starts_with('#'));
        for (prefixes, forms) in lines.filter_map(|line| line.split_once(": ")) {
            for prefix in prefixes.split(' ') {
                let prefix = if prefix == "_" { "" } else { prefix };
                let family: Vec<String> = forms.split(' ').map(|form| format!("{prefix}{form}")).collect();
                for form in &family {
                    by_form.entry(form.clone()).or_default().push(family.clone());
                }
            }
        }
        by_form
    })
}
