//! The operators, and who of the customers may write or be seen.

use super::{
    commands::{Block, Customer, Dialog, Operator},
    link::{Link, text_of},
    print::{entry, first_line, pretty, put_out, time},
};
use jiff::{Timestamp, ToSpan as _};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) async fn operator(link: &Link, command: Operator) -> anyhow::Result<String> {
    match command {
        Operator::List => {
            let people = link.ask(Method::GET, &["operators"], &[], None).await?;
            let line = |row: &Value| {
                let off = if row["disabled"] == true { "\tdisabled" } else { "" };
                format!(
                    "{}\t{}\t{}{off}\n",
                    text_of(&row["login"]),
                    text_of(&row["name"]),
                    text_of(&row["post"]["role"])
                )
            };
            Ok(people.as_array().into_iter().flatten().map(line).collect())
        }
        Operator::Add { login, name, role, password_file, post_file } => {
            let post = match post_file {
                Some(file) => Value::Object(entry(&file)?),
                None => json!({ "role": role }),
            };
            let password = password_file.map(|file| first_line(&file)).transpose()?;
            let body = json!({ "login": login, "name": name, "post": post, "password": password.as_deref() });
            Ok(made(&link.ask(Method::POST, &["operators"], &[], Some(&body)).await?))
        }
        Operator::Show { login } => Ok(pretty(&link.ask(Method::GET, &["operators", &login], &[], None).await?)),
        Operator::Status { login, status } => {
            let body = json!({ "status": status });
            link.ask(Method::PUT, &["operators", &login, "status"], &[], Some(&body)).await.map(|_| "done\n".to_owned())
        }
        Operator::Statuses { login, since } => {
            let query: Vec<_> = since.map(|since| ("since", since.as_millisecond().to_string())).into_iter().collect();
            let rows = link.ask(Method::GET, &["operators", &login, "statuses"], &query, None).await?;
            let line = |row: &Value| {
                let (status, by) = (text_of(&row["status"]), text_of(&row["set_by"]));
                format!("{}\t{status}\t{by}\t{}\n", time(&row["at"]), text_of(&row["login"]))
            };
            Ok(rows.as_array().into_iter().flatten().map(line).collect())
        }
        Operator::Post { login, file, name } => {
            let body = json!({ "post": entry(&file)?, "name": name });
            let row = link.ask(Method::PUT, &["operators", &login, "post"], &[], Some(&body)).await?;
            Ok(format!("{}\t{}\n", text_of(&row["login"]), text_of(&row["post"]["role"])))
        }
        Operator::Password { login, password_file } => {
            let password = password_file.map(|file| first_line(&file)).transpose()?;
            let body = json!({ "password": password.as_deref() });
            Ok(made(&link.ask(Method::POST, &["operators", &login, "password"], &[], Some(&body)).await?))
        }
        Operator::Disable { login } => act(link, Method::POST, &["operators", &login, "disable"]).await,
        Operator::Enable { login } => act(link, Method::POST, &["operators", &login, "enable"]).await,
        Operator::Remove { login } => act(link, Method::DELETE, &["operators", &login]).await,
    }
}

async fn act(link: &Link, method: Method, path: &[&str]) -> anyhow::Result<String> {
    link.ask(method, path, &[], None).await.map(|_| "done\n".to_owned())
}

fn made(answer: &Value) -> String {
    let password = answer["password"].as_str().map(|password| format!("\tpassword: {password}")).unwrap_or_default();
    format!("{}{password}\n", text_of(&answer["login"]))
}

pub(super) async fn block(link: &Link, command: Block) -> anyhow::Result<String> {
    match command {
        Block::List => blocks(link).await,
        Block::Add { customer, reason, until, hours } => {
            let until = match hours {
                Some(hours) => Some(Timestamp::now().checked_add(i64::from(hours).hours())?),
                None => until,
            };
            let body = json!({ "until": until.map(Timestamp::as_millisecond), "reason": reason });
            let row = link.ask(Method::PUT, &["customers", &customer, "block"], &[], Some(&body)).await?;
            Ok(blocked(&row))
        }
        Block::Lift { customer } => act(link, Method::DELETE, &["customers", &customer, "block"]).await,
    }
}

/// All of them, page by page.
async fn blocks(link: &Link) -> anyhow::Result<String> {
    let (mut out, mut after) = (String::new(), 0);
    loop {
        let query = [("after", after.to_string()), ("limit", "500".to_owned())];
        let page = link.ask(Method::GET, &["blocks"], &query, None).await?;
        let rows = page.as_array().map(Vec::as_slice).unwrap_or_default();
        out.extend(rows.iter().map(blocked));
        match rows.last().and_then(|last| last["number"].as_u64()) {
            Some(last) => after = last,
            None => return Ok(out),
        }
    }
}

fn blocked(row: &Value) -> String {
    let block = &row["block"];
    let until = if block["until"].is_null() { "for ever".to_owned() } else { time(&block["until"]) };
    let [name, login, reason] = [&row["name"], &block["login"], &block["reason"]].map(text_of);
    format!("{}\t{name}\t{}\t{until}\t{login}\t{}\n", row["number"], time(&block["since"]), reason.replace('\n', " "))
}

pub(super) async fn customer(link: &Link, command: Customer) -> anyhow::Result<String> {
    let restrict = async |customer: String, restricted: bool| {
        let body = json!({ "restricted": restricted });
        link.ask(Method::PUT, &["customers", &customer, "restricted"], &[], Some(&body)).await
    };
    let row = match command {
        Customer::Show { customer } => link.ask(Method::GET, &["customers", &customer], &[], None).await?,
        Customer::Restrict { customer } => restrict(customer, true).await?,
        Customer::Unrestrict { customer } => restrict(customer, false).await?,
        Customer::Export { customer, out } => {
            let text = link.text(Method::GET, &["customers", &customer, "export"], &[], None).await?;
            return put_out(out.as_deref(), text);
        }
        Customer::Erase { customer } => {
            return Ok(erased(&link.ask(Method::POST, &["customers", &customer, "erase"], &[], None).await?));
        }
    };
    Ok(pretty(&row))
}

pub(super) async fn dialog(link: &Link, command: Dialog) -> anyhow::Result<String> {
    let Dialog::Delete { dialog } = command;
    Ok(erased(&link.ask(Method::DELETE, &["dialogs", &dialog], &[], None).await?))
}

fn erased(taken: &Value) -> String {
    let count = |what: &str| taken[what].as_array().map_or(0, Vec::len);
    let (dialogs, messages, files) = (count("dialogs"), &taken["messages"], count("files"));
    format!("erased\tdialogs: {dialogs}\tmessages: {messages}\tfiles: {files}\n")
}
