//! A customer of the story: a page with the widget's socket.

use super::link::{Belief, Link};
use anyhow::Result;
use otklik_model::{ClientId, DialogId, Page as SitePage};
use otklik_wire::customer::{CustomerDialog, CustomerFrame, CustomerHello, CustomerMessage, HubCustomerFrame};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a page shows.
#[derive(Default)]
pub struct Shown {
    token: Option<String>,
    dialog: Option<CustomerDialog>,
    /// What was said, in order.
    pub messages: Vec<CustomerMessage>,
    answers: BTreeMap<ClientId, Option<String>>,
}

impl Belief for Shown {
    type Frame = HubCustomerFrame;

    fn believe(&mut self, frame: HubCustomerFrame) {
        match frame {
            HubCustomerFrame::Welcome { token, dialog, .. } => (self.token, self.dialog) = (Some(token), dialog),
            HubCustomerFrame::Messages { items, .. } => self.messages.extend(items),
            HubCustomerFrame::Dialog(dialog) => self.dialog = Some(dialog),
            HubCustomerFrame::Result { id, refused, .. } => drop(self.answers.insert(id, refused)),
            _ => {}
        }
    }

    fn summary(&self) -> String {
        let texts: Vec<_> = self.messages.iter().map(|message| message.text.as_str()).collect();
        format!("{:?}; {texts:?}", self.dialog)
    }
}

/// Somebody who writes.
pub struct Page {
    /// What the story calls him.
    pub name: &'static str,
    address: String,
    link: Link<Shown>,
}

impl Page {
    /// Opens the site for the first time, on a page of this department if one is named.
    ///
    /// # Errors
    /// The hub does not welcome the page.
    pub async fn open(hub: &str, name: &'static str, department: Option<&str>) -> Result<Self> {
        let address = format!("{}/widget/v1/socket", hub.replacen("http", "ws", 1));
        Self::connect(name, address, None, department).await
    }

    async fn connect(
        name: &'static str,
        address: String,
        token: Option<String>,
        department: Option<&str>,
    ) -> Result<Self> {
        let page = Some(SitePage { url: "https://shop.example.org/".to_owned(), title: "Магазин".to_owned() });
        let hello = CustomerHello {
            protocol: 1,
            token,
            after: None,
            language: Some("ru".to_owned()),
            zone: None,
            page,
            department: department.map(str::parse).transpose()?,
            departments: false,
        };
        let link = Link::<Shown>::open(&address, &CustomerFrame::Hello(hello)).await?;
        link.until(&format!("{name} is welcome"), |shown| shown.token.as_ref().map(|_| ())).await?;
        Ok(Self { name, address, link })
    }

    /// Leaves the site. What is returned comes back to it.
    #[must_use]
    pub fn leave(self) -> Away {
        let token = self.link.look().token.clone();
        Away { name: self.name, address: self.address, token }
    }

    /// Writes. The answer is the hub's word of refusal, if it refused.
    ///
    /// # Errors
    /// No answer comes.
    pub async fn write(&self, text: &str) -> Result<Option<String>> {
        let id = ClientId(Uuid::now_v7());
        self.link.send(&CustomerFrame::Send { id, text: text.to_owned() })?;
        self.link.until(&format!("{} gets an answer", self.name), |shown| shown.answers.get(&id).cloned()).await
    }

    /// The conversation's id and number, once there is one.
    ///
    /// # Errors
    /// There is none.
    pub async fn dialog(&self) -> Result<(DialogId, u64)> {
        let what = format!("{} has a dialog", self.name);
        self.link.until(&what, |shown| shown.dialog.as_ref().map(|dialog| (dialog.id, dialog.number))).await
    }

    /// Says what the customer thinks of the conversation.
    ///
    /// # Errors
    /// The connection is gone, or there is no conversation.
    pub async fn rate(&self, stars: u8, note: &str) -> Result<()> {
        let (dialog, _) = self.dialog().await?;
        let note = Some(note.to_owned());
        self.link.send(&CustomerFrame::Rate { dialog, stars, note, answers: Vec::new() })
    }

    /// Waits until the page shows this.
    ///
    /// # Errors
    /// It does not.
    pub async fn reads(&self, text: &str) -> Result<()> {
        let what = format!("{} reads {text}", self.name);
        self.link.until(&what, |shown| shown.messages.iter().any(|message| message.text == text).then_some(())).await
    }
}

/// A customer who is not on the site.
pub struct Away {
    name: &'static str,
    address: String,
    token: Option<String>,
}

impl Away {
    /// Comes back.
    ///
    /// # Errors
    /// The hub does not welcome the page.
    pub async fn come_back(self) -> Result<Page> {
        Page::connect(self.name, self.address, self.token, None).await
    }
}
