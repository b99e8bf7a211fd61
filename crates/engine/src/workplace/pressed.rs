//! What the operator does with a notification, while the page may be asleep: it has to come to the same as if he had
//! done it in the window, and no word of it may be lost.

use super::{Running, Workplace};
use crate::runner::Told;
use otklik_core::{Command, Input, UiError, ViewEvent};
use otklik_model::DialogId;

impl Workplace {
    /// A notification was clicked. Without a session it leads to where one begins.
    pub fn popup_clicked(&self, dialog: Option<DialogId>) {
        match self.running() {
            Some(running) => running.handle.tell(Told::Input(Input::PopupClicked(dialog))),
            None => self.shared.shell.show_window(),
        }
    }

    /// The button of a notification that accepts its dialog was pressed.
    pub fn popup_accepted(&self, dialog: DialogId) {
        self.answer_in_sight(dialog, Input::PopupAccepted(dialog));
    }

    /// The button of a notification that declines what is offered was pressed.
    pub fn popup_declined(&self, dialog: DialogId) {
        self.answer_in_sight(dialog, Input::PopupDeclined(dialog));
    }

    /// Under a cover nobody knows whose hand it is: the window is shown, and what it opens to is this dialog.
    fn answer_in_sight(&self, dialog: DialogId, answer: Input) {
        if self.is_covered() {
            return self.popup_clicked(Some(dialog));
        }
        self.tell(answer);
    }

    /// An answer was written in a notification. What cannot be sent is put before the operator as his unfinished text.
    /// `read`: the notification showed all that was unread, so whoever answers it has read it.
    pub async fn popup_replied(&self, dialog: DialogId, text: String, read: bool) {
        let Some(running) = self.running() else {
            return tracing::error!("an answer in a notification came after the session's end");
        };
        let sent = running.handle.command(Command::Reply { dialog, text: text.clone(), read }).await;
        let Err(error) = sent else { return };
        tracing::warn!(code = ?error.code, "an answer in a notification waits in the window instead");
        // First the disk, so that a window that opens to the dialog reads it there.
        if let Err(error) = running.keep_in_draft(dialog, &text).await {
            tracing::error!(code = ?error.code, "an answer in a notification could not be kept");
        }
        // A field that is open already would write over it; and where the disk refused, the field is what keeps it.
        self.shared.audience.tell(&[ViewEvent::DraftChanged { dialog, added: text }]);
        self.popup_clicked(Some(dialog));
    }
}

impl Running {
    /// Behind what stands in the composer already.
    async fn keep_in_draft(&self, dialog: DialogId, text: &str) -> Result<(), UiError> {
        let (draft, _) = self.handle.ask(|reply| Told::Draft(dialog, reply)).await?;
        let (before, note, quote) = draft.map_or_else(Default::default, |draft| (draft.text, draft.note, draft.quote));
        let text = if before.is_empty() { text.to_owned() } else { format!("{before}\n{text}") };
        self.handle.command(Command::SaveDraft { dialog, text, note, quote }).await.map(drop)
    }
}
