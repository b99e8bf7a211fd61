//! What happens on that day, and to whom.

use super::page::Away;
use super::stage::{Member, Stage};
use super::workplace::Workplace;
use anyhow::{Context, Result, bail, ensure};
use otklik_hub::StoreAddress;
use otklik_hub::centre::{Bot, BotKind, Centre, Day, Department, Hours, KeywordGroup, Occasion, Post, Span};
use otklik_model::{DialogState, Op, OperatorStatus, Presence, Stamp, TransferTarget};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Plays the day in a hub of its own.
///
/// # Errors
/// Something does not come to be.
pub(super) async fn play(folder: &Path, address: StoreAddress) -> Result<String> {
    let staff = staff()?;
    let [anna, ira, oleg, vera, sveta, robot] = &staff;
    let mut stage = Stage::open(folder, address, centre()?, &staff).await?;
    stage.chapter("Night");
    // Whoever looks on at night is not there for customers.
    stage.witness().status(OperatorStatus::Offline).await?;
    stage.until_status(anna.name, OperatorStatus::Offline).await?;
    let (maria, first) = night(&mut stage).await?;
    stage.chapter("Opening");
    let ira = opening(&mut stage, ira, maria, first).await?;
    stage.chapter("A bot that gives up");
    bot(&mut stage, &ira, robot).await?;
    stage.chapter("An offer that expires, a colleague who is full");
    let (oleg, lasting) = offers(&mut stage, &ira, oleg).await?;
    stage.chapter("Two departments");
    let vera = departments(&mut stage, &ira, vera).await?;
    stage.chapter("A laptop dies");
    let vera = laptop(&mut stage, vera).await?;
    stage.chapter("Ten dialogs at once");
    let _sveta = ten(&mut stage, sveta, &vera, [&ira, &oleg], lasting).await?;
    stage.chapter("A customer who may not write any more");
    blocked(&mut stage, &ira).await?;
    stage.chapter("Closed, and open again");
    let number = reopened(&mut stage, &oleg).await?;
    stage.chapter("One star");
    one_star(&mut stage, &oleg, number).await?;
    stage.chapter("Evening");
    evening(&mut stage).await?;
    Ok(stage.close().await)
}

fn staff() -> Result<[Member; 6]> {
    let post = |role: &str, department: &str, most| -> Result<Post> {
        let departments = BTreeSet::from([department.parse()?]);
        Ok(Post { role: role.parse()?, departments, most, ..Post::default() })
    };
    Ok([
        Member {
            login: "anna",
            name: "Анна",
            post: Post { role: "administrator".parse()?, most: 0, ..Post::default() },
        },
        Member { login: "ira", name: "Ира", post: post("operator", "sales", 2_000)? },
        Member { login: "oleg", name: "Олег", post: post("operator", "sales", 200)? },
        Member { login: "vera", name: "Вера", post: post("operator", "care", 2_000)? },
        Member { login: "sveta", name: "Света", post: supervisor()? },
        Member { login: "robot", name: "Робот", post: Post { is_bot: true, ..Post::default() } },
    ])
}

/// Whoever answers for both departments, and has no dialogs of her own.
fn supervisor() -> Result<Post> {
    let both = BTreeSet::from(["sales".parse()?, "care".parse()?]);
    Ok(Post { role: "supervisor".parse()?, departments: both.clone(), supervises: both, most: 0, ..Post::default() })
}

fn centre() -> Result<Centre> {
    let mut centre = Centre { name: "Магазин".to_owned(), ..Centre::default() };
    let open = vec![Span { from: "09:00".to_owned(), to: "18:00".to_owned() }];
    let hours = Hours {
        zone: "Europe/Moscow".to_owned(),
        week: BTreeMap::from([(Day::Monday, open)]),
        exceptions: BTreeMap::new(),
    };
    centre.hours.insert("office".to_owned(), hours);
    centre.default_hours = Some("office".to_owned());
    for (key, name) in [("sales", "Продажи"), ("care", "Забота")] {
        let names = BTreeMap::from([("ru".to_owned(), name.to_owned())]);
        centre.departments.insert(key.parse()?, Department { names, ..Department::default() });
    }
    for (occasion, words) in [
        (Occasion::NewOpen, "Здравствуйте! Сейчас кто-нибудь ответит."),
        (Occasion::NewClosed, "Мы работаем с 9 до 18 и ответим утром."),
        (Occasion::Busy, "Все операторы заняты, мы помним о вас."),
        (Occasion::Blocked, "Вы больше не можете писать сюда."),
    ] {
        centre.words.all.insert(occasion, BTreeMap::from([("ru".to_owned(), words.to_owned())]));
    }
    centre.bots.insert("robot".to_owned(), Bot { departments: BTreeSet::new(), kind: knows_the_hours() });
    Ok(centre)
}

/// A bot that knows when the shop is open, and nothing else.
fn knows_the_hours() -> BotKind {
    let hours = KeywordGroup {
        scenario: None,
        words: vec!["часы".to_owned(), "открыты".to_owned()],
        answers: vec!["Мы открыты с 9 до 18.".to_owned()],
        hand_over: false,
    };
    let greeting = Some("Здравствуйте, я робот. Спросите меня о часах работы.".to_owned());
    BotKind::Keyword { greeting, groups: vec![hours], stop_words: vec!["оператор".to_owned()], tries: 2 }
}

/// Nobody is at work. A customer writes, and goes.
async fn night(stage: &mut Stage) -> Result<(Away, u64)> {
    stage.at("02:14:00")?;
    let number = stage.begins("Мария", "Привезёте заказ завтра до обеда?").await?;
    stage.at("02:20:00")?;
    let away = stage.leaves(number).await?;
    let before = stage.look(number)?.last_seq;
    stage.at("02:22:00")?;
    stage.until_row(number, "told", |row| row.last_seq > before).await?;
    stage.at("02:30:00")?;
    stage.until_row(number, "offline", |row| row.presence == Presence::Offline).await?;
    Ok((away, number))
}

/// The first operator comes and finds the night's request; its customer comes back.
async fn opening(stage: &mut Stage, ira: &Member, maria: Away, number: u64) -> Result<Workplace> {
    stage.at("09:00:00")?;
    let ira = stage.comes(ira).await?;
    stage.at("09:01:10")?;
    accepts(stage, &ira, number).await?;
    says(stage, &ira, number, "Доброе утро! Привезём к одиннадцати.").await?;
    stage.at("09:07:00")?;
    stage.returns(maria, number).await?;
    stage.page(number)?.reads("Доброе утро! Привезём к одиннадцати.").await?;
    stage.writes(number, "Спасибо!").await?;
    stage.at("09:08:00")?;
    closes(stage, &ira, number).await?;
    Ok(ira)
}

/// A bot answers first. What it does not understand twice is for a person.
async fn bot(stage: &mut Stage, ira: &Workplace, robot: &Member) -> Result<()> {
    stage.at("09:20:00")?;
    stage.note("Анна switches the bot on");
    stage.sets(robot, "online", OperatorStatus::Online).await?;
    let number = stage.begins("Юлия", "Добрый день").await?;
    answered(stage, number, "Здравствуйте, я робот. Спросите меня о часах работы.").await?;
    stage.at("09:20:20")?;
    stage.writes(number, "Когда вы открыты?").await?;
    answered(stage, number, "Мы открыты с 9 до 18.").await?;
    stage.at("09:20:40")?;
    stage.writes(number, "А доставка на дачу есть?").await?;
    answered(
        stage,
        number,
        "Не понимаю. Попробуйте, пожалуйста, сказать иначе. Или напишите «оператор», и ответит человек.",
    )
    .await?;
    stage.at("09:21:00")?;
    stage.writes(number, "На дачу. За город.").await?;
    stage.until_row(number, "given up", |row| row.state == DialogState::Queue).await?;
    stage.at("09:21:30")?;
    accepts(stage, ira, number).await?;
    says(stage, ira, number, "Да, до ста километров.").await?;
    closes(stage, ira, number).await?;
    stage.note("Анна switches the bot off");
    stage.sets(robot, "offline", OperatorStatus::Offline).await
}

/// An offer expires; then its operator has as much as he may, and the next dialog waits for him. Returns him and a
/// dialog that he goes on leading.
async fn offers(stage: &mut Stage, ira: &Workplace, oleg: &Member) -> Result<(Workplace, u64)> {
    stage.at("09:58:00")?;
    let oleg = stage.comes(oleg).await?;
    stage.at("10:00:00")?;
    let number = stage.begins("Пётр", "Какой у вас телефон?").await?;
    accepts(stage, ira, number).await?;
    gives(stage, ira, number, &oleg, DialogState::Offered).await?;
    stage.at("10:01:00")?;
    stage.until_row(number, "expired", |row| row.state == DialogState::Queue).await?;
    stage.page(number)?.reads("Все операторы заняты, мы помним о вас.").await?;
    stage.at("10:01:30")?;
    accepts(stage, &oleg, number).await?;
    let second = stage.begins("Нина", "Можно вернуть чайник?").await?;
    accepts(stage, &oleg, second).await?;
    stage.at("10:05:00")?;
    let third = stage.begins("Семён", "Где мой заказ 731?").await?;
    accepts(stage, ira, third).await?;
    stage.note("Олег has two dialogs, and may have two");
    gives(stage, ira, third, &oleg, DialogState::Queue).await?;
    stage.at("10:09:00")?;
    closes(stage, &oleg, number).await?;
    stage.until_row(third, "his turn", |row| row.state == DialogState::Offered).await?;
    stage.at("10:09:20")?;
    accepts(stage, &oleg, third).await?;
    Ok((oleg, second))
}

/// A question for the other department.
async fn departments(stage: &mut Stage, ira: &Workplace, vera: &Member) -> Result<Workplace> {
    stage.at("10:58:00")?;
    let vera = stage.comes(vera).await?;
    stage.at("11:00:00")?;
    let number = stage.begins("Лида", "Курьер нагрубил").await?;
    accepts(stage, ira, number).await?;
    stage.seen_by(ira, number).await?;
    let care = TransferTarget::Department { key: "care".parse()? };
    ensure!(ira.transfer(number, care).await?.is_ok(), "the other department does not take it");
    stage.until_row(number, "given", |row| row.state == DialogState::Queue && row.department.is_some()).await?;
    stage.at("11:00:40")?;
    accepts(stage, &vera, number).await?;
    says(stage, &vera, number, "Простите нас. Расскажите, как это было?").await?;
    stage.page(number)?.reads("Простите нас. Расскажите, как это было?").await?;
    Ok(vera)
}

/// A connection breaks off and comes back; another one does not.
async fn laptop(stage: &mut Stage, vera: Workplace) -> Result<Workplace> {
    stage.at("12:00:00")?;
    stage.note("Вера's network is gone");
    let (name, login, id) = (vera.name, "vera", vera.id);
    let dead = vera.dies();
    stage.noted_as_gone(id).await?;
    stage.at("12:00:40")?;
    let vera = dead.revive().await?;
    stage.note("Вера's network is back: nobody noticed");
    stage.at("12:30:00")?;
    stage.note("Вера's laptop dies");
    drop(vera);
    stage.noted_as_gone(id).await?;
    stage.at("12:30:59")?;
    stage.at("12:31:00")?;
    stage.until_status(name, OperatorStatus::Offline).await?;
    stage
        .until("her dialogs are back", |seen| {
            seen.dialogs.values().all(|row| row.assignee_name.as_deref() != Some(name))
        })
        .await?;
    stage.at("12:45:00")?;
    let vera = stage.comes_as(login, name).await?;
    let number = stage.waiting("care")?;
    accepts(stage, &vera, number).await?;
    Ok(vera)
}

/// Ten customers at once, and a supervisor who gives their dialogs to others at once: the one has room and is offered
/// hers, the other is full and his wait for him, or for whoever comes first.
async fn ten(
    stage: &mut Stage,
    sveta: &Member,
    vera: &Workplace,
    to: [&Workplace; 2],
    lasting: u64,
) -> Result<Workplace> {
    const NAMES: [&str; 10] = ["Аля", "Борис", "Валя", "Глеб", "Даша", "Егор", "Женя", "Зоя", "Инна", "Кирилл"];
    let [ira, oleg] = to;
    stage.at("12:58:00")?;
    let sveta = stage.comes(sveta).await?;
    stage.at("13:00:00")?;
    let mut numbers = Vec::new();
    for name in NAMES {
        let number = stage.begins_at(name, "Сайт не открывается", Some("care")).await?;
        accepts(stage, vera, number).await?;
        numbers.push(number);
    }
    stage.at("13:02:00")?;
    vera.status(OperatorStatus::Break).await?;
    stage.until_status(vera.name, OperatorStatus::Break).await?;
    stage.note("Света gives Вера's ten dialogs to Ира and Олег; Олег has two, and may have two");
    for number in &numbers {
        stage.seen_by(&sveta, *number).await?;
    }
    let mut asked = Vec::new();
    for (place, number) in numbers.iter().enumerate() {
        let target = TransferTarget::Operator { id: to[place % 2].id, force: false };
        asked.push(sveta.transfer(*number, target));
    }
    for answer in futures_util::future::join_all(asked).await {
        ensure!(answer?.is_ok(), "a dialog was not given away");
    }
    let (hers, his): (Vec<_>, Vec<_>) = numbers.iter().enumerate().partition(|(place, _)| place % 2 == 0);
    let of = |half: Vec<(usize, &u64)>| half.into_iter().map(|(_, number)| *number).collect::<Vec<_>>();
    let (hers, his) = (of(hers), of(his));
    stage
        .until_all("all are given", |seen| {
            let stands = |number: &u64, state| seen.number(*number).is_some_and(|row| row.state == state);
            hers.iter().all(|number| stands(number, DialogState::Offered))
                && his.iter().all(|number| stands(number, DialogState::Queue))
        })
        .await?;
    stage.at("13:02:30")?;
    for number in hers {
        accepts(stage, ira, number).await?;
    }
    let [first, later @ ..] = &his[..] else { bail!("nothing waits for Олег") };
    stage.at("13:05:00")?;
    closes(stage, oleg, lasting).await?;
    stage.until_row(*first, "his turn", |row| row.state == DialogState::Offered).await?;
    stage.at("13:05:20")?;
    accepts(stage, oleg, *first).await?;
    stage.at("13:20:00")?;
    vera.status(OperatorStatus::Online).await?;
    stage.until_status(vera.name, OperatorStatus::Online).await?;
    for number in later {
        accepts(stage, vera, *number).await?;
    }
    Ok(sveta)
}

/// Somebody who is blocked.
async fn blocked(stage: &mut Stage, ira: &Workplace) -> Result<()> {
    stage.at("14:00:00")?;
    let number = stage.begins("Некто", "!!!").await?;
    accepts(stage, ira, number).await?;
    stage.seen_by(ira, number).await?;
    let (dialog, _) = ira.dialog(number).await?;
    let until = Some(Stamp(stage.now().0 + 24 * 3_600_000));
    ira.do_it(Op::Block { dialog, until, reason: "оскорбления".to_owned() }).await?;
    stage.until_row(number, "blocked", |row| row.state == DialogState::Closed).await?;
    stage.at("14:01:00")?;
    let refused = stage.page(number)?.write("!!!!!!").await?.context("whoever is blocked may write")?;
    stage.note(&format!("Некто writes once more and is refused: {refused}"));
    Ok(())
}

/// A dialog that was closed softly goes on under the same number.
async fn reopened(stage: &mut Stage, oleg: &Workplace) -> Result<u64> {
    stage.at("15:00:00")?;
    let number = stage.begins("Таня", "Есть синий?").await?;
    stage.note("Олег has as many as he may, and takes one more by hand");
    accepts(stage, oleg, number).await?;
    says(stage, oleg, number, "Есть. Отложить?").await?;
    closes(stage, oleg, number).await?;
    stage.at("15:30:00")?;
    stage.writes(number, "Да, отложите").await?;
    stage.until_row(number, "open again", |row| !row.state.is_closed()).await?;
    Ok(number)
}

/// Somebody who is not served well says so.
async fn one_star(stage: &mut Stage, oleg: &Workplace, number: u64) -> Result<()> {
    stage.at("16:00:00")?;
    accepts(stage, oleg, number).await?;
    says(stage, oleg, number, "Синий уже купили.").await?;
    closes(stage, oleg, number).await?;
    stage.at("16:05:00")?;
    stage.page(number)?.rate(1, "Обещали отложить").await?;
    stage.until_row(number, "rated", |row| row.rating.is_some()).await
}

/// The working day ends: whoever is still there is sent home.
async fn evening(stage: &mut Stage) -> Result<()> {
    stage.at("18:00:00")?;
    for name in ["Ира", "Олег", "Вера", "Света"] {
        stage.until_status(name, OperatorStatus::Offline).await?;
    }
    Ok(())
}

async fn accepts(stage: &mut Stage, by: &Workplace, number: u64) -> Result<()> {
    stage.seen_by(by, number).await?;
    by.accept(number).await?;
    let id = by.id;
    stage.until_row(number, "accepted", |row| row.assignee == Some(id) && row.state == DialogState::Active).await
}

/// Waits until the dialog's last words are these.
async fn answered(stage: &mut Stage, number: u64, words: &str) -> Result<()> {
    stage.until_row(number, words, |row| row.last.as_ref().is_some_and(|last| last.text == words)).await
}

async fn says(stage: &mut Stage, by: &Workplace, number: u64, words: &str) -> Result<()> {
    stage.seen_by(by, number).await?;
    by.say(number, words).await?;
    answered(stage, number, words).await
}

async fn closes(stage: &mut Stage, by: &Workplace, number: u64) -> Result<()> {
    stage.seen_by(by, number).await?;
    by.close(number).await?;
    stage.until_row(number, "closed", |row| row.state == DialogState::ClosedSoft).await
}

/// Gives a dialog to a colleague, which puts it there.
async fn gives(stage: &mut Stage, by: &Workplace, number: u64, to: &Workplace, state: DialogState) -> Result<()> {
    stage.seen_by(by, number).await?;
    let target = TransferTarget::Operator { id: to.id, force: false };
    ensure!(by.transfer(number, target).await?.is_ok(), "{} does not get №{number}", to.name);
    stage.until_row(number, "given", |row| row.state == state).await
}
