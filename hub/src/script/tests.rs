//! Scripts that work, and scripts that must not get through.

mod hostile;

use super::*;
use crate::centre::RoutingScript;
use otklik_model::{DialogId, OperatorId, OperatorStatus};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const IRA: OperatorId = OperatorId(Uuid::from_u128(1));
const OLEG: OperatorId = OperatorId(Uuid::from_u128(2));
const VERA: OperatorId = OperatorId(Uuid::from_u128(3));

fn key<K: TryFrom<String>>(text: &str) -> K
where
    K::Error: std::fmt::Debug,
{
    K::try_from(text.to_owned()).unwrap()
}

fn operator(id: OperatorId, name: &str, load: u32, last_accepted_at: i64) -> SceneOperator {
    SceneOperator {
        id,
        name: name.into(),
        status: OperatorStatus::Online,
        may_accept: true,
        load,
        most: 500,
        room: 500 - load,
        skills: BTreeMap::new(),
        departments: None,
        languages: BTreeSet::new(),
        last_accepted_at,
    }
}

/// Ира and Олег carry as much, but Олег has waited longer; Вера carries less, and works for sales only.
fn scene() -> Scene {
    let mut vera = operator(VERA, "Вера", 100, 5);
    vera.departments = Some([key("sales")].into());
    vera.skills = [(key("vip"), 90)].into();
    let department = |code: &str| SceneDepartment { key: key(code), name: code.into(), open: true };
    Scene {
        now: 1_789_000_000_000,
        seed: 7,
        dialog: SceneDialog {
            id: Uuid::from_u128(60).to_string(),
            number: 31,
            channel: "Site".into(),
            department: Some(key("help")),
            language: Some("ru".into()),
            online: true,
            started_online: true,
            reopened: false,
            operator: None,
            last_operator: None,
            returned: None,
            passed_by: BTreeSet::new(),
            weight: 100,
            created_at: 1_788_999_000_000,
            waiting_since: Some(1_788_999_000_000),
            category: None,
            tags: Vec::new(),
            page: None,
            text: Some("Где заказ?".into()),
        },
        customer: SceneCustomer {
            id: Uuid::from_u128(50).to_string(),
            name: "Мария".into(),
            number: 5,
            named: true,
            language: Some("ru-RU".into()),
            tags: Vec::new(),
            variables: [("plan".to_owned(), "gold".to_owned())].into(),
            restricted: false,
        },
        operators: vec![operator(IRA, "Ира", 200, 20), operator(OLEG, "Олег", 200, 10), vera],
        departments: vec![department("help"), department("sales")],
        bots: vec![SceneBot { login: "robot".into(), name: "Робот".into(), ready: true }],
        centre: SceneCentre { name: "Лавка".into(), open: true, hour: Some(12), day: Some("friday".into()) },
    }
}

async fn decided(source: &str, scene: &Scene) -> Result<Decision, ScriptTrouble> {
    let script = RoutingScript { source: source.into(), limit_ms: 1_000 };
    ScriptWorker::default().route(&script, scene.clone()).await
}

async fn route(source: &str, scene: &Scene) -> Option<Route> {
    decided(source, scene).await.unwrap_or_else(|trouble| panic!("{source}: {trouble}")).route
}

fn to(operator: OperatorId) -> Option<Route> {
    Some(Route::Operator { operator })
}

fn department(code: &str) -> Option<Route> {
    Some(Route::Department { department: key(code) })
}

#[tokio::test]
async fn the_one_liner_gives_the_dialog_to_the_next_operator() {
    let mut scene = scene();
    assert_eq!(compiles(FIRST_SCRIPT), Ok(()));
    // Вера carries least, but works for another department.
    assert_eq!(route(FIRST_SCRIPT, &scene).await, to(OLEG));
    scene.dialog.department = None;
    assert_eq!(route(FIRST_SCRIPT, &scene).await, to(VERA));
    scene.dialog.passed_by = [VERA, OLEG].into();
    assert_eq!(route(FIRST_SCRIPT, &scene).await, to(IRA));
    scene.operators.iter_mut().for_each(|operator| operator.room = 0);
    assert_eq!(route(FIRST_SCRIPT, &scene).await, Some(Route::Queue), "it waits");
    scene.dialog.operator = Some(IRA);
    assert_eq!(route(FIRST_SCRIPT, &scene).await, None, "whoever joined by himself keeps it");
}

#[tokio::test]
async fn the_longer_example_does_what_it_says() {
    let mut scene = scene();
    scene.dialog.department = None;
    assert_eq!(compiles(LONGER_SCRIPT), Ok(()));
    assert_eq!(route(LONGER_SCRIPT, &scene).await, to(VERA), "gold, and the most skilled");
    scene.operators.pop();
    let decision = decided(LONGER_SCRIPT, &scene).await.unwrap();
    assert_eq!((decision.route, decision.tasks.len()), (Some(Route::Queue), 1));
    assert_eq!(decision.tasks[0].address, "https://crm.example.org/tasks");
    assert_eq!(decision.tasks[0].body["dialog"], 31);
    scene.customer.variables.clear();
    assert_eq!(route(LONGER_SCRIPT, &scene).await, to(OLEG));
    scene.centre.open = false;
    assert_eq!(route(LONGER_SCRIPT, &scene).await, Some(Route::Bot { bot: "robot".into(), scenario: None }));
    scene.bots[0].ready = false;
    assert_eq!(route(LONGER_SCRIPT, &scene).await, Some(Route::Queue));
}

#[tokio::test]
async fn every_function_of_the_document_works() {
    let scene = scene();
    let table: &[(&str, Option<Route>)] = &[
        ("", None),
        ("lead.assignDialogToNextOperator('sales')", to(VERA)),
        ("lead.assignDialogToNextOperator('sales', true, true, true)", to(VERA)),
        ("lead.assignDialogToDepartment('sales')", department("sales")),
        ("lead.setForwarded('sales')", department("sales")),
        ("lead.setForwarded()", department("help")),
        ("lead.leaveInQueue()", Some(Route::Queue)),
        (
            "lead.assignDialogToBot('robot', 'payment')",
            Some(Route::Bot { bot: "robot".into(), scenario: Some("payment".into()) }),
        ),
        ("lead.assignDialogToBot('nobody') || lead.leaveInQueue()", Some(Route::Queue)),
        ("lead.assignDialogToOperator(operators[0].id)", to(IRA)),
        // The last word counts.
        ("lead.leaveInQueue(); lead.assignDialogToOperator(operators[0].id)", to(IRA)),
        ("lead.leaveInQueue(); lead.canAutoForward() || lead.setForwarded('sales')", department("sales")),
        (
            "if (lead.getAttr('plan') === 'gold' && lead.getAttr('none') === null) lead.leaveInQueue()",
            Some(Route::Queue),
        ),
        ("if (lead.name === 'Мария' && dialog.text === 'Где заказ?') lead.leaveInQueue()", Some(Route::Queue)),
        (
            "if (centre.hour === 12 && centre.day === 'friday' && departments.length === 2) lead.leaveInQueue()",
            Some(Route::Queue),
        ),
        ("if (lead.getNextOperators().length !== 2) throw 1; return; lead.leaveInQueue()", None),
        ("if (operators[2].skills.vip === 90) lead.leaveInQueue()", Some(Route::Queue)),
        ("const best = (async () => { lead.leaveInQueue() })", None),
    ];
    for (source, expected) in table {
        assert_eq!(&route(source, &scene).await, expected, "{source}");
    }
}

#[tokio::test]
async fn the_same_scene_gets_the_same_answer() {
    let scene = scene();
    let source = "const at = Math.floor(Math.random() * operators.length);
        lead.createTask('https://example.org', { at, now: Date.now(), today: new Date().toISOString(), year: new Date(0).getUTCFullYear() });";
    let first = decided(source, &scene).await.unwrap();
    assert_eq!(decided(source, &scene).await, Ok(first.clone()));
    assert_eq!(first.tasks[0].body["now"], 1_789_000_000_000_i64);
    assert_eq!(
        (&first.tasks[0].body["today"], &first.tasks[0].body["year"]),
        (&"2026-09-10T00:26:40.000Z".into(), &1970.into())
    );
}

#[tokio::test]
async fn a_script_is_tried_on_dialogs_of_the_past() {
    let (quiet, mut busy) = (scene(), scene());
    busy.operators.iter_mut().for_each(|operator| operator.room = 0);
    let recorded: Vec<Recorded> = [quiet, busy]
        .into_iter()
        .zip(1..)
        .map(|(scene, number)| Recorded { dialog: DialogId(Uuid::from_u128(number)), scene })
        .collect();
    let script = |source: &str| RoutingScript { source: source.into(), limit_ms: 1_000 };
    let (old, new) = (
        script(FIRST_SCRIPT),
        script("if (!lead.getNextOperators()[0]) throw new Error(lead.name); lead.assignDialogToNextOperator()"),
    );
    let minute = std::time::Duration::from_secs(60);
    let tried = try_on(&ScriptWorker::default(), &recorded, Some(&old), Some(&new), minute).await;
    assert_eq!(tried.iter().map(Tried::differs).collect::<Vec<_>>(), [false, true]);
    assert_eq!(tried[1].new, Verdict::Failed(ScriptTrouble::Threw { fault: Fault::Error, line: 1 }));
    let without = try_on(&ScriptWorker::default(), &recorded[..1], None, Some(&old), minute).await;
    assert_eq!((&without[0].old, without[0].differs()), (&Verdict::BuiltIn, true));
    let endless: Vec<Recorded> = std::iter::repeat_n(recorded[0].clone(), 100).collect();
    let moment = std::time::Duration::from_millis(50);
    let some = try_on(&ScriptWorker::default(), &endless, None, Some(&script("for (;;);")), moment).await;
    assert_eq!(some.len(), 1, "no longer than it may");
}

/// Not a bound but a figure to look at: the bench holds the bound.
#[tokio::test]
async fn a_call_takes_little() {
    let mut scene = scene();
    scene.operators = (0..100).map(|n| operator(OperatorId(Uuid::from_u128(n)), "Ира", 100, 1)).collect();
    let started = std::time::Instant::now();
    for _ in 0..50 {
        assert!(route(FIRST_SCRIPT, &scene).await.is_some());
    }
    println!("{} µs a call, 100 operators", started.elapsed().as_micros() / 50);
}
