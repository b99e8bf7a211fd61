//! The administration: what `otklik-hub admin` and other programs change a centre with, over HTTP.
//!
//! [`policy`] says who may use which address, [`reach`] how far his rights reach, [`act`] commits with a line in the
//! trail, and the rest is one file for each subject. Must not know sockets, frames, or SQL.

mod act;
mod admit;
mod brief;
mod centre;
pub mod cli;
mod customers;
mod docs;
mod duty;
mod fault;
mod file;
mod parts;
mod people;
mod policy;
mod privacy;
mod queues;
mod reach;
mod reform;
mod regrant;
mod renew;
mod script;
mod session;
mod settings;
mod told;
mod trail;
mod trial;
mod workspaces;

pub use fault::{Fault, FaultCode};
use regrant::regrant;

use crate::http::Front;
use axum::{Router, middleware};
use std::sync::Arc;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Largest request: a whole configuration.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// All addresses of the administration.
pub(crate) fn router(front: Arc<Front>) -> Router<Arc<Front>> {
    let (router, _) = described().split_for_parts();
    router
        .layer(axum::extract::DefaultBodyLimit::max(MOST_BYTES))
        .route_layer(middleware::from_fn_with_state(front, admit::admit))
}

/// The description of all addresses, for programs.
#[must_use]
pub fn description() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

/// The addresses with their descriptions: one cannot be added without the other.
fn described() -> OpenApiRouter<Arc<Front>> {
    OpenApiRouter::with_openapi(docs::Page::openapi())
        .routes(routes!(docs::openapi))
        .routes(routes!(session::begin, session::end, session::who))
        .routes(routes!(centre::read, centre::write))
        .routes(routes!(centre::check))
        .routes(routes!(file::export, file::import))
        .routes(routes!(centre::versions))
        .routes(routes!(centre::version))
        .routes(routes!(centre::switch_back))
        .routes(routes!(parts::list))
        .routes(routes!(parts::show, parts::put, parts::remove))
        .routes(routes!(settings::list))
        .routes(routes!(settings::show, settings::put))
        .routes(routes!(script::show, script::put))
        .routes(routes!(script::back))
        .routes(routes!(script::list))
        .routes(routes!(script::version))
        .routes(routes!(script::switch))
        .routes(routes!(trial::try_out))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::show, people::remove))
        .routes(routes!(people::post))
        .routes(routes!(people::password))
        .routes(routes!(people::disable))
        .routes(routes!(people::enable))
        .routes(routes!(duty::set))
        .routes(routes!(duty::statuses))
        .routes(routes!(customers::blocks))
        .routes(routes!(customers::show))
        .routes(routes!(customers::block, customers::unblock))
        .routes(routes!(customers::restrict))
        .routes(routes!(privacy::tell))
        .routes(routes!(privacy::erase))
        .routes(routes!(privacy::delete))
        .routes(routes!(queues::queues))
        .routes(routes!(trail::trail))
        .routes(routes!(queues::status))
        .routes(routes!(workspaces::list, workspaces::add))
}

#[cfg(test)]
mod tests;
