//! Who may do what: the centre of these stories has two departments and one for restricted customers, one team, and
//! somebody for each role.

mod canaries;
mod changes;
mod hidden;
mod matrix;

use crate::kit::{CustomerPage, Desk, PASSWORD, Workplace, within};
use otklik_hub::centre::{Centre, Department, Post, Team, Teleport};
use otklik_model::{DialogId, Op, Outcome, Seq, TransferTarget};
use otklik_wire::operator::{ClientFrame, HubFrame};
use std::time::Duration;

/// A post in one line: role, departments, what he supervises, his team, the team he leads.
pub fn post(role: &str, departments: &[&str], supervises: &[&str], team: Option<&str>, leads: Option<&str>) -> Post {
    Post {
        role: role.parse().unwrap(),
        departments: departments.iter().map(|key| key.parse().unwrap()).collect(),
        supervises: supervises.iter().map(|key| key.parse().unwrap()).collect(),
        teams: team.iter().map(|key| (key.parse().unwrap(), 50)).collect(),
        leads: leads.iter().map(|key| key.parse().unwrap()).collect(),
        most: 1_000_000,
        ..Post::default()
    }
}

/// A centre in which nothing happens by itself, and in which everybody sees as much as his rights allow.
pub fn quiet(centre: &mut Centre) {
    for (key, restricted) in [("sales", false), ("support", false), ("vip", true)] {
        centre.departments.insert(key.parse().unwrap(), Department { restricted, ..Department::default() });
    }
    centre.teams.insert("first".parse().unwrap(), Team::default());
    (centre.visible.online, centre.visible.offline) = (100_000, 100_000);
    centre.time_outs.offer_s = 0;
    centre.teleport = Teleport { on: true, origins: ["https://shop.example.org".to_owned()].into() };
}

/// A desk of that centre.
pub async fn centre() -> Desk {
    let desk = Desk::start_with(|config| {
        // Nobody is gone because he says nothing.
        config.timing.customer_grace = Duration::from_secs(3_600);
        config.timing.beat = Duration::from_secs(3_600);
        // Whoever asks again and again how far the log has come asks often where that takes a moment.
        config.limits.operator_frames.burst = 1_000_000;
    })
    .await;
    desk.users().await.change_centre("the centre of these stories", quiet).await.unwrap();
    desk
}

impl Desk {
    /// Adds somebody with a post, and signs him in.
    pub async fn staff(&self, login: &str, name: &str, post: Post) -> Workplace {
        // He has his post before he signs in: nothing of his session begins with another one.
        let password = Some(PASSWORD.to_owned().into());
        self.users().await.add(login, name, password, Some(&[])).await.unwrap();
        self.users().await.set_post(login, post).await.unwrap();
        self.workplace(&self.sign_in(login).await).await
    }
}

impl Workplace {
    /// Reads what the hub has said by now.
    pub async fn sync(&mut self) {
        self.socket.send(&ClientFrame::Beat).await;
        while !matches!(self.next().await, HubFrame::Beat { .. }) {}
    }

    /// Waits until it stands where another one does.
    pub async fn reach(&mut self, other: &Workplace) {
        self.reach_position(other.position).await;
    }

    /// Waits until it has read the log so far.
    pub async fn reach_position(&mut self, position: Seq) {
        within("the same position", async {
            // What concerns only others is told of when he asks.
            while self.position < position {
                self.sync().await;
            }
        })
        .await;
    }

    /// A customer writes; the dialog is in this department then. For an administrator's eyes.
    pub async fn new_dialog(&mut self, desk: &Desk, department: &str, words: &str) -> (DialogId, CustomerPage) {
        let mut page = desk.customer().await;
        assert_eq!(page.write(words).await.1, None);
        let dialog = page.shows.dialog.as_ref().map(|dialog| dialog.id);
        let dialog = match dialog {
            Some(dialog) => dialog,
            None => {
                page.until("the dialog", |page| page.dialog.is_some()).await;
                page.shows.dialog.as_ref().unwrap().id
            }
        };
        let to = TransferTarget::Department { key: department.parse().unwrap() };
        let answer = self.command(Op::Transfer { dialog, epoch: 0, to }).await;
        let Outcome::Done { at_seq, .. } = answer else { panic!("{answer:?}") };
        self.reach_position(at_seq).await;
        (dialog, page)
    }
}
