//! The customers' half of a hub, as docs/protocol.md describes it: strict about the order of frames, with faults to
//! order.

use futures_util::{SinkExt, StreamExt};
use otklik_model::{Attachment, ClientId, DialogId, FileId, FileState, MessageId, Stamp};
use otklik_wire::customer::{CustomerDialog, CustomerFrame, CustomerHello, CustomerMessage, HubCustomerFrame};
use otklik_wire::{decode, encode};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};
use url::Url;

/// How the hub behaves.
#[derive(Clone, Copy)]
pub(super) struct Manners {
    /// Whether an operator answers each message.
    pub answers: bool,
    /// So many messages are stored and the connection cut before the answer.
    pub answers_to_lose: u32,
    /// So many messages are refused as too fast.
    pub too_fast: u32,
}

impl Default for Manners {
    fn default() -> Self {
        Self { answers: true, answers_to_lose: 0, too_fast: 0 }
    }
}

#[derive(Default)]
struct State {
    frames: Vec<CustomerFrame>,
    conversations: BTreeMap<String, Vec<CustomerMessage>>,
    stored: Vec<String>,
    files: Vec<Vec<u8>>,
    seen: (u32, u32),
    present: usize,
    most_at_once: usize,
}

pub(super) struct FakeHub {
    port: u16,
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
}

/// A port that answers nobody yet.
pub(super) struct Reserved {
    listener: TcpListener,
}

impl Reserved {
    pub(super) fn address(&self) -> Url {
        address(self.listener.local_addr().unwrap().port())
    }

    pub(super) fn open(self, manners: Manners) -> FakeHub {
        FakeHub::listen(self.listener, manners)
    }
}

fn address(port: u16) -> Url {
    format!("http://127.0.0.1:{port}/").parse().unwrap()
}

impl FakeHub {
    pub(super) async fn start(manners: Manners) -> Self {
        Self::reserve().await.open(manners)
    }

    pub(super) async fn reserve() -> Reserved {
        Reserved { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    fn listen(listener: TcpListener, manners: Manners) -> Self {
        let hub = Self { port: listener.local_addr().unwrap().port(), state: Arc::default(), changed: Arc::default() };
        let (state, changed) = (hub.state.clone(), hub.changed.clone());
        let manners = Arc::new(Mutex::new(manners));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut page =
                    Page { state: state.clone(), changed: changed.clone(), manners: manners.clone(), token: None };
                tokio::spawn(async move { page.serve(stream).await });
            }
        });
        hub
    }

    pub(super) fn address(&self) -> Url {
        address(self.port)
    }

    pub(super) fn socket(&self) -> Url {
        crate::link::socket_address(&self.address()).unwrap()
    }

    pub(super) fn frames(&self) -> Vec<CustomerFrame> {
        self.state.lock().unwrap().frames.clone()
    }

    pub(super) fn said(&self, what: fn(&CustomerFrame) -> bool) -> usize {
        self.frames().iter().filter(|frame| what(frame)).count()
    }

    pub(super) fn hellos(&self) -> Vec<CustomerHello> {
        let hello = |frame| if let CustomerFrame::Hello(hello) = frame { Some(hello) } else { None };
        self.frames().into_iter().filter_map(hello).collect()
    }

    /// The customers' messages, once each, in the order they were stored.
    pub(super) fn stored(&self) -> Vec<String> {
        self.state.lock().unwrap().stored.clone()
    }

    /// The files that came.
    pub(super) fn files(&self) -> Vec<Vec<u8>> {
        self.state.lock().unwrap().files.clone()
    }

    /// Messages of everybody.
    pub(super) fn messages(&self) -> u32 {
        u32::try_from(self.state.lock().unwrap().conversations.values().map(Vec::len).sum::<usize>()).unwrap()
    }

    pub(super) fn seen(&self) -> (u32, u32) {
        self.state.lock().unwrap().seen
    }

    pub(super) fn present(&self) -> usize {
        self.state.lock().unwrap().present
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.state.lock().unwrap().most_at_once
    }

    pub(super) async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                if condition(self) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the hub sees it in time");
    }
}

/// One open page.
struct Page {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
    manners: Arc<Mutex<Manners>>,
    token: Option<String>,
}

impl Page {
    async fn serve(&mut self, mut stream: TcpStream) {
        let mut first = [0];
        // A socket is opened by GET, a file comes by POST.
        if stream.peek(&mut first).await.unwrap() == 1 && first == *b"P" {
            return self.take_file(&mut stream).await;
        }
        let mut socket = accept_async(stream).await.unwrap();
        self.come(1);
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            let frame: CustomerFrame = decode(&text).unwrap();
            self.state.lock().unwrap().frames.push(frame.clone());
            let Some(answers) = self.answer(frame) else { break };
            self.changed.notify_waiters();
            if !say(&mut socket, answers).await {
                break;
            }
        }
        self.come(-1);
        self.changed.notify_waiters();
    }

    /// Takes a file as it comes: its head, then so many bytes as that says.
    async fn take_file(&self, stream: &mut TcpStream) {
        let mut request = Vec::new();
        let (head, body) = loop {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the whole file comes");
            let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8(request[..end].to_vec()).unwrap().to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let body = request.len() - end - 4;
            if body == length.parse::<usize>().unwrap() {
                break (head, request[end + 4..].to_vec());
            }
        };
        assert!(
            head.starts_with("post /widget/v1/files?name=cup.png ") && head.contains("authorization: bearer token-0")
        );
        let json = encode(&self.keep(body));
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{json}", json.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    fn keep(&self, content: Vec<u8>) -> Attachment {
        let mut state = self.state.lock().unwrap();
        let id = FileId::from_parts(state.files.len() as u64, [5; 10]);
        let (name, media, size) = ("cup.png".to_owned(), "image/png".to_owned(), content.len() as u64);
        state.files.push(content);
        Attachment { id, name, media, size, state: FileState::Ready, pixels: Some((160, 160)) }
    }

    fn come(&self, by: isize) {
        let mut state = self.state.lock().unwrap();
        state.present = state.present.checked_add_signed(by).unwrap();
        state.most_at_once = state.most_at_once.max(state.present);
    }

    /// What is said back; `None` cuts the connection.
    fn answer(&mut self, frame: CustomerFrame) -> Option<Vec<HubCustomerFrame>> {
        match frame {
            CustomerFrame::Hello(hello) => {
                assert!(self.token.is_none(), "one hello a connection");
                Some(self.welcome(hello))
            }
            CustomerFrame::Send { id, text } => self.store(id, text),
            CustomerFrame::SendPlace { id, title, .. } => self.store(id, title),
            CustomerFrame::SendSticker { id, emoji, .. } => self.store(id, emoji),
            CustomerFrame::Seen { delivered, read } => {
                let mut state = self.state.lock().unwrap();
                let conversation = &state.conversations[self.token.as_ref().unwrap()];
                assert!(delivered as usize <= conversation.len() && read <= delivered);
                state.seen = (state.seen.0.max(delivered), state.seen.1.max(read));
                Some(Vec::new())
            }
            CustomerFrame::Beat => Some(vec![HubCustomerFrame::Beat]),
            CustomerFrame::Draft { .. }
            | CustomerFrame::Page(_)
            | CustomerFrame::Push { .. }
            | CustomerFrame::SendFile { .. }
            | CustomerFrame::Link { .. }
            | CustomerFrame::Contacts { .. }
            | CustomerFrame::Close
            | CustomerFrame::Rate { .. } => {
                assert!(self.token.is_some(), "hello comes first");
                Some(Vec::new())
            }
            CustomerFrame::Unknown => panic!("a frame that is none"),
        }
    }

    fn welcome(&mut self, hello: CustomerHello) -> Vec<HubCustomerFrame> {
        let mut state = self.state.lock().unwrap();
        let token = hello.token.unwrap_or_else(|| format!("token-{}", state.conversations.len()));
        let messages = state.conversations.entry(token.clone()).or_default().clone();
        self.token = Some(token.clone());
        let last_seq = u32::try_from(messages.len()).unwrap();
        let id = dialog_of(&token);
        let dialog = (last_seq > 0).then_some(CustomerDialog {
            id,
            number: 1,
            operator: None,
            closed: false,
            read_by_operator: 0,
            last_seq,
            stars: None,
        });
        let mut answers = vec![HubCustomerFrame::Welcome {
            protocol: 1,
            token,
            desk: "Otklik".into(),
            text_chars: 32_000,
            beat_ms: 15_000,
            dialog,
            files: None,
            survey: None,
            blocked: false,
            line: None,
            availability: None,
            departments: BTreeMap::new(),
            forms: None,
        }];
        let after = hello.after.map_or(0, |shown| shown.upto);
        if last_seq > after {
            answers.push(HubCustomerFrame::Messages {
                dialog: id,
                after,
                upto: last_seq,
                items: messages[after as usize..].to_vec(),
            });
        }
        answers
    }

    fn store(&self, id: ClientId, text: String) -> Option<Vec<HubCustomerFrame>> {
        let token = self.token.as_ref().unwrap();
        let mut manners = self.manners.lock().unwrap();
        if manners.too_fast > 0 {
            manners.too_fast -= 1;
            return Some(vec![HubCustomerFrame::Result {
                id,
                seq: None,
                at: None,
                refused: Some("too_fast".into()),
                wrong: None,
            }]);
        }
        let mut state = self.state.lock().unwrap();
        let known =
            state.conversations[token].iter().find(|message| message.client_id == Some(id)).map(|message| message.seq);
        let first = u32::try_from(state.conversations[token].len()).unwrap();
        let seq = known.unwrap_or(first + 1);
        if known.is_none() {
            state.stored.push(text.clone());
            let conversation = state.conversations.get_mut(token).unwrap();
            conversation.push(message(seq, "customer", Some(id), text));
            if manners.answers {
                conversation.push(message(seq + 1, "operator", None, "Сейчас посмотрю.".into()));
            }
        }
        if manners.answers_to_lose > 0 {
            manners.answers_to_lose -= 1;
            return None;
        }
        let items = state.conversations[token][first as usize..].to_vec();
        let upto = u32::try_from(state.conversations[token].len()).unwrap();
        let result = HubCustomerFrame::Result { id, seq: Some(seq), at: Some(Stamp(1)), refused: None, wrong: None };
        let news = HubCustomerFrame::Messages { dialog: dialog_of(token), after: first, upto, items };
        Some(if known.is_some() { vec![result] } else { vec![result, news] })
    }
}

fn dialog_of(token: &str) -> DialogId {
    let number = token.trim_start_matches("token-").parse().unwrap();
    DialogId::from_parts(number, [4; 10])
}

fn message(seq: u32, from: &str, client_id: Option<ClientId>, text: String) -> CustomerMessage {
    let id = MessageId::from_parts(u64::from(seq), [5; 10]);
    CustomerMessage { client_id, ..CustomerMessage::words(id, seq, from, text, Stamp(1)) }
}

async fn say(socket: &mut WebSocketStream<TcpStream>, frames: Vec<HubCustomerFrame>) -> bool {
    for frame in frames {
        if socket.send(Message::text(encode(&frame))).await.is_err() {
            return false;
        }
    }
    true
}
