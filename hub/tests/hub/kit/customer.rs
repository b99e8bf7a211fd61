//! A customer's page, over either transport.

use super::{Socket, client_id, post, within};
use otklik_model::{Attachment, Availability, ClientId, DepartmentKey, FileId, OnlineState, Page};
use otklik_wire::customer::{
    ContactForms, CustomerDialog, CustomerFrame, CustomerHello, CustomerMessage, Exchange, ExchangeAnswer,
    FilesAllowed, HubCustomerFrame, Questions, Shown, WrongField,
};
use std::collections::BTreeMap;

pub fn hello(token: Option<String>, after: Option<Shown>) -> CustomerFrame {
    let page = Some(Page { url: "https://shop.example.org/".into(), title: "Shop".into() });
    CustomerFrame::Hello(CustomerHello {
        protocol: 1,
        token,
        after,
        language: Some("ru".into()),
        zone: None,
        page,
        department: None,
        departments: false,
    })
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
    /// Where it was sent.
    pub went: Vec<String>,
    pub bye: Option<String>,
    pub files: Option<FilesAllowed>,
    pub survey: Option<Questions>,
    pub blocked: bool,
    /// Whether somebody is there for the site's line.
    pub line: Option<OnlineState>,
    /// The same, and whether a conversation can begin.
    pub availability: Option<Availability>,
    /// The departments, if the page asked.
    pub departments: BTreeMap<DepartmentKey, Availability>,
    /// The forms for contacts.
    pub forms: ContactForms,
    /// What was wrong with fields of a form.
    pub wrong: BTreeMap<ClientId, WrongField>,
    /// The centre's name.
    pub desk: String,
    /// The longest text that it may send.
    pub text_chars: u32,
    /// Where files can be fetched, and their small pictures.
    pub links: BTreeMap<FileId, (Option<String>, Option<String>)>,
}

impl Shows {
    fn believe(&mut self, frame: &HubCustomerFrame) {
        match frame.clone() {
            HubCustomerFrame::Welcome {
                token,
                desk,
                dialog,
                files,
                survey,
                blocked,
                line,
                availability,
                departments,
                forms,
                text_chars,
                ..
            } => {
                self.text_chars = text_chars;
                assert_eq!(availability.map(Availability::presence), line, "older pages are told what newer ones are");
                (self.line, self.availability, self.departments) = (line, availability, departments);
                self.forms = *forms.unwrap();
                (self.token, self.desk, self.dialog) = (Some(token), desk, dialog);
                (self.files, self.survey, self.blocked) = (files, survey, blocked);
            }
            HubCustomerFrame::Messages { dialog, after, upto, items } => {
                let mine = self.shown.filter(|shown| shown.dialog == dialog).map_or(0, |shown| shown.upto);
                assert_eq!(after, mine, "messages continue what is shown");
                self.shown = Some(Shown { dialog, upto });
                self.messages.extend(items);
            }
            HubCustomerFrame::Dialog(dialog) => self.dialog = Some(dialog),
            HubCustomerFrame::Typing { on, name } => self.typing.push((on, name)),
            HubCustomerFrame::Go { address } => self.went.push(address),
            HubCustomerFrame::Forms(forms) => {
                assert_ne!(self.forms, forms, "only what is news is told");
                self.forms = forms;
            }
            HubCustomerFrame::Result { id, seq, refused, wrong, .. } => {
                self.wrong.extend(wrong.map(|wrong| (id, wrong)));
                self.results.insert(id, (seq, refused));
            }
            HubCustomerFrame::Bye { code, .. } => self.bye = Some(code),
            HubCustomerFrame::Changed { dialog, items } => {
                assert_eq!(self.shown.map(|shown| shown.dialog), Some(dialog), "changes of what is shown");
                for item in items {
                    self.messages
                        .iter_mut()
                        .filter(|shown| shown.seq == item.seq)
                        .for_each(|shown| *shown = item.clone());
                }
            }
            HubCustomerFrame::Blocked { on } => self.blocked = on,
            HubCustomerFrame::Desk { name } => self.desk = name,
            HubCustomerFrame::Line { state, availability, departments } => {
                assert_eq!(
                    availability.map(Availability::presence),
                    Some(state),
                    "older pages are told what newer ones are"
                );
                let before = (self.availability, self.departments.clone());
                (self.line, self.availability) = (Some(state), availability);
                for (key, stands) in departments {
                    match stands {
                        Some(stands) => self.departments.insert(key, stands),
                        None => self.departments.remove(&key),
                    };
                }
                assert_ne!((self.availability, self.departments.clone()), before, "only what is news is told");
            }
            HubCustomerFrame::Link { file, address, thumbnail, .. } => {
                self.links.insert(file, (address, thumbnail));
            }
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
        Self::over(Socket::connect(address).await, token, after).await
    }

    /// Over a socket that is open.
    pub async fn over(socket: Socket, token: Option<String>, after: Option<Shown>) -> Self {
        Self::greet(socket, &hello(token, after), after).await
    }

    /// A new customer on a site whose line of the widget names a department.
    pub async fn from_site(address: &str, department: Option<&str>) -> Self {
        Self::from_site_as(address, None, department).await
    }

    /// The same of whoever has this token.
    pub async fn from_site_as(address: &str, token: Option<String>, department: Option<&str>) -> Self {
        let mut hello = hello(token, None);
        if let CustomerFrame::Hello(hello) = &mut hello {
            hello.department = department.map(str::to_owned);
        }
        Self::greet(Socket::connect(address).await, &hello, None).await
    }

    /// With these first words, over a socket that is open.
    pub async fn greet(mut socket: Socket, hello: &CustomerFrame, after: Option<Shown>) -> Self {
        socket.send(hello).await;
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
        self.ask(id, &CustomerFrame::Send { id, text: text.to_owned() }).await
    }

    /// Sends an uploaded file, and waits for the answer.
    pub async fn send_file(&mut self, file: &Attachment) -> (Option<u32>, Option<String>) {
        let id = client_id();
        self.ask(id, &CustomerFrame::SendFile { id, file: file.id, text: String::new() }).await
    }

    /// Says something that is answered, and waits for the answer.
    pub async fn ask(&mut self, id: ClientId, frame: &CustomerFrame) -> (Option<u32>, Option<String>) {
        self.shows.results.remove(&id);
        self.send(frame).await;
        self.until("a result", |page| page.results.contains_key(&id)).await;
        self.shows.results[&id].clone()
    }

    /// Asks where a file can be fetched: its content and its small picture.
    pub async fn link(&mut self, file: FileId) -> (Option<String>, Option<String>) {
        self.shows.links.remove(&file);
        self.send(&CustomerFrame::Link { file }).await;
        self.until("a link", |page| page.links.contains_key(&file)).await;
        self.shows.links[&file].clone()
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
