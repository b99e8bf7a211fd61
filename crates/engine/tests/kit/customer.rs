//! A customer who speaks the widget's protocol.

use super::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use otklik_model::ClientId;
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
        let hello = CustomerHello { protocol: 1, token, after: None, language: Some("ru".into()), page: None };
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
