//! What the centre keeps ready for one operator, and the ready answers of his own.

use super::{Office, Retried, directory::bot_is_off};
use crate::bus::{Notice, Whisper};
use crate::centre::{BotKind, Centre, ChannelRules, LoginStatus, Sharing, Template};
use crate::desk::Actor;
use crate::store::{Key, OperatorFace, StoreError};
use otklik_model::{
    BotEntry, CategoryEntry, ChannelEntry, DepartmentEntry, DepartmentKey, Handbook, MAX_TEXT_CHARS, MessageKind,
    OperatorId, OwnTemplate, Refusal, Right, StatusEntry, TeamEntry, TemplateEntry, check_text,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ready answers of one operator's own.
const OWN_TEMPLATES: usize = 500;
/// Longest name of one, in Unicode scalar values.
const NAME: usize = 100;
/// Folders in each other, and languages.
const FOLDERS: usize = 5;
const LANGUAGES: usize = 10;
/// Longest command.
const COMMAND: usize = 50;

/// Ready answers of one operator's own, by name.
pub type OwnTemplates = BTreeMap<String, Template>;

impl Office {
    /// What the centre keeps ready for an operator who has these ready answers of his own. Reads nothing, so that a
    /// change of the centre costs no more for many workplaces than for one.
    pub fn handbook(&self, operator: &Actor, own: &OwnTemplates) -> Handbook {
        let bots: Vec<_> = self.faces().into_iter().filter(|face| face.post.is_bot && !face.disabled).collect();
        compose(&self.centre(), operator, own, &bots)
    }

    /// An operator's own ready answers. They change when a whisper says so.
    ///
    /// # Errors
    /// The store fails.
    pub async fn own_templates(&self, of: OperatorId) -> Result<OwnTemplates, StoreError> {
        self.store.templates_of(self.workspace.id, of).await
    }

    /// Keeps a ready answer of the asker's own.
    pub(super) async fn keep_template(&self, key: Key, by: OperatorId, name: &str, template: OwnTemplate) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        let checked = match self.may_keep_templates(by) {
            Ok(()) => checked(name, template),
            Err(reason) => Err(reason),
        };
        let template = match checked {
            Ok(template) => template,
            Err(reason) => return self.keep(key, Err(reason)).await,
        };
        let own = self.store.templates_of(self.workspace.id, by).await?;
        if own.len() >= OWN_TEMPLATES && !own.contains_key(name) {
            return self.keep(key, Err(Refusal::LimitReached)).await;
        }
        self.store.put_template(self.workspace.id, by, name, template).await?;
        self.tell_templates(by);
        self.keep(key, Ok(())).await
    }

    /// Forgets a ready answer of the asker's own.
    pub(super) async fn drop_template(&self, key: Key, by: OperatorId, name: &str) -> Retried {
        if let Some(first) = self.store.first_answer(key).await? {
            return Ok(first);
        }
        if let Err(reason) = self.may_keep_templates(by) {
            return self.keep(key, Err(reason)).await;
        }
        self.store.remove_template(self.workspace.id, by, name).await?;
        self.tell_templates(by);
        self.keep(key, Ok(())).await
    }

    fn may_keep_templates(&self, by: OperatorId) -> Result<(), Refusal> {
        let actor = self.directory.read().actor(by).ok_or(Refusal::Forbidden)?;
        if actor.grants.rights.contains_key(&Right::EditTemplates) { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    fn tell_templates(&self, of: OperatorId) {
        self.bus.publish(Notice::Whisper(self.workspace.id, Arc::new(Whisper::Templates { of })));
    }
}

/// A ready answer that can be kept.
fn checked(name: &str, template: OwnTemplate) -> Result<Template, Refusal> {
    let OwnTemplate { folder, command, texts } = template;
    let fits = |text: &str, max: usize| check_text(text, u32::try_from(max).unwrap_or(u32::MAX)).is_ok();
    if texts.is_empty() {
        return Err(Refusal::Empty);
    }
    for text in texts.values() {
        check_text(text, MAX_TEXT_CHARS).map_err(|_| match text.trim().is_empty() {
            true => Refusal::Empty,
            false => Refusal::TooLong { max: MAX_TEXT_CHARS },
        })?;
    }
    let can_be_typed = |command: &String| {
        command.chars().count() <= COMMAND
            && !command.is_empty()
            && command.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let good = fits(name, NAME)
        && folder.len() <= FOLDERS
        && folder.iter().all(|part| fits(part, NAME))
        && texts.len() <= LANGUAGES
        && texts.keys().all(|language| language.len() <= 35)
        && command.as_ref().is_none_or(can_be_typed);
    if !good {
        return Err(Refusal::Unsupported);
    }
    Ok(Template { folder, command, texts, departments: [].into() })
}

/// Pure: the same centre gives the same handbook, and the same digest.
fn compose(centre: &Centre, operator: &Actor, own: &OwnTemplates, bots: &[OperatorFace]) -> Handbook {
    let grants = &operator.grants;
    // Of a department for restricted customers those know who work in it, or may see such customers.
    let knows = |key: &DepartmentKey| {
        let guarded = centre.departments.get(key).is_some_and(|department| department.restricted);
        !guarded || grants.works_in(key) || grants.rights.contains_key(&Right::SeeRestricted)
    };
    let departments = centre.departments.iter().filter(|(key, department)| !department.disabled && knows(key));
    let his = |template: &&Template| {
        let works_in = |key: &&DepartmentKey| grants.departments.as_ref().is_none_or(|his| his.contains(*key));
        template.departments.is_empty() || template.departments.iter().filter(works_in).any(knows)
    };
    let shared = centre.templates.iter().filter(|(_, template)| his(template));
    let mut handbook = Handbook {
        digest: String::new(),
        departments: departments
            .map(|(key, department)| DepartmentEntry { key: key.clone(), names: department.names.clone() })
            .collect(),
        teams: centre
            .teams
            .iter()
            .map(|(key, team)| TeamEntry { key: key.clone(), names: team.names.clone() })
            .collect(),
        bots: bots_of(centre, bots),
        statuses: centre
            .statuses
            .iter()
            .map(|status| StatusEntry { key: status.key.clone(), names: status.names.clone(), kind: status.kind })
            .collect(),
        categories: centre
            .categories
            .iter()
            .map(|(key, category)| CategoryEntry {
                key: key.clone(),
                names: category.names.clone(),
                retired: category.retired,
            })
            .collect(),
        offers: centre.distribution.sharing != Sharing::Everyone,
        category_required: centre.category_required,
        category_required_in: centre
            .departments
            .iter()
            .filter(|(key, _)| knows(key))
            .filter_map(|(key, department)| Some((key.clone(), department.category_required?)))
            .collect(),
        asks_status: centre.login_status == LoginStatus::Ask && grants.rights.contains_key(&Right::SetOwnStatus),
        teleport: centre.teleport.sites(),
        quotes: Some(MessageKind::QUOTED.to_vec()),
        channels: channels_of(centre),
        leaving: centre.leaving_words.clone(),
        templates: own
            .iter()
            .map(|(name, template)| entry(name, template, true))
            .chain(shared.map(|(name, template)| entry(name, template, false)))
            .collect(),
    };
    handbook.digest = digest(&handbook);
    handbook
}

fn bots_of(centre: &Centre, bots: &[OperatorFace]) -> Vec<BotEntry> {
    let mut entries: Vec<_> = bots
        .iter()
        .map(|face| {
            let bot = face.bot_login.as_ref().and_then(|login| centre.bots.get(login));
            let mut scenarios: Vec<String> = match bot.map(|bot| &bot.kind) {
                Some(BotKind::Keyword { groups, .. }) => groups.iter().filter_map(|g| g.scenario.clone()).collect(),
                Some(BotKind::External { .. }) | None => Vec::new(),
            };
            scenarios.sort();
            scenarios.dedup();
            BotEntry { id: face.id, name: face.name.clone(), scenarios, off: bot_is_off(face, centre) }
        })
        .collect();
    entries.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    entries
}

/// Channels that do not carry everything. What they carry does not travel in the rows of their dialogs, which no change
/// of the centre would tell anew.
fn channels_of(centre: &Centre) -> Vec<ChannelEntry> {
    let lacking = centre.channels.iter().filter(|(_, rules)| !rules.carry_all());
    let entry = |(name, rules): (&String, &ChannelRules)| ChannelEntry {
        name: name.clone(),
        quotes: rules.quotes(),
        edit: rules.edit,
        delete: rules.delete,
        files: rules.files,
        contacts: rules.contacts,
    };
    lacking.map(entry).collect()
}

fn entry(name: &str, template: &Template, own: bool) -> TemplateEntry {
    TemplateEntry {
        name: name.to_owned(),
        own,
        folder: template.folder.clone(),
        command: template.command.clone(),
        texts: template.texts.clone(),
    }
}

fn digest(handbook: &Handbook) -> String {
    // Serialising plain words and lists cannot fail; if it ever did, the handbook would be sent each time.
    let bytes = serde_json::to_vec(handbook).unwrap_or_default();
    Sha256::digest(bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::centre::{Bot, Department, KeywordGroup, Post, Scope, Teams, grants_of};
    use crate::store::OperatorRow;
    use uuid::Uuid;

    fn template(departments: &[&str]) -> Template {
        Template {
            folder: Vec::new(),
            command: None,
            texts: [("ru".to_owned(), "Здравствуйте!".to_owned())].into(),
            departments: departments.iter().map(|key| key.parse().unwrap()).collect(),
        }
    }

    /// With the grants that the centre's own rule gives to such a post.
    fn ira(departments: &[&str], rights: &[Right]) -> Actor {
        let departments = departments.iter().map(|key| key.parse().unwrap()).collect();
        let mut grants = grants_of(&Post { departments, ..Post::default() }, &centre(), &Teams::default());
        grants.rights = rights.iter().map(|right| (*right, Scope::All)).collect();
        Actor { id: OperatorId(Uuid::from_u128(1)), name: "Ира".to_owned(), grants }
    }

    fn centre() -> Centre {
        let mut centre = Centre::default();
        for (key, restricted, disabled) in [("sales", false, false), ("vip", true, false), ("old", false, true)] {
            let department = Department { restricted, disabled, ..Department::default() };
            centre.departments.insert(key.parse().unwrap(), department);
        }
        for (name, departments) in [("hello", &[][..]), ("price", &["sales"]), ("gold", &["vip"])] {
            centre.templates.insert(name.to_owned(), template(departments));
        }
        centre
    }

    fn compose_for(operator: &Actor, own: &OwnTemplates) -> Handbook {
        compose(&centre(), operator, own, &[])
    }

    #[test]
    fn an_operator_is_told_what_concerns_him() {
        let of = |operator: &Actor| {
            let book = compose_for(operator, &BTreeMap::new());
            let departments: Vec<_> = book.departments.iter().map(|entry| entry.key.to_string()).collect();
            let templates: Vec<_> = book.templates.iter().map(|entry| entry.name.clone()).collect();
            (departments.join(" "), templates.join(" "))
        };
        assert_eq!(of(&ira(&["sales"], &[])), ("sales".into(), "hello price".into()));
        assert_eq!(of(&ira(&["vip"], &[])), ("sales vip".into(), "gold hello".into()));
        assert_eq!(of(&ira(&[], &[])), ("sales".into(), "hello price".into()), "all departments but the guarded one");
        assert_eq!(of(&ira(&[], &[Right::SeeRestricted])), ("sales vip".into(), "gold hello price".into()));
    }

    #[test]
    fn a_bot_is_told_with_its_scenarios_by_the_login_of_its_face() {
        let mut centre = centre();
        let returns = KeywordGroup {
            scenario: Some("returns".to_owned()),
            words: vec!["возврат".to_owned()],
            answers: vec!["Сейчас".to_owned()],
            hand_over: false,
        };
        let kind = BotKind::Keyword { greeting: None, groups: vec![returns], stop_words: Vec::new(), tries: 2 };
        centre.bots.insert("robot".to_owned(), Bot { departments: [].into(), kind });
        let face = |login: &str| {
            let mut row = OperatorRow::new(OperatorId(Uuid::from_u128(7)), login.to_owned(), "Робот".to_owned());
            row.post.is_bot = true;
            row.face(false)
        };
        let scenarios = |login: &str| bots_of(&centre, &[face(login)]).remove(0).scenarios;
        assert_eq!((scenarios("robot"), scenarios("other")), (vec!["returns".to_owned()], Vec::new()));
    }

    #[test]
    fn the_digest_tells_handbooks_apart_and_only_them() {
        let ira = ira(&[], &[]);
        let own = BTreeMap::from([("mine".to_owned(), template(&[]))]);
        let (one, same, other) =
            (compose_for(&ira, &own), compose_for(&ira, &own), compose_for(&ira, &BTreeMap::new()));
        assert_eq!(one, same);
        assert_ne!(one.digest, other.digest);
        assert!(one.templates[0].own && one.digest.len() == 24);
    }

    #[test]
    fn a_template_that_cannot_be_kept_is_refused_with_a_reason() {
        let said = |texts: &[(&str, &str)]| OwnTemplate {
            texts: texts.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect(),
            ..OwnTemplate::default()
        };
        let long = "я".repeat(MAX_TEXT_CHARS as usize + 1);
        assert_eq!(checked("a", said(&[])), Err(Refusal::Empty));
        assert_eq!(checked("a", said(&[("ru", "  ")])), Err(Refusal::Empty));
        assert_eq!(checked("a", said(&[("ru", &long)])), Err(Refusal::TooLong { max: MAX_TEXT_CHARS }));
        assert_eq!(checked("", said(&[("ru", "да")])), Err(Refusal::Unsupported));
        let command = |command: &str| OwnTemplate { command: Some(command.to_owned()), ..said(&[("ru", "да")]) };
        assert_eq!(checked("a", command("two words")), Err(Refusal::Unsupported));
        assert!(checked("a", command("привет")).is_ok());
        let deep = OwnTemplate { folder: vec!["x".to_owned(); FOLDERS + 1], ..said(&[("ru", "да")]) };
        assert_eq!(checked("a", deep), Err(Refusal::Unsupported));
    }
}
