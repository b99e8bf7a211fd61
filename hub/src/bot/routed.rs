//! Carries out the errands that go to an outside router: asks, and has the office do what the answer says.

use super::{
    BotCarrier,
    carrier::{FIRST_WAIT, HEARD},
    external::{AskedCustomer, AskedMessage},
    router::{RoutedDialog, RoutedPage, RouterAnswer, RouterQuestion, ask},
};
use crate::{
    day::errands::Carried,
    desk::DialogAggregate,
    office::{Later, Office},
    store::{Errand, StoreError, key},
};
use otklik_model::{ClientId, DialogId, OnlineState};
use std::sync::Arc;
use uuid::Uuid;

impl BotCarrier {
    /// Asks the router where a dialog goes that was sent to it at this epoch, unless it has gone on since.
    pub(super) async fn ask_router(
        &self,
        office: &Arc<Office>,
        errand: &Errand,
        id: DialogId,
        epoch: u64,
    ) -> Result<Carried, Later> {
        let Some(dialog) = office.waiting_for_router(id, epoch).await? else { return Ok(Carried::Done) };
        // The same errand does it once, however often it is begun.
        let key = key(errand.id, ClientId(errand.id));
        let centre = office.centre();
        let Some(router) = &centre.router else {
            // It was taken out of the configuration meanwhile.
            office.follow_router(&dialog, key, Ok(RouterAnswer::default())).await?;
            return Ok(Carried::Done);
        };
        let question = question(office, errand.id, &dialog).await?;
        let answer = match ask(&self.outgoing, router, &question, office.now()).await {
            Err(why) if why.is_passing() && errand.attempts < router.retries => {
                let after = Some(FIRST_WAIT.saturating_mul(1 << errand.attempts.min(6)));
                return Ok(Carried::Again { after, why: why.to_string() });
            }
            answer => answer,
        };
        let failed = answer.as_ref().err().map(ToString::to_string);
        office.follow_router(&dialog, key, answer).await?;
        Ok(failed.map_or(Carried::Done, |why| Carried::Failed { why }))
    }
}

async fn question(office: &Office, request: Uuid, dialog: &DialogAggregate) -> Result<RouterQuestion, StoreError> {
    let row = &dialog.row;
    let messages = office.store.messages(office.workspace.id, row.id, 1, row.last_seq, HEARD).await?;
    Ok(RouterQuestion {
        request,
        dialog: RoutedDialog {
            id: row.id.0,
            number: row.number,
            channel: office.rule_key().to_owned(),
            department: row.department.as_ref().map(ToString::to_string),
            online: row.start_state == OnlineState::Online,
            page: row.page.as_ref().map(RoutedPage::of),
            after_bot: row.bot.is_some(),
        },
        customer: AskedCustomer::of(&row.customer),
        messages: messages.iter().filter_map(AskedMessage::of).collect(),
    })
}
