//! A program of others on loopback that answers as the story says, and tells what it was asked.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use tokio::sync::{Notify, mpsc};

/// The program.
pub struct Assistant {
    pub address: String,
    /// The name of each request, and what was asked.
    pub asked: mpsc::UnboundedReceiver<(String, serde_json::Value)>,
    /// Lets an answer go that waits for it.
    pub gate: Arc<Notify>,
}

#[derive(Clone)]
struct Script {
    answers: Arc<Vec<(u16, &'static str)>>,
    next: Arc<AtomicUsize>,
    asked: mpsc::UnboundedSender<(String, serde_json::Value)>,
    gate: Arc<Notify>,
}

async fn answer(State(script): State<Script>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let id = headers["otklik-request"].to_str().unwrap().to_owned();
    assert!(headers.contains_key("otklik-signature") && headers.contains_key("otklik-timestamp"));
    let _ = script.asked.send((id, serde_json::from_slice(&body).unwrap()));
    let nth = script.next.fetch_add(1, Relaxed).min(script.answers.len() - 1);
    let (status, body) = script.answers[nth];
    match status {
        // It never answers.
        0 => std::future::pending::<(StatusCode, String)>().await,
        // It answers well, when the story says.
        1 => {
            script.gate.notified().await;
            (StatusCode::OK, body.to_owned())
        }
        status => (StatusCode::from_u16(status).unwrap(), body.to_owned()),
    }
}

impl Assistant {
    /// Gives these answers one after the other, and the last one from then on. Status 0: none, ever; 1: a good one, once
    /// the gate is opened.
    pub async fn start(answers: &[(u16, &'static str)]) -> Self {
        let (sender, asked) = mpsc::unbounded_channel();
        let gate = Arc::new(Notify::new());
        let script =
            Script { answers: Arc::new(answers.to_vec()), next: Arc::default(), asked: sender, gate: gate.clone() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/ask", listener.local_addr().unwrap());
        let router = Router::new().route("/ask", post(answer)).with_state(script);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, asked, gate }
    }
}
