//! Who is let in to the administration: the token tells who it is and in which workspace, the policy whether he may.

use super::{
    fault::{Fault, FaultCode},
    policy::{self, Need},
    renew,
};
use crate::{
    centre::{Grants, Scope, is_administrator},
    http::{Front, bearer},
    offices::{Open, WORKSPACE},
    store::{OperatorRow, SessionRow},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use otklik_model::Right;
use std::sync::Arc;

/// Somebody who was let in.
#[derive(Clone)]
pub(super) struct Admin {
    pub(super) open: Open,
    pub(super) session: SessionRow,
    pub(super) row: OperatorRow,
}

impl Admin {
    /// What he may do.
    pub(super) fn grants(&self) -> &Grants {
        &self.row.grants
    }

    /// Whether a right reaches everything.
    pub(super) fn everywhere(&self, right: Right) -> bool {
        self.grants().rights.get(&right) == Some(&Scope::All)
    }

    async fn is_administrator(&self) -> Result<bool, Fault> {
        let office = &self.open.office;
        let centre = office.store.centre(office.workspace.id).await?.centre;
        Ok(is_administrator(&centre, &self.row.post))
    }
}

/// Lets through what the policy allows, with an [`Admin`] among the request's extensions.
pub(super) async fn admit(
    State(front): State<Arc<Front>>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let need = policy::need(method.as_str(), path.as_str()).ok_or(FaultCode::WrongMethod)?;
    if need == Need::Nothing {
        return Ok(next.run(request).await);
    }
    let token = bearer(request.headers()).ok_or(FaultCode::SignIn)?;
    let (open, session, row) = front.offices.session(token).await?.ok_or(FaultCode::SignIn)?;
    open.office.note_request(&session, &row).await?;
    let admin = Admin { open, session, row };
    let may = match need {
        Need::Nothing | Need::Session => true,
        Need::One(rights) => rights.iter().any(|right| admin.grants().rights.contains_key(right)),
        Need::Administrator => admin.is_administrator().await?,
        Need::Keeper => admin.open.short == WORKSPACE && admin.is_administrator().await?,
    };
    if !may {
        return Err(FaultCode::Forbidden.into());
    }
    let offered = renew::offered(&admin, request.headers()).await;
    request.extensions_mut().insert(Arc::new(admin));
    let mut response = next.run(request).await;
    if let Some(token) = offered {
        response.headers_mut().insert(renew::TOKEN, token);
    }
    Ok(response)
}
