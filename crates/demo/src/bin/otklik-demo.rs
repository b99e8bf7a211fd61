//! Lets scripted customers come to a hub: `otklik-demo http://127.0.0.1:8080/`. Ends on Ctrl+C.

use otklik_demo::{DemoError, Pace, run};
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;
use url::Url;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(address) = std::env::args().nth(1).and_then(|text| Url::parse(&text).ok()) else {
        return say("usage: otklik-demo ADDRESS, such as http://127.0.0.1:8080/");
    };
    match until_interrupted(address).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(&error.to_string()),
    }
}

async fn until_interrupted(address: Url) -> Result<(), DemoError> {
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    tokio::spawn(async move {
        // Where no signal can be waited for, the process is ended from outside.
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    run(address, Pace::human(), stop).await
}

#[allow(clippy::print_stderr, reason = "a program on the command line answers there")]
fn say(what: &str) -> ExitCode {
    eprintln!("{what}");
    ExitCode::FAILURE
}
