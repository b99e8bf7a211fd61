//! A customer's page, over either transport.

use super::{Socket, client_id, post, within};
use otklik_model::{ClientId, Page};
use otklik_wire::customer::{
    CustomerDialog, CustomerFrame, CustomerHello, CustomerMessage, Exchange, ExchangeAnswer, HubCustomerFrame, Shown,
};
use std::collections::BTreeMap;

pub fn hello(token: Option<String>, after: Option<Shown>) -> CustomerFrame {
    let page = Some(Page { url: "https://shop.example.org/".into(), title: "Shop".into() });
    CustomerFrame::Hello(CustomerHello { protocol: 1, token, after, language: Some("ru".into()), page })
}

/// What a page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shows {
    pub token: Option<String>,
    pub dialog: Option<CustomerDialog>,
    pub shown: Option<Shown>,
    pub messages: Vec<CustomerMessage>,
    pub results: BTreeMap<ClientId, (Option<u32>, Option<String>)>,
    pub typing: Vec<(bool, String)>,
    pub bye: Option<String>,
}

impl Shows {
    fn believe(&mut self, frame: &HubCustomerFrame) {
        match frame.clone() {
            HubCustomerFrame::Welcome { token, dialog, .. } => {
                (self.token, self.dialog) = (Some(token), dialog);
            }
            HubCustomerFrame::Messages { dialog, after, upto, items } => {
                let mine = self.shown.filter(|shown| shown.dialog == dialog).map_or(0, |shown| shown.upto);
                assert_eq!(after, mine, "messages continue what is shown");
                self.shown = Some(Shown { dialog, upto });
                self.messages.extend(items);
            }
            HubCustomerFrame::Dialog(dialog) => self.dialog = Some(dialog),
            HubCustomerFrame::Typing { on, name } => self.typing.push((on, name)),
            HubCustomerFrame::Result { id, seq, refused, .. } => {
                self.results.insert(id, (seq, refused));
            }
            HubCustomerFrame::Bye { code, .. } => self.bye = Some(code),
            HubCustomerFrame::Beat | HubCustomerFrame::Unknown => {}
        }
    }

    pub fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|message| message.text.as_str()).collect()
    }
}

/// A page over a WebSocket.
pub struct CustomerPage {
    pub socket: Socket,
    pub shows: Shows,
}

impl CustomerPage {
    pub async fn connect(address: &str, token: Option<String>, after: Option<Shown>) -> Self {
        let mut socket = Socket::connect(address).await;
        socket.send(&hello(token, after)).await;
        let mut page = Self { socket, shows: Shows { shown: after, ..Shows::default() } };
        page.until("welcome", |page| page.token.is_some() || page.bye.is_some()).await;
        page
    }

    pub async fn next(&mut self) -> Option<HubCustomerFrame> {
        let frame = self.socket.next::<HubCustomerFrame>().await?;
        self.shows.believe(&frame);
        Some(frame)
    }

    pub async fn until(&mut self, what: &str, so: impl Fn(&Shows) -> bool) {
        within(what, async {
            while !so(&self.shows) {
                assert!(self.next().await.is_some(), "{what}: closed");
            }
        })
        .await;
    }

    pub async fn send(&mut self, frame: &CustomerFrame) {
        self.socket.send(frame).await;
    }

    /// Writes, and waits for the answer.
    pub async fn write(&mut self, text: &str) -> (Option<u32>, Option<String>) {
        self.write_as(client_id(), text).await
    }

    pub async fn write_as(&mut self, id: ClientId, text: &str) -> (Option<u32>, Option<String>) {
        self.shows.results.remove(&id);
        self.send(&CustomerFrame::Send { id, text: text.to_owned() }).await;
        self.until("a result", |page| page.results.contains_key(&id)).await;
        self.shows.results[&id].clone()
    }
}

/// A page over POST.
pub struct Exchanger {
    address: String,
    pub session: Option<String>,
    pub shows: Shows,
}

impl Exchanger {
    pub fn new(address: String) -> Self {
        Self { address, session: None, shows: Shows::default() }
    }

    pub async fn hello(&mut self) {
        self.session = None;
        let frames = vec![hello(self.shows.token.clone(), self.shows.shown)];
        self.exchange(frames, false).await;
    }

    pub async fn exchange(&mut self, frames: Vec<CustomerFrame>, wait: bool) -> Vec<HubCustomerFrame> {
        let exchange = Exchange { session: self.session.clone(), wait, frames };
        let answer = within("an exchange", post(&self.address, otklik_wire::encode(&exchange))).await;
        assert_eq!(answer.status(), 200);
        let ExchangeAnswer { session, frames } = answer.json().await.unwrap();
        self.session = Some(session);
        frames.iter().for_each(|frame| self.shows.believe(frame));
        frames
    }

    pub async fn until(&mut self, what: &str, so: impl Fn(&Shows) -> bool) {
        within(what, async {
            while !so(&self.shows) {
                self.exchange(Vec::new(), true).await;
            }
        })
        .await;
    }
}
