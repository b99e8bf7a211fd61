//! A customer who speaks the widget's protocol.

use super::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use otklik_model::{Attachment, ClientId};
use otklik_wire::customer::{CustomerFrame, CustomerHello, CustomerMessage, HubCustomerFrame};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message as Frame};

/// A customer with the widget's frames in hand.
pub struct Customer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub token: String,
    sent: u8,
    pub seen: Vec<CustomerMessage>,
}

impl Customer {
    pub async fn come(hub: SocketAddr, token: Option<String>) -> Self {
        let (mut socket, _) = connect_async(format!("ws://{hub}/widget/v1/socket")).await.unwrap();
        let hello = CustomerHello {
            protocol: 1,
            token,
            after: None,
            language: Some("ru".into()),
            zone: None,
            page: None,
            department: None,
            departments: false,
        };
        say(&mut socket, &CustomerFrame::Hello(hello)).await;
        let mut customer = Self { socket, token: String::new(), sent: 0, seen: Vec::new() };
        while customer.token.is_empty() {
            if let HubCustomerFrame::Welcome { token, .. } = customer.hear().await {
                customer.token = token;
            }
        }
        customer
    }

    pub async fn write(&mut self, text: &str) {
        self.sent += 1;
        let id = ClientId::from_parts(1_700_000_000_000, [self.sent; 10]);
        say(&mut self.socket, &CustomerFrame::Send { id, text: text.to_owned() }).await;
        while !matches!(self.hear().await, HubCustomerFrame::Result { id: done, seq: Some(_), .. } if done == id) {}
    }

    /// Has typed this much.
    pub async fn draft(&mut self, text: &str) {
        say(&mut self.socket, &CustomerFrame::Draft { text: Some(text.to_owned()) }).await;
    }

    pub async fn hear(&mut self) -> HubCustomerFrame {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.unwrap().unwrap().unwrap();
            let Frame::Text(text) = frame else { continue };
            let frame: HubCustomerFrame = otklik_wire::decode(&text).unwrap();
            if let HubCustomerFrame::Messages { items, .. } = &frame {
                self.seen.extend(items.iter().cloned());
            }
            return frame;
        }
    }

    /// Uploads a file and sends it.
    pub async fn send_file(&mut self, hub: SocketAddr, name: &str, content: &[u8]) -> Attachment {
        let address = url::Url::parse_with_params(&format!("http://{hub}/widget/v1/files"), [("name", name)]).unwrap();
        let request = reqwest::Client::new().post(address).bearer_auth(&self.token).body(content.to_vec());
        let uploaded: Attachment = request.send().await.unwrap().json().await.unwrap();
        self.sent += 1;
        let id = ClientId::from_parts(1_700_000_000_000, [self.sent; 10]);
        say(&mut self.socket, &CustomerFrame::SendFile { id, file: uploaded.id, text: String::new() }).await;
        while !matches!(self.hear().await, HubCustomerFrame::Result { id: done, seq: Some(_), .. } if done == id) {}
        uploaded
    }

    /// Waits until so many files of operators have come, and fetches the newest.
    pub async fn fetches(&mut self, hub: SocketAddr, count: usize) -> (Vec<String>, Vec<u8>) {
        let files = |seen: &[CustomerMessage]| -> Vec<Attachment> {
            seen.iter()
                .filter(|message| message.from == "operator")
                .filter_map(|message| message.file.clone())
                .collect()
        };
        while files(&self.seen).len() < count {
            self.hear().await;
        }
        let files = files(&self.seen);
        assert_eq!(files.len(), count, "{files:?}");
        let file = files.last().unwrap().id;
        say(&mut self.socket, &CustomerFrame::Link { file }).await;
        let address = loop {
            if let HubCustomerFrame::Link { address: Some(address), .. } = self.hear().await {
                break address;
            }
        };
        let content = reqwest::get(format!("http://{hub}/{address}")).await.unwrap().bytes().await.unwrap();
        (files.into_iter().map(|file| file.name).collect(), content.to_vec())
    }

    /// Waits until the operators' words are exactly these.
    pub async fn reads(&mut self, expected: &[&str]) {
        loop {
            let texts: Vec<&str> = self
                .seen
                .iter()
                .filter(|message| message.from == "operator")
                .map(|message| message.text.as_str())
                .collect();
            if texts == expected {
                return;
            }
            assert!(expected.starts_with(&texts), "the customer reads {texts:?}, not {expected:?}");
            self.hear().await;
        }
    }
}

async fn say(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, frame: &CustomerFrame) {
    socket.send(Frame::text(otklik_wire::encode(frame))).await.unwrap();
}
