//! The story of a day at a contact centre: a real hub, real sockets, named actors, and a clock that is moved by hand.
//! What the one saw who sees everything is the protocol of the day, and it is the same each time.
//!
//! Unlike the other stories this one knows the hub's library: it alone lets a night pass in an instant.

#![allow(clippy::wildcard_enum_match_arm, reason = "the story names what it looks at, and passes over the rest")]

mod day;
mod link;
mod page;
mod protocol;
mod stage;
mod workplace;

use anyhow::{Context, Result};
use otklik_hub::StoreAddress;
use std::fs;
use std::path::{Path, PathBuf};

/// The protocol as it has to be.
const GOLDEN: &str = "golden/centre.txt";
/// Names the address of a PostgreSQL server on which the day is played too.
const POSTGRES: &str = "OTKLIK_TEST_POSTGRES";

/// Plays the day on SQLite, and keeps its protocol as the one that has to be.
///
/// # Errors
/// The story breaks off, or the file cannot be written.
pub async fn keep(out: &Path) -> Result<()> {
    let told = day::play(&out.join("hub"), StoreAddress::Sqlite).await?;
    let golden = golden();
    fs::create_dir_all(golden.parent().context("the golden file has no folder")?)?;
    fs::write(&golden, &told).with_context(|| format!("cannot write {}", golden.display()))
}

/// Plays the day, and compares its protocol with the one that has to be: at this server alone if one is named, else on
/// SQLite and at the server of the environment.
///
/// # Errors
/// The story breaks off, or a file cannot be read or written.
pub async fn play(out: &Path, server: Option<&str>) -> Result<bool> {
    let golden = golden();
    let wanted = fs::read_to_string(&golden).with_context(|| format!("cannot read {}", golden.display()))?;
    if let Some(server) = server {
        return on_server(server, &wanted, out).await;
    }
    let told = day::play(&out.join("hub"), StoreAddress::Sqlite).await?;
    let passed = compare("SQLite", &wanted, &told, &out.join("centre.txt"))?;
    match std::env::var(POSTGRES) {
        Ok(server) => Ok(on_server(&server, &wanted, out).await? && passed),
        Err(_) => Ok(passed),
    }
}

async fn on_server(server: &str, wanted: &str, out: &Path) -> Result<bool> {
    let told = day::play(&out.join("hub-postgres"), own_schema(server).await?).await?;
    compare("PostgreSQL", wanted, &told, &out.join("centre-postgres.txt"))
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN)
}

/// A schema of this story's own on a server.
async fn own_schema(server: &str) -> Result<StoreAddress> {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    let name = format!("centre_{}", uuid::Uuid::now_v7().simple());
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await?;
    let with = if server.contains('?') { '&' } else { '?' };
    let address = format!("{server}{with}options=-c%20search_path%3D{name}");
    StoreAddress::parse(&address, None).context("no address of a PostgreSQL server")
}

#[allow(clippy::print_stdout, reason = "this is what the person who runs the tests reads")]
fn compare(engine: &str, wanted: &str, told: &str, fresh: &Path) -> Result<bool> {
    fs::write(fresh, told)?;
    let differs = |(wanted, told): &(&str, &str)| wanted != told;
    let mut lines = wanted.lines().chain(std::iter::repeat("")).zip(told.lines().chain(std::iter::repeat("")));
    let most = wanted.lines().count().max(told.lines().count());
    match lines.by_ref().take(most).enumerate().find(|(_, pair)| differs(pair)) {
        None => {
            println!("ok     the day went as written on {engine}, {most} lines");
            Ok(true)
        }
        Some((number, (wanted, told))) => {
            println!(
                "FAILED line {}:\n  wanted {wanted}\n  told   {told}\n  all of it is in {}",
                number + 1,
                fresh.display()
            );
            Ok(false)
        }
    }
}
