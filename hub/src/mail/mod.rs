//! Mail from the hub: conversations that operators have sent to their own mailboxes, troubles that administrators are
//! told of, and what the centre has others told of: low ratings, requests that were left.
//!
//! Knows the store's dialogs and a mail server. What operators write for each other never leaves by mail, and what
//! customers write is text in it, whatever it looks like.

pub(crate) mod errands;
mod letter;
mod rating;
mod settings;
mod trouble;

pub use settings::{MailConfig, MailError, MailFile, Security};

use letter::Letter;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use std::time::Duration;
use uuid::Uuid;

/// A mail server answers within.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a letter did not get away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotSent {
    /// Not this time.
    ForNow(String),
    /// Never.
    ForEver(String),
}

/// Sends letters over one mail server.
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Gets ready; the server is not asked yet.
    ///
    /// # Errors
    /// [`MailError`].
    pub(crate) fn new(config: &MailConfig) -> Result<Self, MailError> {
        let from = config.from.parse().map_err(|_| MailError::From(config.from.clone()))?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.server);
        let tls = match config.security {
            Security::Starttls => Tls::Required(tls(config)?),
            Security::Tls => Tls::Wrapper(tls(config)?),
            Security::None => Tls::None,
        };
        let builder = builder.port(config.port).tls(tls).timeout(Some(PATIENCE));
        let builder = match &config.credentials {
            Some((login, password)) => builder.credentials(Credentials::new(login.clone(), password.to_string())),
            None => builder,
        };
        Ok(Self { transport: builder.build(), from })
    }

    /// Sends a letter. The same id makes the same letter: a mail server or program that gets it twice can tell.
    pub(crate) async fn send(&self, id: Uuid, to: &str, letter: Letter) -> Result<(), NotSent> {
        let never = |what: &str| NotSent::ForEver(what.to_owned());
        let to: Mailbox = to.parse().map_err(|_| never("the address is no mail address"))?;
        let Letter { subject, text, html } = letter;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|_| never("the letter cannot be written"))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => {
                let status = error.status().map(|code| code.to_string()).unwrap_or_default();
                Err(NotSent::ForEver(format!("the mail server refuses the letter: {status}")))
            }
            // Its words may name the mailbox.
            Err(error) => Err(NotSent::ForNow(match error.status() {
                Some(code) => format!("the mail server puts the letter off: {code}"),
                None => "the mail server cannot be spoken with".to_owned(),
            })),
        }
    }
}

fn tls(config: &MailConfig) -> Result<TlsParameters, MailError> {
    let builder = TlsParameters::builder(config.server.clone());
    let builder = match &config.certificates {
        Some(pem) => Certificate::from_pem(pem)
            .map(|certificate| builder.add_root_certificate(certificate))
            .map_err(|error| MailError::Tls(error.to_string()))?,
        None => builder,
    };
    builder.build().map_err(|error| MailError::Tls(error.to_string()))
}

/// No machine answers a letter that says this.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
