//! A bot that goes by words.
//!
//! Its memory is the conversation: what it says next follows from what was said since it got the dialog. So it says
//! the same after a restart, and nothing twice.

use super::{Act, plain};
use crate::centre::{BotKind, KeywordGroup};
use std::collections::BTreeMap;

/// Something that happened since the bot got the dialog, in the order of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn<'a> {
    /// It got the dialog, at its beginning or from an operator who named a scenario.
    Entered {
        /// Which; the beginning, if none is named.
        scenario: Option<&'a str>,
    },
    /// The customer wrote.
    Customer(&'a str),
    /// The bot answered everything before.
    Bot,
}

/// A bot that goes by words, ready to hear.
#[derive(Debug)]
pub struct KeywordBot<'a> {
    greeting: Option<&'a str>,
    groups: Vec<Group<'a>>,
    stops: Vec<Vec<String>>,
    stop_word: Option<&'a str>,
    tries: u32,
    russian: bool,
}

#[derive(Debug)]
struct Group<'a> {
    written: &'a KeywordGroup,
    phrases: Vec<Vec<String>>,
}

/// What it remembers while it goes through the conversation.
#[derive(Default)]
struct Memory<'a> {
    scenario: Option<&'a str>,
    /// It has said who it is since it was entered.
    opened: bool,
    /// Messages in a row that it did not understand.
    missed: u32,
    /// How often each group has answered.
    said: BTreeMap<usize, usize>,
}

impl<'a> KeywordBot<'a> {
    /// From the centre's configuration; `None`: that bot does not go by words. `language` is that of its own few words.
    #[must_use]
    pub fn new(kind: &'a BotKind, language: &str) -> Option<Self> {
        let BotKind::Keyword { greeting, groups, stop_words, tries } = kind else { return None };
        let read = |group: &'a KeywordGroup| Group {
            written: group,
            phrases: group.words.iter().map(|word| plain::words(word)).collect(),
        };
        Some(Self {
            greeting: greeting.as_deref(),
            groups: groups.iter().map(read).collect(),
            stops: stop_words.iter().map(|word| plain::words(word)).collect(),
            stop_word: stop_words.first().map(String::as_str),
            tries: *tries,
            russian: language.get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("ru")),
        })
    }

    /// What it does now: the answer to everything since it last spoke.
    #[must_use]
    pub fn answer(&self, turns: &[Turn<'a>]) -> Vec<Act> {
        let mut memory = Memory::default();
        let mut acts = Vec::new();
        for turn in turns {
            match turn {
                Turn::Entered { scenario } => {
                    memory = Memory { scenario: *scenario, ..Memory::default() };
                    acts.clear();
                }
                Turn::Customer(text) if !has_ended(&acts) => self.hear(text, &mut memory, &mut acts),
                // People have been called, or will be when this is said.
                Turn::Customer(_) => {}
                Turn::Bot => {
                    if !memory.opened {
                        self.open(&mut memory, &mut acts);
                    }
                    acts.clear();
                }
            }
        }
        // Given back to it by an operator, with nothing to answer.
        if !memory.opened && acts.is_empty() {
            self.open(&mut memory, &mut acts);
        }
        acts
    }

    fn hear(&self, text: &str, memory: &mut Memory<'a>, acts: &mut Vec<Act>) {
        let words = plain::words(text);
        if self.stops.iter().any(|stop| plain::contains(&words, stop)) {
            acts.push(Act::HandOver { operator: None, department: None, silence: true });
            return;
        }
        let first = !memory.opened;
        let found = self.groups_of(memory).find(|(_, group)| group.phrases.iter().any(|p| plain::contains(&words, p)));
        match found {
            Some((number, group)) => {
                if let Some(greeting) = self.greeting.filter(|_| first && memory.scenario.is_none()) {
                    acts.push(say(greeting));
                }
                (memory.opened, memory.missed) = (true, 0);
                Self::say_next(number, group.written, memory, acts);
            }
            // Who says "hello" is greeted: that is no failure to understand.
            None if first => self.open(memory, acts),
            None => self.miss(memory, acts),
        }
    }

    /// The next of the group's answers; after the last comes the first again.
    fn say_next(number: usize, group: &KeywordGroup, memory: &mut Memory<'a>, acts: &mut Vec<Act>) {
        let said = memory.said.entry(number).or_default();
        if let Some(answer) = group.answers.get(*said % group.answers.len().max(1)) {
            acts.push(say(answer));
        }
        *said += 1;
        if group.hand_over {
            acts.push(Act::HandOver { operator: None, department: None, silence: false });
        }
    }

    fn miss(&self, memory: &mut Memory<'a>, acts: &mut Vec<Act>) {
        memory.missed += 1;
        if memory.missed >= self.tries {
            acts.push(Act::HandOver { operator: None, department: None, silence: false });
            return;
        }
        let person = self.stop_word.map(|word| match self.russian {
            true => format!(" Или напишите «{word}», и ответит человек."),
            false => format!(" Or write \"{word}\" for a person."),
        });
        let words = if self.russian {
            "Не понимаю. Попробуйте, пожалуйста, сказать иначе."
        } else {
            "I do not understand. Please say it in other words."
        };
        acts.push(say(&(words.to_owned() + person.as_deref().unwrap_or_default())));
    }

    /// The first words: a scenario begins with the first answer of its first group, everything else with the greeting.
    fn open(&self, memory: &mut Memory<'a>, acts: &mut Vec<Act>) {
        memory.opened = true;
        let usual =
            if self.russian { "Здравствуйте! Чем помочь?" } else { "Hello! How can I help?" };
        let first = self.groups_of(memory).next().map(|(number, group)| (number, group.written));
        match memory.scenario {
            None => acts.push(say(self.greeting.unwrap_or(usual))),
            Some(_) => match first {
                Some((number, group)) => Self::say_next(number, group, memory, acts),
                // There is no such scenario any more.
                None => acts.push(Act::HandOver { operator: None, department: None, silence: false }),
            },
        }
    }

    fn groups_of(&self, memory: &Memory<'_>) -> impl Iterator<Item = (usize, &Group<'a>)> {
        let scenario = memory.scenario;
        self.groups.iter().enumerate().filter(move |(_, group)| group.written.scenario.as_deref() == scenario)
    }
}

fn say(text: &str) -> Act {
    Act::Say { text: text.to_owned(), answers: Vec::new() }
}

fn has_ended(acts: &[Act]) -> bool {
    acts.iter().any(|act| matches!(act, Act::HandOver { .. } | Act::Close))
}

#[cfg(test)]
mod tests;
