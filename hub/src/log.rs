//! What may be logged at most, whoever asks for how much.

use tracing_subscriber::{EnvFilter, filter::ParseError};

/// Libraries that print what goes through them when they are asked for everything: customers' words, tokens,
/// passwords.
const INDISCREET: [&str; 4] = ["tungstenite=info", "tokio_tungstenite=info", "hyper=info", "hyper_util=info"];

/// A filter as it was asked for, such as `info` or `otklik_hub=trace`, but for the libraries that tell secrets.
///
/// # Errors
/// It is not a level or filter.
pub fn log_filter(wanted: &str) -> Result<EnvFilter, ParseError> {
    INDISCREET.iter().try_fold(EnvFilter::try_new(wanted)?, |filter, quiet| Ok(filter.add_directive(quiet.parse()?)))
}

#[cfg(test)]
mod tests {
    use super::log_filter;

    #[test]
    fn nobody_can_ask_for_secrets() {
        for wanted in ["trace", "tungstenite=trace", "info,tungstenite=debug", "otklik_hub=trace"] {
            let filter = log_filter(wanted).unwrap().to_string();
            assert!(filter.contains("tungstenite=info") && !filter.contains("tungstenite=trace"), "{filter}");
        }
        assert!(log_filter("=,=").is_err());
    }
}
