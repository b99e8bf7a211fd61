//! Notifications over the desktop's message bus. Each one on the screen has a task: it holds the connection that the
//! notification was sent on (a server may forget the notifications of a sender that left, and tells clicks to the
//! sender alone), updates it in place, and hears the click.

use super::replies::Replies;
use super::{Mark, Notice, Press, Pressed};
use crate::words::Tongue;
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Timeout, Urgency};
use otklik_core::{Popup, PopupTag};
use otklik_engine::SeatId;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// The names of the buttons.
const ACCEPT: &str = "accept";
const DECLINE: &str = "decline";

/// What servers call the field to answer in: a button of this name becomes one, where they have this capability.
const INLINE_REPLY: &str = "inline-reply";

/// The notifications on the screen.
#[derive(Clone)]
pub struct Popups {
    shown: Arc<Mutex<BTreeMap<Mark, UnboundedSender<Order>>>>,
    pressed: Pressed,
    replies: Replies,
    runtime: Handle,
}

enum Order {
    Show(Box<Notice>),
    Withdraw,
}

impl Popups {
    /// None is shown yet; their tasks run on this runtime.
    pub fn new(runtime: Handle, pressed: Pressed) -> Self {
        let replies = Replies::listen(&runtime, Arc::clone(&pressed));
        Self { shown: Arc::default(), pressed, replies, runtime }
    }

    /// Shows a notification, or changes the seat's one with the same tag.
    pub fn show(&self, seat: SeatId, popup: &Popup, account: Option<&str>, tongue: Tongue) {
        let notice = Notice::new(seat, popup, account, tongue);
        let tag = (seat, notice.tag);
        let mut shown = self.shown.lock();
        shown.retain(|_, orders| !orders.is_closed());
        let orders = shown.entry(tag).or_insert_with(|| self.attend());
        if let Err(mpsc::error::SendError(order)) = orders.send(Order::Show(Box::new(notice))) {
            // It was closed between the two lines above; a new one takes the order.
            let anew = self.attend();
            if anew.send(order).is_ok() {
                shown.insert(tag, anew);
            }
        }
    }

    /// Takes a notification back.
    pub fn withdraw(&self, seat: SeatId, tag: PopupTag) {
        if let Some(orders) = self.shown.lock().remove(&(seat, tag)) {
            // An error means it is gone already.
            orders.send(Order::Withdraw).ok();
        }
    }

    fn attend(&self) -> UnboundedSender<Order> {
        let (orders, received) = mpsc::unbounded_channel();
        self.runtime.spawn(attend(received, Arc::clone(&self.pressed), self.replies.clone()));
        orders
    }
}

/// What came first: another order, or the person's answer.
enum Next {
    Order(Option<Order>),
    Answer(NotificationResponse),
}

/// The life of one notification, until it is closed, clicked or taken back.
async fn attend(mut orders: UnboundedReceiver<Order>, pressed: Pressed, replies: Replies) {
    let Some(Order::Show(mut notice)) = orders.recv().await else { return };
    let mut handle = match notification(&notice).await.show_async().await {
        Ok(handle) => handle,
        Err(error) => {
            tracing::warn!(%error, "no notification could be shown; counts in tray and title still tell");
            return;
        }
    };
    loop {
        if let Some((seat, press)) = replies.expect(handle.id(), notice.reply.clone()) {
            pressed(seat, press);
        }
        match next(&handle, &mut orders).await {
            Next::Order(Some(Order::Show(newer))) => {
                notice = newer;
                handle.summary(&notice.title).body(&body(&notice).await);
                handle.actions = buttons(&notice).await;
                let Some(updated) = update(handle).await else { return };
                handle = updated;
            }
            Next::Order(Some(Order::Withdraw) | None) => {
                handle.close_async().await;
                return;
            }
            Next::Answer(NotificationResponse::Action(action)) => {
                pressed(notice.seat, press(&notice, &action));
                return;
            }
            Next::Answer(NotificationResponse::Default) => {
                pressed(notice.seat, Press::Open(notice.dialog));
                return;
            }
            // An answer in the notification comes on its own way, perhaps after this.
            Next::Answer(NotificationResponse::Closed(_) | NotificationResponse::Reply(_)) => return,
        }
    }
}

/// What a button of a notification means.
fn press(notice: &Notice, action: &str) -> Press {
    match (action, &notice.accept, &notice.decline) {
        (ACCEPT, Some((dialog, _)), _) => Press::Accept(*dialog),
        (DECLINE, _, Some((dialog, _))) => Press::Decline(*dialog),
        (_, _, _) => Press::Open(notice.dialog),
    }
}

async fn next(handle: &NotificationHandle, orders: &mut UnboundedReceiver<Order>) -> Next {
    let mut answer = None;
    tokio::select! {
        order = orders.recv() => return Next::Order(order),
        () = handle.wait_for_action_async(|said| answer = Some(said.clone())) => {}
    }
    // Without an answer the bus is gone, and the notification with it.
    answer.map_or(Next::Order(None), Next::Answer)
}

/// The library waits for the server here, on a thread that may wait.
async fn update(mut handle: NotificationHandle) -> Option<NotificationHandle> {
    let updated = tokio::task::spawn_blocking(move || handle.update().map(|()| handle)).await;
    match updated {
        Ok(Ok(handle)) => Some(handle),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a notification could not be changed");
            None
        }
        Err(_) => None,
    }
}

async fn notification(notice: &Notice) -> Notification {
    let mut built = Notification::new();
    built.appname("Otklik").icon("otklik").summary(&notice.title).body(&body(notice).await);
    built.actions = buttons(notice).await;
    built.hint(Hint::DesktopEntry("Otklik".to_owned())).hint(Hint::SuppressSound(true));
    built.hint(Hint::Category("im.received".to_owned())).urgency(Urgency::Normal).timeout(Timeout::Default);
    built
}

/// The buttons: names for the server and words for the person, in turns.
async fn buttons(notice: &Notice) -> Vec<String> {
    let mut buttons = vec!["default".to_owned(), notice.open.clone()];
    let mut add = |name: &str, words: &String| buttons.extend([name.to_owned(), words.clone()]);
    if let Some((_, words)) = &notice.accept {
        add(ACCEPT, words);
    }
    if let Some((_, words)) = &notice.decline {
        add(DECLINE, words);
    }
    if let Some(answerable) = notice.reply.as_ref()
        && server_can(INLINE_REPLY).await
    {
        add(INLINE_REPLY, &answerable.button);
    }
    buttons
}

async fn body(notice: &Notice) -> String {
    if reads_markup().await { escaped(&notice.body) } else { notice.body.clone() }
}

/// Whether the server takes a body for a kind of HTML. A server that does not say is taken at its worst.
async fn reads_markup() -> bool {
    capabilities().await.is_none_or(|can| can.iter().any(|word| word == "body-markup"))
}

async fn server_can(what: &str) -> bool {
    capabilities().await.is_some_and(|can| can.iter().any(|word| word == what))
}

/// What the server says it can do. Asked once; `None`: it does not say.
async fn capabilities() -> Option<&'static [String]> {
    static CAN: OnceCell<Option<Vec<String>>> = OnceCell::const_new();
    let ask = || async {
        let asked = tokio::task::spawn_blocking(notify_rust::get_capabilities).await;
        asked.ok().and_then(Result::ok)
    };
    CAN.get_or_init(ask).await.as_deref()
}

/// A customer's words are text, never markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_in_a_customers_words_is_text() {
        let hostile = r#"<a href="http://x">click</a> &lt;"#;
        assert_eq!(escaped(hostile), r#"&lt;a href="http://x"&gt;click&lt;/a&gt; &amp;lt;"#);
    }
}
