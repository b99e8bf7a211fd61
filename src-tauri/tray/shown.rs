//! What the tray has to tell, worked out before anything is drawn: its picture, its words, and what its menu offers.

use crate::words::{self, Tongue, tray as said};
use otklik_core::{Command, LinkView, NextDialog, Standing};
use otklik_model::{DialogId, OperatorStatus, StatusEntry};

const NORMAL: &[u8] = include_bytes!("../../icons/tray-normal.png");
const UNREAD: &[u8] = include_bytes!("../../icons/tray-unread.png");
const OFFLINE: &[u8] = include_bytes!("../../icons/tray-offline.png");

/// Characters of a name in the menu.
const NAME: usize = 40;

/// What the tray has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How the session stands; `None`: nobody is signed in.
    pub standing: Option<Standing>,
    /// Whose status it is, if another account stands otherwise.
    pub account: Option<String>,
    /// In which language.
    pub tongue: Tongue,
}

/// A status that the menu offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusLine {
    /// What the menu calls it by itself.
    pub id: String,
    /// What the operator reads.
    pub text: String,
    /// It is the present one.
    pub now: bool,
    /// What choosing it comes to.
    pub command: Command,
}

impl Shown {
    /// The icon.
    pub fn picture(&self) -> &'static [u8] {
        let Some(standing) = &self.standing else { return OFFLINE };
        match (&standing.link, standing.badge) {
            (LinkView::Down { .. }, _) => OFFLINE,
            (LinkView::Live { .. } | LinkView::Connecting | LinkView::CatchingUp, 0) => NORMAL,
            (LinkView::Live { .. } | LinkView::Connecting | LinkView::CatchingUp, _) => UNREAD,
        }
    }

    /// What a pointer over the icon reads.
    pub fn tooltip(&self) -> String {
        let count = self.standing.as_ref().map_or(0, |standing| standing.badge);
        format!("{} · {}", words::title(count), self.link())
    }

    /// The connection.
    pub fn link(&self) -> String {
        match &self.standing {
            Some(standing) => said::link(&standing.link, self.tongue),
            None => said::signed_out(self.tongue),
        }
    }

    /// How many dialogs want something.
    pub fn counts(&self) -> String {
        let (waiting, unread) = self.standing.as_ref().map_or((0, 0), |standing| (standing.waiting, standing.unread));
        said::counts(waiting, unread, self.tongue)
    }

    /// Where the line below them leads, and what it says.
    pub fn next(&self) -> (Option<DialogId>, String) {
        match self.standing.as_ref().and_then(|standing| standing.next.as_ref()) {
            Some(NextDialog { dialog, name, number, why }) => {
                let who = words::customer(name.as_deref(), *number, self.tongue);
                (Some(*dialog), said::next(&menu_text(&who), *why, self.tongue))
            }
            None if self.standing.as_ref().is_some_and(|standing| standing.badge > 0) => {
                (None, said::hidden_next(self.tongue))
            }
            None => (None, said::nobody_next(self.tongue)),
        }
    }

    /// The present status, and whether it can be changed: the hub has to agree at once or not at all.
    pub fn status(&self) -> (String, bool) {
        let lines = self.statuses();
        let now = lines.iter().find(|line| line.now).map_or("", |line| line.text.as_str());
        let can_choose = self.standing.as_ref().is_some_and(|standing| standing.can_choose);
        let account = self.account.as_deref().map(menu_text);
        (said::status(account.as_deref(), now, self.tongue), can_choose && !lines.is_empty())
    }

    /// The statuses to choose from, as the window's own menu has them.
    pub fn statuses(&self) -> Vec<StatusLine> {
        let Some(standing) = &self.standing else { return Vec::new() };
        if standing.statuses.is_empty() {
            let kinds = [OperatorStatus::Online, OperatorStatus::Offline];
            return kinds.into_iter().map(|kind| self.kind_line(kind, standing.status == kind)).collect();
        }
        standing.statuses.iter().map(|entry| self.entry_line(entry, standing)).collect()
    }

    fn kind_line(&self, kind: OperatorStatus, now: bool) -> StatusLine {
        let text = said::kind(kind, self.tongue);
        StatusLine { id: format!("kind {kind:?}"), text, now, command: Command::SetStatus { status: kind } }
    }

    fn entry_line(&self, entry: &StatusEntry, standing: &Standing) -> StatusLine {
        let key = entry.key.to_string();
        let named = entry.names.get(self.tongue.tag()).or_else(|| entry.names.values().next());
        let text = menu_text(named.map_or(&key, |name| name));
        let now = match &standing.code {
            Some(code) => *code == entry.key,
            None => standing.status == entry.kind,
        };
        let command = Command::ChooseStatus { code: entry.key.clone(), of: None };
        StatusLine { id: format!("status {key}"), text, now, command }
    }
}

/// A name as a line of a menu: one line, of a bounded length, whose signs underline no letter.
fn menu_text(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(NAME + 1).collect();
    let cut = match plain.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    };
    cut.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_core::NextWhy;
    use otklik_model::Stamp;
    use tauri::image::Image;

    fn shown(link: LinkView, waiting: u32, unread: u32) -> Shown {
        let (status, badge) = (OperatorStatus::Online, waiting + unread);
        let (centre, operator) = ("Bank".to_owned(), "Ira".to_owned());
        let (code, statuses, next, can_choose) = (None, Vec::new(), None, matches!(link, LinkView::Live { .. }));
        let standing =
            Standing { centre, operator, link, waiting, unread, badge, status, code, statuses, can_choose, next };
        Shown { standing: Some(standing), account: None, tongue: Tongue::En }
    }

    fn signed_out(tongue: Tongue) -> Shown {
        Shown { standing: None, account: None, tongue }
    }

    fn live() -> LinkView {
        LinkView::Live { synced_at: Stamp(0) }
    }

    fn entry(key: &str, kind: OperatorStatus, ru: &str) -> StatusEntry {
        StatusEntry { key: key.parse().unwrap(), names: [("ru".to_owned(), ru.to_owned())].into(), kind }
    }

    #[test]
    fn no_connection_is_shown_before_anything_unread() {
        let down = LinkView::Down { since: Stamp(0), retry_at: None };
        assert_eq!(shown(down, 2, 1).picture(), OFFLINE);
        assert_eq!(shown(live(), 0, 3).picture(), UNREAD);
        assert_eq!(shown(LinkView::CatchingUp, 0, 0).picture(), NORMAL);
        assert_eq!(signed_out(Tongue::En).picture(), OFFLINE, "nobody is signed in");
    }

    #[test]
    fn the_tooltip_counts_and_tells_the_connection() {
        assert_eq!(shown(live(), 1, 1).tooltip(), "(2) Otklik · Connected");
        assert_eq!(signed_out(Tongue::Ru).tooltip(), "Otklik · Вход не выполнен");
    }

    #[test]
    fn the_menu_leads_to_the_next_dialog_if_there_is_one() {
        assert_eq!(shown(live(), 0, 0).next(), (None, "Nobody is waiting, everything is read".to_owned()));
        let mut shown = shown(live(), 1, 0);
        assert_eq!(shown.next(), (None, "Who is next shows in the open window".to_owned()), "it is covered");
        let dialog = DialogId::from_parts(1, [1; 10]);
        let next = NextDialog { dialog, name: Some("R&D\n1".to_owned()), number: 7, why: NextWhy::Waits };
        shown.standing.as_mut().unwrap().next = Some(next);
        assert_eq!(shown.next(), (Some(dialog), "Next waiting: R&&D 1".to_owned()));
    }

    #[test]
    fn a_status_can_be_chosen_only_with_a_connection() {
        let mut shown = shown(live(), 0, 0);
        assert_eq!(shown.status(), ("Status: Online".to_owned(), true));
        assert_eq!(shown.statuses()[1].command, Command::SetStatus { status: OperatorStatus::Offline });
        // The worst connection of several accounts is told; another one may still be there.
        shown.standing.as_mut().unwrap().link = LinkView::Down { since: Stamp(0), retry_at: None };
        assert!(shown.status().1);
        shown.standing.as_mut().unwrap().can_choose = false;
        assert!(!shown.status().1);
        assert_eq!(signed_out(Tongue::En).statuses(), []);
    }

    #[test]
    fn the_centres_own_statuses_are_offered_in_their_words() {
        let mut shown = shown(live(), 0, 0);
        let standing = shown.standing.as_mut().unwrap();
        standing.statuses =
            vec![entry("online", OperatorStatus::Online, "На линии"), entry("lunch", OperatorStatus::Break, "Обед")];
        standing.code = Some("lunch".parse().unwrap());
        shown.tongue = Tongue::Ru;
        let lines: Vec<_> = shown.statuses().into_iter().map(|line| (line.text, line.now)).collect();
        assert_eq!(lines, [("На линии".to_owned(), false), ("Обед".to_owned(), true)]);
        assert_eq!(shown.status().0, "Статус: Обед");
        shown.account = Some("R&D".to_owned());
        assert_eq!(shown.status().0, "Статус (R&&D): Обед");
    }

    #[test]
    fn every_picture_can_be_drawn() {
        for picture in [NORMAL, UNREAD, OFFLINE] {
            let image = Image::from_bytes(picture).expect("a picture of our own");
            assert_eq!((image.width(), image.height()), (64, 64));
        }
    }
}
