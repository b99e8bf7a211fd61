//! A routing script's call: an engine of its own, the scene with all operators, the one line of the first example, and
//! its answer checked. The floor is the same for an empty script in an empty centre.

use crate::bench::{Figures, latency::Latency};
use anyhow::{Context, Result, ensure};
use otklik_hub::{
    centre::RoutingScript,
    script::{FIRST_SCRIPT, Scene, SceneCentre, SceneCustomer, SceneDialog, SceneOperator, ScriptWorker},
};
use otklik_model::{OperatorId, OperatorStatus};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};
use uuid::Uuid;

const CALLS: usize = 500;

pub(super) async fn measure(figures: &mut Figures) -> Result<()> {
    let worker = ScriptWorker::default();
    let floor = per_call(&worker, "", &scene(0)).await?;
    for operators in [10, 100, 1_000] {
        let call = per_call(&worker, FIRST_SCRIPT, &scene(operators)).await?;
        figures.say_with_floor(&format!("routing_script_call_at_{operators}_operators"), call, "us", floor);
    }
    Ok(())
}

/// The median, in microseconds.
async fn per_call(worker: &ScriptWorker, source: &str, scene: &Scene) -> Result<f64> {
    let script = RoutingScript { source: source.to_owned(), limit_ms: 1_000 };
    let mut latency = Latency::default();
    for call in 0..CALLS + CALLS / 10 {
        let start = Instant::now();
        let decision = worker.route(&script, scene.clone()).await.context("the script does not decide")?;
        // The first ones warm up.
        if call >= CALLS / 10 {
            latency.add(start.elapsed());
        }
        ensure!(source.is_empty() || decision.route.is_some(), "the script gives the dialog to nobody");
    }
    Ok(latency.quantile(0.5) * 1_000.0)
}

fn scene(operators: u128) -> Scene {
    let id = |number: u128| Uuid::from_u128(number);
    let operator = |number: u128| SceneOperator {
        id: OperatorId(id(number)),
        name: "Ира".to_owned(),
        status: OperatorStatus::Online,
        may_accept: true,
        load: u32::try_from(number % 5).unwrap_or_default() * 100,
        most: 500,
        room: 500 - u32::try_from(number % 5).unwrap_or_default() * 100,
        skills: BTreeMap::new(),
        departments: None,
        languages: BTreeSet::new(),
        last_accepted_at: 0,
    };
    Scene {
        now: 1_789_000_000_000,
        seed: 1,
        dialog: SceneDialog {
            id: id(1).to_string(),
            number: 1,
            channel: "Site".to_owned(),
            department: None,
            language: Some("ru".to_owned()),
            online: true,
            started_online: true,
            reopened: false,
            operator: None,
            last_operator: None,
            returned: None,
            passed_by: BTreeSet::new(),
            weight: 100,
            created_at: 0,
            waiting_since: None,
            category: None,
            tags: Vec::new(),
            page: None,
            text: Some("Где мой заказ?".to_owned()),
        },
        customer: SceneCustomer {
            id: id(2).to_string(),
            name: "Мария".to_owned(),
            number: 1,
            named: true,
            language: Some("ru".to_owned()),
            tags: Vec::new(),
            variables: BTreeMap::new(),
            restricted: false,
        },
        operators: (0..operators).map(operator).collect(),
        departments: Vec::new(),
        bots: Vec::new(),
        centre: SceneCentre { name: "Лавка".to_owned(), open: true, hour: Some(12), day: None },
    }
}
