//! The naive model: what was promised to Ира each time she pressed a key, and what may therefore be found at the end.
//!
//! It knows texts and answers, nothing of how the core keeps its word.

use super::rewordings::{Place, Rewordings};
use otklik_core::{Command, Deed, Receipt, ReqId, UiError, UiErrorCode};
use otklik_model::{ClientId, DialogId};
use std::collections::{BTreeMap, BTreeSet};

/// What became of one press of Enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No answer yet.
    Asked,
    /// The program died before it answered: at most once on the hub.
    InDoubt,
    /// "Safe": exactly once on the hub, or parked in own.db.
    Promised,
    /// Turned down: nowhere.
    Refused,
    /// Thrown away or taken back, and that was confirmed: nowhere.
    TakenBack,
    /// Thrown away or taken back, and the program died before it answered: at most once.
    Perhaps,
}

/// One press of Enter.
#[derive(Clone, Debug)]
pub struct Entered {
    /// On which workplace.
    pub app: u8,
    /// Where.
    pub dialog: DialogId,
    /// The words; unique in the run.
    pub text: String,
    /// For operators only.
    pub note: bool,
    /// What became of it.
    pub fate: Fate,
    /// It was parked and released by the operator, so it may come after later ones.
    pub out_of_line: bool,
    /// It was released before these were sent, so it comes before them.
    pub ahead_of: Vec<usize>,
    /// The ids it went by: the first, and one more for each time it was sent anew.
    pub ids: Vec<ClientId>,
}

/// What the composer of a dialog may hold: (text, note).
type Words = (String, bool);

/// What was asked and not answered.
#[derive(Clone, Debug)]
enum Ask {
    /// Send the text at this place of the list.
    Send(usize),
    /// Send what must be refused.
    Nonsense,
    /// Keep a draft.
    Draft(DialogId, Words),
    /// Cancel, edit or hand over the text at this place.
    TakeBack(usize, Back),
    /// Release the text at this place.
    Resend(usize),
    /// Change the words of a stored message, for the time that stands beside it.
    Reword(Place, usize),
    /// Anything else.
    Other,
}

/// How a text is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    Cancel,
    Edit,
    AsNote,
}

/// Everything promised so far.
#[derive(Clone, Debug, Default)]
pub struct Promises {
    /// In the order of pressing Enter.
    pub entered: Vec<Entered>,
    /// Changes of stored words.
    pub reworded: Rewordings,
    asked: BTreeMap<(u8, ReqId), Ask>,
    drafts: BTreeMap<(u8, DialogId), BTreeSet<Words>>,
}

impl Promises {
    /// Ира gave a command.
    pub fn ask(&mut self, app: u8, req: ReqId, command: &Command) {
        let ask = match command {
            Command::SendText { dialog, text, .. } => self.enter(app, *dialog, text, false),
            Command::Reply { dialog, text, .. } => self.enter(app, *dialog, text, false),
            Command::SendNote { dialog, text } | Command::LeaveNote { dialog, text } => {
                self.enter(app, *dialog, text, true)
            }
            // One file at a time: its caption is its name here.
            Command::SendFiles { dialog, text, .. } => self.enter(app, *dialog, text, false),
            Command::SaveDraft { dialog, text, note, .. } => {
                Ask::Draft(*dialog, (text.clone(), *note && !text.is_empty()))
            }
            Command::Cancel { message } => self.known(*message, |place| Ask::TakeBack(place, Back::Cancel)),
            Command::Edit { message } => self.known(*message, |place| Ask::TakeBack(place, Back::Edit)),
            Command::AsNote { message } => self.known(*message, |place| Ask::TakeBack(place, Back::AsNote)),
            Command::Resend { message } => {
                let ask = self.known(*message, Ask::Resend);
                if let Ask::Resend(place) = ask {
                    self.entered[place].out_of_line = true;
                }
                ask
            }
            Command::Do { dialog, deed: Deed::EditMessage { seq, text } } => {
                let place = (*dialog, *seq);
                Ask::Reword(place, self.reworded.ask(place, text))
            }
            Command::Open { .. }
            | Command::Typing { .. }
            | Command::Seen { .. }
            | Command::Accept { .. }
            | Command::Close { .. }
            | Command::Transfer { .. }
            | Command::SetStatus { .. }
            | Command::FillGap { .. }
            | Command::LookUp { .. }
            | Command::EditCustomer { .. }
            | Command::Reconnect
            | Command::Mute { .. }
            | Command::KeepWord { .. }
            | Command::SetSettings { .. }
            | Command::TrySound { .. }
            | Command::UseSound { .. }
            | Command::Do { .. }
            | Command::ChooseStatus { .. }
            | Command::KeepTemplate { .. }
            | Command::DropTemplate { .. }
            | Command::Attach { .. }
            | Command::Detach { .. }
            | Command::BringUp { .. }
            | Command::DropLink => Ask::Other,
        };
        self.asked.insert((app, req), ask);
    }

    fn enter(&mut self, app: u8, dialog: DialogId, text: &str, note: bool) -> Ask {
        if text.trim().is_empty() || text.chars().count() > 4_000 {
            return Ask::Nonsense;
        }
        self.entered.push(Entered {
            app,
            dialog,
            text: text.to_owned(),
            note,
            fate: Fate::Asked,
            out_of_line: false,
            ahead_of: Vec::new(),
            ids: Vec::new(),
        });
        Ask::Send(self.entered.len() - 1)
    }

    fn known(&self, message: ClientId, ask: impl FnOnce(usize) -> Ask) -> Ask {
        self.by_id(message).map_or(Ask::Other, ask)
    }

    /// The text that went by this id.
    #[must_use]
    pub fn by_id(&self, id: ClientId) -> Option<usize> {
        self.entered.iter().position(|entered| entered.ids.contains(&id))
    }

    /// The core answered. `waiting` are the ids that are in own.db and were not given to the network.
    ///
    /// # Errors
    /// A sentence, when the answer itself breaks a rule.
    pub fn answered(
        &mut self,
        app: u8,
        req: ReqId,
        result: &Result<Receipt, UiError>,
        waiting: &BTreeSet<ClientId>,
    ) -> Result<(), String> {
        let Some(ask) = self.asked.remove(&(app, req)) else {
            return Err(format!("request {req:?} was answered twice, or was never asked"));
        };
        match (ask, result) {
            (Ask::Nonsense, Ok(_)) => return Err("a text that cannot be sent was taken".to_owned()),
            (Ask::Nonsense, Err(error)) => {
                if !matches!(
                    error.code,
                    UiErrorCode::Empty
                        | UiErrorCode::TooLong { .. }
                        | UiErrorCode::Denied { .. }
                        | UiErrorCode::NotFound
                ) {
                    return Err(format!("a text that cannot be sent was refused with {error:?}"));
                }
            }
            (Ask::Send(place), Ok(receipt)) => return self.promised(app, place, receipt),
            (Ask::Send(place), Err(_)) => self.entered[place].fate = Fate::Refused,
            (Ask::Draft(dialog, words), Ok(_)) => self.draft_is(app, dialog, words),
            (Ask::TakeBack(place, back), Ok(receipt)) => return self.taken_back(app, place, back, receipt),
            (Ask::Resend(place), Ok(receipt)) => {
                self.note_id(place, receipt);
                self.entered[place].ahead_of = self.still_waiting_behind(place, waiting);
            }
            (Ask::Reword(place, nth), Ok(_)) => self.reworded.done(place, nth),
            (Ask::Reword(place, nth), Err(error)) => self.reworded.failed(place, nth, &error.code),
            (Ask::Draft(..) | Ask::TakeBack(..) | Ask::Resend(_), Err(_)) | (Ask::Other, _) => {}
        }
        Ok(())
    }

    fn still_waiting_behind(&self, place: usize, waiting: &BTreeSet<ClientId>) -> Vec<usize> {
        let (app, dialog) = (self.entered[place].app, self.entered[place].dialog);
        let later = self.entered.iter().enumerate().skip(place + 1);
        later
            .filter(|(_, entered)| entered.app == app && entered.dialog == dialog && !entered.out_of_line)
            .filter(|(_, entered)| entered.ids.iter().any(|id| waiting.contains(id)))
            .map(|(nth, _)| nth)
            .collect()
    }

    fn promised(&mut self, app: u8, place: usize, receipt: &Receipt) -> Result<(), String> {
        let Some(id) = receipt.message else {
            return Err("a message was taken and the receipt does not name it".to_owned());
        };
        if self.by_id(id).is_some() {
            return Err(format!("{id} was given to two messages"));
        }
        let entered = &mut self.entered[place];
        entered.fate = Fate::Promised;
        entered.ids.push(id);
        let dialog = entered.dialog;
        self.draft_is(app, dialog, (String::new(), false));
        Ok(())
    }

    fn taken_back(&mut self, app: u8, place: usize, back: Back, receipt: &Receipt) -> Result<(), String> {
        match back {
            Back::Cancel => self.entered[place].fate = Fate::TakenBack,
            Back::Edit => {
                let entered = &mut self.entered[place];
                entered.fate = Fate::TakenBack;
                if receipt.text.as_deref() != Some(entered.text.as_str()) {
                    return Err(format!("edit gave back {:?} for {:?}", receipt.text, entered.text));
                }
                let (dialog, words) = (entered.dialog, (entered.text.clone(), entered.note));
                let drafts = self.drafts_behind(app, dialog, &words);
                self.drafts.insert((app, dialog), drafts);
            }
            Back::AsNote => {
                let entered = &mut self.entered[place];
                entered.note = true;
                entered.out_of_line = true;
                // Refused after its release, it stepped aside; as a note it has a new place.
                entered.ahead_of.clear();
                self.note_id(place, receipt);
            }
        }
        Ok(())
    }

    fn note_id(&mut self, place: usize, receipt: &Receipt) {
        if let Some(id) = receipt.message
            && !self.entered[place].ids.contains(&id)
        {
            self.entered[place].ids.push(id);
        }
    }

    fn draft_is(&mut self, app: u8, dialog: DialogId, words: Words) {
        self.drafts.insert((app, dialog), [words].into());
    }

    /// An unsent text was found on disk at a start: what was in doubt is promised now, because it is shown again.
    pub fn found(&mut self, app: u8, id: ClientId, text: &str) {
        let place = self.entered.iter().position(|entered| entered.app == app && entered.text == text);
        let Some(place) = place else { return };
        let entered = &mut self.entered[place];
        if !entered.ids.contains(&id) {
            entered.ids.push(id);
        }
        match entered.fate {
            Fate::Asked | Fate::InDoubt | Fate::Perhaps => entered.fate = Fate::Promised,
            Fate::Promised | Fate::Refused | Fate::TakenBack => {}
        }
    }

    /// The program died: what was not answered is in doubt.
    pub fn crashed(&mut self, app: u8) {
        let lost: Vec<_> = self.asked.extract_if(.., |(of, _), _| *of == app).collect();
        for (_, ask) in lost {
            match ask {
                Ask::Send(place) => {
                    self.entered[place].fate = Fate::InDoubt;
                    let dialog = self.entered[place].dialog;
                    self.draft_may_be(app, dialog, (String::new(), false));
                }
                Ask::Draft(dialog, words) => self.draft_may_be(app, dialog, words),
                Ask::TakeBack(place, back) => {
                    let entered = &mut self.entered[place];
                    match back {
                        Back::Cancel => entered.fate = Fate::Perhaps,
                        Back::Edit => {
                            entered.fate = Fate::Perhaps;
                            let (dialog, words) = (entered.dialog, (entered.text.clone(), entered.note));
                            for draft in self.drafts_behind(app, dialog, &words) {
                                self.draft_may_be(app, dialog, draft);
                            }
                        }
                        Back::AsNote => {
                            entered.out_of_line = true;
                            entered.ahead_of.clear();
                        }
                    }
                }
                // Whether it was done is open.
                Ask::Reword(..) => {}
                Ask::Resend(_) | Ask::Nonsense | Ask::Other => {}
            }
        }
    }

    /// The draft of a dialog, whatever it may be, with words before it.
    fn drafts_behind(&self, app: u8, dialog: DialogId, (first, note): &Words) -> BTreeSet<Words> {
        let join = |(text, of_note): &Words| {
            if text.is_empty() { (first.clone(), *note) } else { (format!("{first}\n{text}"), *note || *of_note) }
        };
        match self.drafts.get(&(app, dialog)) {
            Some(drafts) => drafts.iter().map(join).collect(),
            None => [join(&(String::new(), false))].into(),
        }
    }

    fn draft_may_be(&mut self, app: u8, dialog: DialogId, words: Words) {
        let nothing = || [(String::new(), false)].into();
        self.drafts.entry((app, dialog)).or_insert_with(nothing).insert(words);
    }

    /// How many requests wait for an answer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.asked.len()
    }

    /// What the draft of a dialog may be; nothing was ever written if `None`.
    pub fn drafts(&self, app: u8) -> impl Iterator<Item = (DialogId, &BTreeSet<Words>)> {
        self.drafts.iter().filter(move |((of, _), _)| *of == app).map(|((_, dialog), words)| (*dialog, words))
    }
}
